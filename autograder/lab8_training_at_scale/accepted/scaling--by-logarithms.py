"""Sums of logarithms, with an iterated root for the square root."""


import math


def scaled_lr(base_lr, batch, base_batch, rule):
    growth = math.log(batch) - math.log(base_batch)
    match rule:
        case "linear":
            pass
        case "sqrt":
            growth /= 2
        case _:
            raise ValueError("linear or sqrt")
    return math.exp(math.log(base_lr) + growth)
