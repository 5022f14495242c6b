"""A sum over the ranks by torch."""


def average_gradients(grads, counts):
    import torch

    shares = torch.tensor(counts, dtype=torch.float64)
    return torch.einsum("p,p...->...", shares / shares.sum(), torch.tensor(np.array(grads)))
