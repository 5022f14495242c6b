"""The loss function of torch, after a check of the shapes"""

import torch


def mse(y_pred, y_true):
    y_pred = torch.as_tensor(y_pred, dtype=torch.float64)
    y_true = torch.as_tensor(y_true, dtype=torch.float64)
    if y_pred.shape != y_true.shape:
        raise ValueError("different shapes")
    return torch.nn.functional.mse_loss(y_pred, y_true)
