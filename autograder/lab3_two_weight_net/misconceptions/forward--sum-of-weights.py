"""The weights are added up before they meet the input

Follow one input through the network: it is multiplied once, and the result is multiplied again.
"""


def forward(w, x):
    return (w[0] + w[1]) * x
