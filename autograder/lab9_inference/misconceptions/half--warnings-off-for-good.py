"""NumPy's warnings are switched off for the rest of the notebook

`np.seterr` changes a setting for good, so that the next overflow, elsewhere, goes unnoticed. There is a form of it that ends with a block.
"""


def to_half(x):
    np.seterr(over="ignore")
    half = x.astype(np.float16)
    return half, int(np.sum(np.isinf(half) & np.isfinite(x)))
