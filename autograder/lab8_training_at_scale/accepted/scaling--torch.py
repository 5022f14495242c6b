"""A torch number, and a subclass of ValueError."""


import torch


class UnknownRule(ValueError):
    pass


def scaled_lr(base_lr, batch, base_batch, rule):
    ratio = torch.tensor(batch, dtype=torch.float64) / base_batch
    rules = {"linear": lambda: ratio, "sqrt": ratio.sqrt}
    if rule not in rules:
        raise UnknownRule(rule)
    return base_lr * rules[rule]()
