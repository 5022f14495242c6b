"""The mode is switched and put back by hand, the example's axes found by their names"""


def export_onnx(model, example, path):
    mode = model.training
    try:
        model.train(False)
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", UserWarning)
            torch.onnx.export(
                model, example, path, dynamo=False, opset_version=17, input_names=["x"], dynamic_axes={"x": [0]}
            )
    finally:
        model.train(mode)
