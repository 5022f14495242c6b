"""The dynamic axis belongs to an input that does not exist

The keys of `dynamic_axes` are the names that `input_names` gives to the inputs. A name that no input has is passed over in silence.
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
            dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}},
        )
