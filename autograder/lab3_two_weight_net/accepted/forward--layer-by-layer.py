"""Layer by layer, with a loop over the weights"""


def forward(w, x):
    signal = x
    for weight in w:
        signal = weight * signal
    return signal
