"""Dealt there and back again, as for teams, from the last item to the first."""


def shard(n, rank, world):
    order = list(range(world)) + list(range(world))[::-1]
    mine = [item for item in range(n) if order[item % len(order)] == rank]
    return np.array(mine[::-1], dtype=int)
