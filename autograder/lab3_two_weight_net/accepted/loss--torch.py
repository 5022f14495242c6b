"""torch's own loss, behind a check of the shapes"""

import torch


def loss(y_pred, y):
    y_pred, y = torch.as_tensor(y_pred), torch.as_tensor(y)
    if y_pred.shape != y.shape:
        raise ValueError("shapes differ")
    return torch.nn.functional.mse_loss(y_pred, y)
