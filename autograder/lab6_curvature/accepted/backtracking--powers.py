"""Powers of the factor from itertools"""


from itertools import count


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    start, promise = f(theta), float(np.sum(grad * direction))
    lengths = (t * shrink**k for k in count())
    return next(length for length in lengths if f(theta + length * direction) - start <= c * length * promise)
