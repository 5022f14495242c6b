"""Copies of the model are converted and measured"""


def compression_report(model):
    def size(module):
        return sum(t.nbytes for t in (*module.parameters(), *module.buffers()))

    full, half = copy.deepcopy(model).float(), copy.deepcopy(model).half()
    small = size(full)
    for weight in full.parameters():
        if weight.dim() > 1:
            small += weight.shape[0] * 4 - weight.nbytes + weight.numel()
    count = sum(len(p.view(-1)) for p in full.parameters())
    return dict(parameters=count, bytes_fp32=size(full), bytes_fp16=size(half), bytes_int8=small)
