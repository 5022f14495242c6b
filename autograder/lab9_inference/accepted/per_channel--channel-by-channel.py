"""A loop over the channels"""


def quantize_per_channel(w, axis, bits=8):
    top = 2 ** (bits - 1) - 1
    q, scales = [], []
    for channel in np.moveaxis(w, axis, 0):
        largest = max(abs(float(channel.min())), abs(float(channel.max())))
        scales.append(largest / top if largest else 1.0)
        q.append(np.rint(channel / scales[-1]))
    return np.moveaxis(np.array(q), 0, axis).astype(np.int8), np.array(scales)
