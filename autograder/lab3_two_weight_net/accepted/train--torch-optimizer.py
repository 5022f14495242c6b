"""torch.optim.SGD on the whole data set"""

import torch


def train(w, x, y, lr, epochs):
    x, y = torch.tensor(x), torch.tensor(y)
    theta = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=lr)
    losses, weights = [], []
    for epoch in range(epochs + 1):
        here = ((theta[0] * theta[1] * x - y) ** 2).mean()
        losses.append(here.detach())
        weights.append(theta.detach().clone())
        optimizer.zero_grad()
        here.backward()
        if epoch < epochs:
            optimizer.step()
    return torch.stack(losses), torch.stack(weights)
