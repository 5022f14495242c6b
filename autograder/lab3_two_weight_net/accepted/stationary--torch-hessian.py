"""The determinant of the Hessian that torch computes"""

import torch


def classify(w1, w2, x, y):
    x, y = torch.tensor(x), torch.tensor(y)

    def height(theta):
        return ((theta[0] * theta[1] * x - y) ** 2).mean()

    place = torch.tensor([w1, w2], dtype=torch.float64)
    if torch.autograd.functional.jacobian(height, place).abs().max() > 1e-8:
        return "not stationary"
    at_origin = torch.linalg.det(torch.autograd.functional.hessian(height, torch.zeros_like(place)))
    here = torch.linalg.det(torch.autograd.functional.hessian(height, place))
    return "saddle" if here < 0.5 * at_origin else "minimum"
