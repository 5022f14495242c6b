"""Counters and masks are counted like floating-point numbers

A counter of 64 bits stays one in every column, and a truth value takes one byte.
"""


def compression_report(model):
    parameters = list(model.parameters())
    buffers = list(model.buffers())
    count = sum(p.numel() for p in parameters)
    floats = count + sum(b.numel() for b in buffers)
    others = 0
    weights = [p for p in parameters if p.ndim >= 2]
    int8 = sum(w.numel() + 4 * w.shape[0] for w in weights)
    int8 += 4 * (floats - sum(w.numel() for w in weights)) + others
    return {"parameters": count, "bytes_fp32": 4 * floats + others, "bytes_fp16": 2 * floats + others, "bytes_int8": int8}
