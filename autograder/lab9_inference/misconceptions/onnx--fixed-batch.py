"""The batch size of the example is frozen into the file

Without a word about it every size becomes a constant, and a name in `dynamic_axes` that no input has is passed over in silence. Which axis should stay open?
"""


def export_onnx(model, example, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (example,),
            path,
            dynamo=False,
            input_names=["input"],
            output_names=["output"],
        )
