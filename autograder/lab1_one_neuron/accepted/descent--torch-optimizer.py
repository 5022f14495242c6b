"""torch.optim.SGD on the whole data set"""

import torch


def gradient_descent(x, y, w, b, lr, steps):
    x, y = torch.as_tensor(x), torch.as_tensor(y)
    w = torch.tensor(float(w), dtype=torch.float64, requires_grad=True)
    b = torch.tensor(float(b), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=lr)
    ws, bs, losses = [], [], []
    for step in range(steps + 1):
        loss = ((w * x + b - y) ** 2).mean()
        ws.append(w.item())
        bs.append(b.item())
        losses.append(loss.detach())
        optimizer.zero_grad()
        loss.backward()
        if step < steps:
            optimizer.step()
    return ws, bs, torch.stack(losses)
