"""Reference for lab 9: fewer bits for a network's numbers, and a file that runs without PyTorch.

The three functions of arrays are written on tensors and called with NumPy arrays or tensors; they answer in kind. The
other two take torch modules.

Sources: IEEE 754-2008 for binary16; Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference" (CVPR 2018), sections 2.1 and 3, for the affine scheme; Krishnamoorthi, "Quantizing
deep convolutional networks for efficient inference: A whitepaper" (arXiv:1806.08342, 2018), section 2, and the LiteRT
8-bit quantization specification for symmetric weights with a scale for each channel; the ONNX operator
DynamicQuantizeLinear for the order of rounding.
"""

from __future__ import annotations

import os
import warnings

import torch
from torch import Tensor, nn

from solutions import in_torch


@in_torch
def to_half(x: Tensor) -> tuple[Tensor, Tensor]:
    """Round to half precision (binary16) and count what became infinite by that.

    Parameters
    ----------
    x : Tensor, any shape

    Returns
    -------
    half : Tensor, shape of x
        float16, rounded to nearest, ties to even.
    overflowed : Tensor, shape ()
        How many finite entries of `x` are infinite in `half`: those from 65520 on, halfway between the largest
        finite number, 65504, and what would come next.
    """
    half = x.to(torch.float16)
    return half, (half.isinf() & x.isfinite()).sum()


@in_torch
def quantize(x: Tensor, bits: int = 8) -> tuple[Tensor, Tensor, Tensor]:
    """Quantize a whole tensor to unsigned whole numbers, x ≈ scale · (q − zero_point) (Jacob et al. 2018, equation 1).

    Parameters
    ----------
    x : Tensor, any shape
        Finite numbers, at least one.
    bits : int
        From 2 to 8.

    Returns
    -------
    q : Tensor, shape of x
        uint8, from 0 to 2**bits − 1.
    scale : Tensor, shape ()
        The step between neighbouring levels, in units of `x`; 1 where all of `x` is zero.
    zero_point : Tensor, shape ()
        int64; the level that stands for 0.
    """
    top = 2**bits - 1
    low, high = x.amin().clamp(max=0), x.amax().clamp(min=0)  # the range must hold 0, or 0 would have no level
    scale = _step(high - low, top)
    zero_point = (-low / scale).round()
    q = ((x / scale).round() + zero_point).clamp(0, top)
    return q.to(torch.uint8), scale, zero_point.to(torch.int64)


@in_torch
def dequantize(q: Tensor, scale: float | Tensor, zero_point: int | Tensor) -> Tensor:
    """Give the numbers that quantized levels stand for, scale · (q − zero_point).

    Parameters
    ----------
    q : Tensor, any shape
    scale : number
        In whose dtype the result comes; float64 for a Python number.
    zero_point : number

    Returns
    -------
    Tensor, shape of q
    """
    dtype = scale.dtype if isinstance(scale, Tensor) else torch.float64
    return scale * (q.to(dtype) - zero_point)  # in uint8 the difference would wrap around below 0


@in_torch
def quantize_per_channel(w: Tensor, axis: int, bits: int = 8) -> tuple[Tensor, Tensor]:
    """Quantize weights to signed whole numbers with a scale for each slice along `axis` (Krishnamoorthi 2018, 2.2).

    Parameters
    ----------
    w : Tensor, at least one axis
    axis : int
        The axis of the channels, which may count from the end.
    bits : int
        From 2 to 8.

    Returns
    -------
    q : Tensor, shape of w
        int8, from −m to m with m = 2**(bits−1) − 1; 0 stands for 0.
    scales : Tensor, shape (w.shape[axis],)
        max|w| of each channel over m; 1 for a channel of zeros.
    """
    top = 2 ** (bits - 1) - 1
    channels = w.movedim(axis, 0)
    rows = channels.reshape(len(channels), -1)
    scales = _step(rows.abs().amax(dim=1), top)
    q = (rows / scales[:, None]).round().to(torch.int8)
    return q.reshape(channels.shape).movedim(0, axis), scales


def _step(width: Tensor, levels: int) -> Tensor:
    """Divide ranges into so many steps; a range of width 0 holds only zeros, for which any step would do."""
    return torch.where(width > 0, width / levels, torch.ones_like(width))


def compression_report(model: nn.Module) -> dict[str, int]:
    """Count a module's parameters and the bytes that it takes to store it in three ways.

    A tensor that is used in several places is stored once. Buffers of floating-point numbers are stored like
    parameters; others, such as counters, as they are.

    Parameters
    ----------
    model : torch.nn.Module
        Is not changed.

    Returns
    -------
    dict
        ``parameters``: entries of all parameters, trained or not. ``bytes_fp32``, ``bytes_fp16``: with 4 and 2 bytes
        for each floating-point number. ``bytes_int8``: parameters with two axes or more with 1 byte an entry and a
        float32 scale for each of their ``shape[0]`` channels, everything else as in fp32.
    """
    parameters = list(model.parameters())
    tensors = [*parameters, *model.buffers()]
    numbers = sum(tensor.numel() for tensor in tensors if tensor.is_floating_point())
    others = sum(tensor.numel() * tensor.element_size() for tensor in tensors if not tensor.is_floating_point())
    weights = [parameter for parameter in parameters if parameter.ndim >= 2]
    saved = sum(3 * weight.numel() - 4 * len(weight) for weight in weights)
    return {
        "parameters": sum(parameter.numel() for parameter in parameters),
        "bytes_fp32": 4 * numbers + others,
        "bytes_fp16": 2 * numbers + others,
        "bytes_int8": 4 * numbers + others - saved,
    }


def export_onnx(model: nn.Module, example: Tensor, path: str | os.PathLike[str]) -> None:
    """Write what `model` computes in evaluation mode as one ONNX file that takes batches of any size.

    Parameters
    ----------
    model : torch.nn.Module
        Takes one tensor and gives one; left in the mode, training or evaluation, that it is in.
    example : Tensor, shape (n, ...)
        A batch that the model takes; only its shape and dtype matter, and of its shape not the first axis.
    path : str or path
        Where to write; a file that is there already is replaced.
    """
    with warnings.catch_warnings():
        # torch announces its newer exporter, which takes a hundred times as long for models of this size.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (example,),
            os.fspath(path),
            dynamo=False,
            input_names=["input"],
            output_names=["output"],
            dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
        )
