"""A loop over the entries with Python's struct module"""

import struct


def to_half(x):
    half = np.empty(x.shape, dtype=np.float16)
    overflowed = 0
    for place, number in np.ndenumerate(x):
        try:
            half[place] = np.frombuffer(struct.pack("<e", number), dtype="<f2")[0]
        except OverflowError:
            half[place] = np.inf if number > 0 else -np.inf
            overflowed += 1
    return half, overflowed
