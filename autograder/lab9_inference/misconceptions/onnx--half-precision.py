"""The weights are rounded to half precision

Half precision saves space, but its answers differ from the model's in the fourth digit.
"""


def export_onnx(model, example, path):
    rounded = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in rounded.parameters():
            parameter.copy_(parameter.half())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            rounded,
            (example,),
            path,
            dynamo=False,
            input_names=["input"],
            output_names=["output"],
            dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
        )
