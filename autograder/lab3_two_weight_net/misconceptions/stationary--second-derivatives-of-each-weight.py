"""The mixed second derivative is not looked at

Along both axes the landscape is flat at the origin. Along which direction does it fall? The two weights have
to move together.
"""


def classify(w1, w2, x, y):
    dw1, dw2 = gradient(np.array([w1, w2]), x, y)
    if max(abs(dw1), abs(dw2)) > 1e-8:
        return "not stationary"
    by_w1_twice, by_w2_twice = 2 * np.mean(x * x) * w2**2, 2 * np.mean(x * x) * w1**2
    return "minimum" if by_w1_twice >= 0 and by_w2_twice >= 0 else "saddle"
