"""The model itself is converted to count its bytes

`model.half()` changes the model that was given. Count, or work on a copy.
"""


def compression_report(model):
    def size():
        return sum(t.numel() * t.element_size() for t in [*model.parameters(), *model.buffers()])

    count = sum(p.numel() for p in model.parameters())
    fp32 = size() if next(model.parameters()).dtype == torch.float32 else model.float() and size()
    weights = [p for p in model.parameters() if p.ndim >= 2]
    int8 = fp32 - sum(3 * w.numel() - 4 * w.shape[0] for w in weights)
    model.half()
    return {"parameters": count, "bytes_fp32": fp32, "bytes_fp16": size(), "bytes_int8": int8}
