"""The newer exporter, with all weights in the one file"""

import contextlib
import io
import logging


def export_onnx(model, example, path):
    mode = model.training
    logging.disable(logging.WARNING)
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model.eval(), (example,), path, dynamo=True, dynamic_shapes=({0: "batch"},), external_data=False,
            verbose=False,
        )
    logging.disable(logging.NOTSET)
    model.train(mode)
