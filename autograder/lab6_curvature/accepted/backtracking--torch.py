"""Vectors in torch"""


import torch


def backtracking(f, theta, direction, grad, t=1.0, shrink=0.5, c=1e-4):
    place, p, g = (torch.tensor(vector) for vector in (theta, direction, grad))
    length = torch.tensor(float(t), dtype=torch.float64)
    here, slope = f(theta), torch.dot(g, p)
    while not bool(f((place + length * p).numpy()) <= here + c * length * slope):
        length = length * shrink
    return length.item()
