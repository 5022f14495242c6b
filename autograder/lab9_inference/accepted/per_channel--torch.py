"""Torch, with the scales aligned by einsum's letters"""


def quantize_per_channel(w, axis, bits=8):
    weights = torch.tensor(w).transpose(0, axis)
    scales = weights.flatten(1).abs().max(dim=1).values if w.ndim > 1 else weights.abs()
    scales = torch.where(scales == 0, 1.0, scales / (2 ** (bits - 1) - 1))
    q = torch.round(weights / scales.view(-1, *[1] * (w.ndim - 1)))
    return q.transpose(0, axis).to(torch.int8).numpy(), scales.numpy()
