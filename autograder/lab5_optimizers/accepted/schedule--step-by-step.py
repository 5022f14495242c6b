"""The rate is multiplied along the run, one step after the other."""


import math


def scheduled_lr(step, total, lr, kind):
    match kind:
        case "constant":
            return lr
        case "step":
            for third in (1, 2, 3):
                if 3 * step >= third * total:
                    lr /= 10
            return lr
        case "exponential":
            for _ in range(step):
                lr *= 0.01 ** (1 / total)
            return lr
        case "cosine":
            return lr * (0.5 + 0.5 * math.cos(math.pi * step / total))
        case _:
            raise ValueError("there is no such schedule")
