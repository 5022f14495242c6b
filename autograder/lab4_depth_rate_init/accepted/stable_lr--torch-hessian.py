"""Torch computes the Hessian"""

import torch


def largest_stable_lr(x, depth, target):
    x = torch.as_tensor(np.array(x))
    w = torch.full((depth,), target ** (1 / depth), dtype=torch.float64)
    hessian = torch.autograd.functional.hessian(lambda w: ((torch.prod(w) - target) * x).square().mean() / 2, w)
    return 2 / torch.linalg.eigvalsh(hessian)[-1].item()
