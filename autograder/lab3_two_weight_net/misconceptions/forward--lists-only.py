"""Only lists of inputs work

A loop over the entries of x fails where x is a single number. NumPy arithmetic works on a number and on an
array of any shape alike.
"""


def forward(w, x):
    outputs = np.zeros(len(x))
    for i in range(len(x)):
        outputs[i] = w[0] * w[1] * x[i]
    return outputs
