"""Exported with a fixed size, which is then opened in the graph"""


def export_onnx(model, example, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, (example,), path, dynamo=False, input_names=["in"], output_names=["out"],
            dynamic_axes={"in": {0: "placeholder"}},
        )
    graph = onnx.load(path)
    for value in (*graph.graph.input, *graph.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "any"
    onnx.save(graph, path)
