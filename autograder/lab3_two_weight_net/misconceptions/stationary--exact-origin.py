"""Only the exact origin is called a saddle

Places next to the origin are stationary within the tolerance as well. Are they minima?
"""


def classify(w1, w2, x, y):
    dw1, dw2 = gradient(np.array([w1, w2]), x, y)
    if max(abs(dw1), abs(dw2)) > 1e-8:
        return "not stationary"
    return "saddle" if w1 == 0 and w2 == 0 else "minimum"
