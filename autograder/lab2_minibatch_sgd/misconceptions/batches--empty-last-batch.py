"""There is one batch too many where batch_size divides n.

Adding 1 to the number of full batches is right only where something is left over. Try n = 8 with batches of 4.
"""


def num_batches(n, batch_size):
    return n // batch_size + 1


def batch_bounds(j, n, batch_size):
    return j * batch_size, min((j + 1) * batch_size, n)
