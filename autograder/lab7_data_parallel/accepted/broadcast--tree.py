"""Those who have it pass it on: twice as many with each round."""


def broadcast(buffers, root):
    world = len(buffers)
    copies = {root: buffers[root].copy()}
    while len(copies) < world:
        for source in list(copies):
            target = (source + len(copies)) % world
            while target in copies and len(copies) < world:
                target = (target + 1) % world
            if len(copies) < world:
                copies[target] = copies[source].copy()
    return [copies[rank] for rank in range(world)]
