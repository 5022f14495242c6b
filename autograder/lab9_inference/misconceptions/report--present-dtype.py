"""The bytes are those of the present dtype

`element_size` tells what an entry takes now. The columns tell what it takes in that format, whatever the model has now.
"""


def compression_report(model):
    parameters = list(model.parameters())
    buffers = list(model.buffers())
    count = sum(p.numel() for p in parameters)
    floats = count + sum(b.numel() for b in buffers if b.is_floating_point())
    others = sum(b.numel() * b.element_size() for b in buffers if not b.is_floating_point())
    weights = [p for p in parameters if p.ndim >= 2]
    int8 = sum(w.numel() + 4 * w.shape[0] for w in weights)
    int8 += 4 * (floats - sum(w.numel() for w in weights)) + others
    return {"parameters": count, "bytes_fp32": sum(t.numel() * t.element_size() for t in [*parameters, *buffers]), "bytes_fp16": 2 * floats + others, "bytes_int8": int8}
