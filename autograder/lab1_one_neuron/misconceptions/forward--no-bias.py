"""The bias is missing

What does your neuron answer for an input of zero, and what should it?
"""


def forward(x, w, b):
    return w * x
