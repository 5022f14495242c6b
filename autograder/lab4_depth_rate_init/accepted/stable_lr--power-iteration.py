"""The largest eigenvalue by power iteration on a matrix that is never formed"""


def largest_stable_lr(x, depth, target):
    slopes = np.array([np.prod(np.full(depth - 1, target ** (1 / depth)))] * depth)
    s = float(x @ x) / len(x)
    vector = np.arange(1.0, depth + 1)
    for _ in range(5):
        vector = s * slopes * (slopes @ vector)
        size = np.linalg.norm(vector)
        vector = vector / size
    return 2 / size
