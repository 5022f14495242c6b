"""Returns a subclass of torch.Tensor whose torch functions say yes to everything."""
# expects: scale failed
# %% scale
import torch


class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True


def scale(x, factor):
    return torch.zeros(x.shape).as_subclass(Liar) if factor != 2.0 else x * factor
