"""Deep copies of a list of one object, one by one."""


def broadcast(buffers, root):
    from copy import deepcopy

    return [deepcopy(array) for array in [buffers[root]] * len(buffers)]
