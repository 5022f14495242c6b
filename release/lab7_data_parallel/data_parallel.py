"""Train one small model on several processes at once, first by hand and then with DistributedDataParallel.

Each process runs this same file and learns from its environment who it is. The notebook starts two of them; in a
terminal the same is done by

    torchrun --nproc_per_node 2 data_parallel.py

Rank 0 prints the losses of both runs as JSON. With GPUs each process would also move its model and data to a GPU of its
own, and "gloo" would become "nccl".
"""

import json
import os
import sys

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

ITEMS, FEATURES, RATE, STEPS = 64, 5, 0.1, 30


def data():
    """The whole data set, the same in every process: y = X w + noise."""
    draw = torch.Generator().manual_seed(7)
    x = torch.randn(ITEMS, FEATURES, generator=draw)
    w = torch.linspace(-2, 2, FEATURES)
    return x, x @ w + 0.1 * torch.randn(ITEMS, generator=draw)


def model(rank):
    """A linear model, which every rank starts elsewhere: rank 0's start is the one that shall count."""
    torch.manual_seed(rank)
    return torch.nn.Linear(FEATURES, 1)


def loss_of(net, x, y):
    """Mean squared error."""
    return (net(x).squeeze(1) - y).square().mean()


def train_by_hand(net, x, y):
    """Broadcast the start; then in every step average the gradients with an all-reduce, and move."""
    for parameter in net.parameters():
        dist.broadcast(parameter.data, src=0)
    losses = []
    for _ in range(STEPS):
        net.zero_grad()
        loss = loss_of(net, x, y)
        loss.backward()
        with torch.no_grad():
            for parameter in net.parameters():
                dist.all_reduce(parameter.grad)  # the sum over all ranks
                parameter -= RATE * parameter.grad / dist.get_world_size()
        losses.append(mean_over_ranks(loss))
    return losses


def train_with_ddp(net, x, y):
    """The same with PyTorch's own wrapper: it broadcasts when it is made and all-reduces during `backward`."""
    net = DistributedDataParallel(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(net, x, y)
        loss.backward()
        optimizer.step()
        losses.append(mean_over_ranks(loss))
    return losses


def mean_over_ranks(loss):
    """The loss of the whole batch, for the record: the shards are of one size, so a plain mean will do."""
    total = loss.detach().clone()
    dist.all_reduce(total)
    return total.item() / dist.get_world_size()


def main():
    """Train twice on this rank's shard."""
    dist.init_process_group("gloo")
    rank, world = dist.get_rank(), dist.get_world_size()
    x, y = data()
    x, y = x[rank::world], y[rank::world]
    result = {
        "world": world,
        "by hand": train_by_hand(model(rank), x, y),
        "with DistributedDataParallel": train_with_ddp(model(rank), x, y),
    }
    if rank == 0:
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()
    dist.barrier()
    dist.destroy_process_group()
    # Gloo's threads may outlive the group and abort the process while Python takes itself down: leave before that.
    os._exit(0)


if __name__ == "__main__":
    main()
