"""The dynamic axis is the last one, not the batch

Axes are counted from 0, and the batch is the first.
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
            dynamic_axes={"input": {1: "batch"}, "output": {1: "batch"}},
        )
