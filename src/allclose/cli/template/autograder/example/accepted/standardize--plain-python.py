"""Written out, without NumPy's mean and std"""


def standardize(x):
    n = len(x)
    mean = sum(x) / n
    deviation = (sum((value - mean) ** 2 for value in x) / n) ** 0.5
    return np.array([(value - mean) / deviation for value in x])
