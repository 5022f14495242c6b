"""A dictionary of functions of the part of the run that is over."""


SCHEDULES = {
    "constant": lambda part: 1.0,
    "step": lambda part: 10.0 ** -np.floor(3 * part),
    "exponential": lambda part: np.exp(part * np.log(0.01)),
    "cosine": lambda part: np.cos(np.pi / 2 * part) ** 2,
}


def scheduled_lr(step, total, lr, kind):
    if kind not in SCHEDULES:
        raise ValueError(kind)
    return lr * SCHEDULES[kind](step / total)
