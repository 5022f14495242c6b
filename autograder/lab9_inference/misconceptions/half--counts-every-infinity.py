"""Infinities that were there before are counted as overflow

An entry has overflowed if it was finite before. What does the count say of an input that is infinite to begin with?
"""


def to_half(x):
    with np.errstate(over="ignore"):
        half = x.astype(np.float16)
    return half, int(np.isinf(half).sum())
