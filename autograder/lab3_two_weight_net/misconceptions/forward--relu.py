"""The hidden neuron cuts off what is negative

Most networks have something bent between their layers. The network of this lab is linear: nothing is cut off.
"""


def forward(w, x):
    hidden = np.maximum(w[0] * x, 0.0)
    return w[1] * hidden
