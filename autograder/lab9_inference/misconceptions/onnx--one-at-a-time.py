"""The example is cut to one row

An example of one row is no way to say that the batch may have any size: the one is frozen like every other size.
"""


def export_onnx(model, example, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (example[:1],),
            path,
            dynamo=False,
            input_names=["input"],
            output_names=["output"],
        )
