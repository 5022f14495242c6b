"""The second weight plays no part

What your function returns is what the hidden neuron says. There is one more neuron behind it.
"""


def forward(w, x):
    hidden = w[0] * x
    return hidden
