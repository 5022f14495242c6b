"""The model is left in evaluation mode

Whoever goes on training after the export trains without dropout now, and wonders. Put the mode back.
"""


def export_onnx(model, example, path):
    model.eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (example,),
            path,
            dynamo=False,
            input_names=["input"],
            output_names=["output"],
            dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
        )
