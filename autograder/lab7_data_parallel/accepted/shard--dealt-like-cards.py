"""Item by item to one rank after the other, a list."""


def shard(n, rank, world):
    hands = [[] for _ in range(world)]
    for item in range(n):
        hands[item % world].append(item)
    return hands[rank]
