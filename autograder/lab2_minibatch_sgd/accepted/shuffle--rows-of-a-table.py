"""x and y are the columns of one table whose rows are shuffled."""


def shuffled(x, y, rng):
    table = np.column_stack([x, y])
    rng.shuffle(table)
    return table[:, 0].copy(), table[:, 1].copy()
