"""Torch tensors inside, and the flat index arithmetic of chunk bounds."""


def ring_all_reduce(buffers, send):
    import torch

    world, n = len(buffers), len(buffers[0])
    bounds = [c * n // world for c in range(world + 1)]
    data = torch.tensor(np.array(buffers))
    for step in range(2 * world - 2):
        for rank in range(world):
            c, right = (rank - step) % world, (rank + 1) % world
            piece = slice(bounds[c], bounds[c + 1])
            arrived = torch.as_tensor(send(rank, right, data[rank, piece].numpy()))
            data[right, piece] = data[right, piece] + arrived if step < world - 1 else arrived
    return list(data)
