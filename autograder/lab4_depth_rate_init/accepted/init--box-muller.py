"""Normal numbers from uniform ones (Box and Muller, 1958)"""


def init_weights(fan_in, fan_out, kind, rng):
    if kind == "xavier":
        variance = 2 / (fan_in + fan_out)
    elif kind == "he":
        variance = 2 / fan_in
    else:
        raise ValueError("kind must be xavier or he")
    u, v = rng.random((2, fan_out, fan_in))
    return np.sqrt(-2 * variance * np.log(1 - u)) * np.cos(2 * np.pi * v)
