"""Torch's own operators for quantized tensors"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = min(0.0, float(x.min())), max(0.0, float(x.max()))
    scale = (high - low) / top or 1.0
    zero_point = round(-low / scale)
    levels = torch.round(torch.tensor(x) / scale).add(zero_point).clamp(0, top)
    return levels.to(torch.uint8).numpy(), scale, zero_point


def dequantize(q, scale, zero_point):
    return (torch.tensor(q).to(torch.int32) - zero_point).to(torch.float64).mul(scale).numpy()
