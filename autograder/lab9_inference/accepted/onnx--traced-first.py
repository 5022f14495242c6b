"""A copy is traced, its graph exported into memory and written out"""

import io


def export_onnx(model, example, path):
    frozen = copy.deepcopy(model).eval()
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(frozen, example)
        torch.onnx.export(
            traced, (example,), file, dynamo=False, input_names=["batch"], output_names=["answer"],
            dynamic_axes={"batch": {0: "n"}, "answer": {0: "n"}},
        )
    with open(path, "wb") as target:
        target.write(file.getvalue())
