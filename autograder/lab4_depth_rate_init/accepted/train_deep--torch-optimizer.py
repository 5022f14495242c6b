"""Torch's autograd and its SGD"""

import torch


def train_deep(x, y, w, lr, epochs):
    x, y = torch.tensor(np.array(x)), torch.tensor(np.array(y))
    w = torch.tensor(np.array(w), requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr)
    losses = []
    for _ in range(epochs + 1):
        loss = torch.nn.functional.mse_loss(torch.prod(w) * x, y) / 2
        if not torch.isfinite(loss):
            break
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses
