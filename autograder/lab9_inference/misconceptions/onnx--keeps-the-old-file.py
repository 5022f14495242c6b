"""A file that is there already is kept

If the model was trained further, the old file is out of date. It should be replaced.
"""


def export_onnx(model, example, path):
    if Path(path).exists():
        return
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
