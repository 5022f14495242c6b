"""The newer exporter gives a program, which is saved afterwards"""

import logging


def export_onnx(model, example, path):
    frozen = copy.deepcopy(model).eval()
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shapes = ({0: torch.export.Dim("rows", min=1, max=4096)},)
            program = torch.onnx.export(frozen, (example,), dynamo=True, dynamic_shapes=shapes, verbose=False)
    finally:
        logging.disable(logging.NOTSET)
    Path(path).write_bytes(program.model_proto.SerializeToString())
