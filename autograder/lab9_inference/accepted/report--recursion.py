"""Module by module, down the tree, with what was seen remembered"""


def compression_report(model):
    seen = set()
    totals = {"parameters": 0, "bytes_fp32": 0, "bytes_fp16": 0, "bytes_int8": 0}

    def add(tensor, trained):
        if tensor is None or id(tensor) in seen:
            return
        seen.add(id(tensor))
        size = int(np.prod(tensor.shape))
        if not tensor.dtype.is_floating_point:
            full = half = small = size * tensor.itemsize
        else:
            full, half = 4 * size, 2 * size
            small = size + 4 * tensor.shape[0] if trained and len(tensor.shape) > 1 else full
        totals["parameters"] += size if trained else 0
        for key, value in zip(("bytes_fp32", "bytes_fp16", "bytes_int8"), (full, half, small)):
            totals[key] += value

    def walk(module):
        for parameter in module.parameters(recurse=False):
            add(parameter, True)
        for buffer in module.buffers(recurse=False):
            add(buffer, False)
        for child in module.children():
            walk(child)

    walk(model)
    return totals
