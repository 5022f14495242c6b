"""Every device gets a rank, the smallest wins."""


def pick_device(prefer, available):
    ranks = {"cuda": 1, "mps": 2, "cpu": 3}
    ranks[prefer] = 0
    return min(available, key=lambda device: ranks.get(device, 99))
