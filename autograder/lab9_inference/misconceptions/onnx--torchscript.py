"""The file is TorchScript, not ONNX

A traced module is a file for PyTorch's own runtime. ONNX Runtime cannot read it.
"""


def export_onnx(model, example, path):
    mode = model.training
    model.eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(model, example).save(path)
    model.train(mode)
