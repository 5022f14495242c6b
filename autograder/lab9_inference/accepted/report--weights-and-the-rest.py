"""Weights and all the rest added up apart"""


def compression_report(model):
    matrices = sum(p.numel() for p in model.parameters() if p.ndim > 1)
    channels = sum(p.size(0) for p in model.parameters() if p.ndim > 1)
    vectors = sum(p.numel() for p in model.parameters() if p.ndim < 2)
    running = sum(b.numel() for b in model.buffers() if b.dtype in (torch.float16, torch.float32, torch.float64))
    fixed = sum(b.nbytes for b in model.buffers()) - sum(b.nbytes for b in model.buffers() if b.is_floating_point())
    report = {"parameters": matrices + vectors}
    for name, size in (("fp32", 4), ("fp16", 2)):
        report[f"bytes_{name}"] = size * (matrices + vectors + running) + fixed
    report["bytes_int8"] = matrices + 4 * (channels + vectors + running) + fixed
    return report
