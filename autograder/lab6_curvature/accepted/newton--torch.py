"""Factors of the Hessian in torch"""


import torch


def newton_step(theta, grad, hessian):
    factors, pivots = torch.linalg.lu_factor(torch.tensor(hessian))
    down = torch.linalg.lu_solve(factors, pivots, -torch.tensor(grad)[:, None])
    return (torch.tensor(theta) + down[:, 0]).numpy()
