"""PyTorch differentiates and steps."""


import torch


def sgd(x, y, w, b, lr, batch_size, epochs, rng):
    theta = torch.tensor([float(w), float(b)], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=lr)
    path, losses = [theta.detach().clone()], []
    for _ in range(epochs):
        x_epoch, y_epoch = (torch.as_tensor(values) for values in shuffled(x, y, rng))
        for x_batch, y_batch in zip(x_epoch.split(batch_size), y_epoch.split(batch_size)):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(theta[0] * x_batch + theta[1], y_batch)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
            path.append(theta.detach().clone())
    ws, bs = torch.stack(path).T
    return ws, bs, torch.stack(losses)
