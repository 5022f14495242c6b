"""int8 is taken for a quarter of fp32

Eight bits are a quarter of thirty-two, but not everything is stored in eight bits, and scales come on top.
"""


def compression_report(model):
    parameters = list(model.parameters())
    buffers = list(model.buffers())
    count = sum(p.numel() for p in parameters)
    floats = count + sum(b.numel() for b in buffers if b.is_floating_point())
    others = sum(b.numel() * b.element_size() for b in buffers if not b.is_floating_point())
    weights = [p for p in parameters if p.ndim >= 2]
    int8 = floats + others
    return {"parameters": count, "bytes_fp32": 4 * floats + others, "bytes_fp16": 2 * floats + others, "bytes_int8": int8}
