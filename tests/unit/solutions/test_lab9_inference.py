"""The reference of lab 9 against ONNX Runtime, PyTorch's own rounding and saved files, and facts of IEEE 754."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper
from torch import nn

from solutions import lab9_inference as lab
from tests.devices import DEVICES, DTYPES


def numbers(seed: int, *shape: int, device: str = "cpu", dtype: torch.dtype = torch.float64) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(device, dtype)


def session(file: bytes) -> Callable[[np.ndarray], list[np.ndarray]]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    made = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    (given,) = made.get_inputs()
    return lambda x: made.run(None, {given.name: x})


# half


@pytest.mark.parametrize(
    ("number", "half"), [(65519.0, 65504.0), (65520.0, np.inf), (2049.0, 2048.0), (2051.0, 2052.0)]
)
def test_half_precision_is_that_of_ieee_754(number: float, half: float) -> None:
    for sign in (1, -1):
        rounded, overflowed = lab.to_half(np.array([sign * number]))
        assert rounded.tolist() == [sign * half]
        assert overflowed == int(np.isinf(half))


def test_halves_are_those_of_pythons_struct_module() -> None:
    x = np.random.default_rng(0).uniform(1, 2, 500) * np.geomspace(1e-9, 3e4, 500)
    expected = [struct.unpack("<e", struct.pack("<e", number))[0] for number in x]
    assert lab.to_half(x)[0].tolist() == expected


def test_only_what_was_finite_overflows() -> None:
    half, overflowed = lab.to_half(np.array([[np.inf, -np.inf, np.nan], [1e300, -7e4, 1e-30]]))
    np.testing.assert_array_equal(half, [[np.inf, -np.inf, np.nan], [np.inf, -np.inf, 0]])
    assert half.dtype == np.float16
    assert overflowed == 2


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_halves_of_tensors_stay_on_their_device(device: str, dtype: torch.dtype) -> None:
    half, overflowed = lab.to_half(1e5 * numbers(1, 6, 7, device=device, dtype=dtype))
    assert half.dtype is torch.float16
    assert half.device.type == device
    assert overflowed == half.isinf().sum()


# quantize


def dynamic_quantize_linear() -> Callable[[np.ndarray], list[np.ndarray]]:
    node = helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero_point"])
    given = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n"])]
    made = [
        helper.make_tensor_value_info("q", TensorProto.UINT8, ["n"]),
        helper.make_tensor_value_info("scale", TensorProto.FLOAT, []),
        helper.make_tensor_value_info("zero_point", TensorProto.UINT8, []),
    ]
    model = helper.make_model(
        helper.make_graph([node], "quantize", given, made), opset_imports=[helper.make_opsetid("", 13)], ir_version=8
    )
    return session(model.SerializeToString())


@pytest.mark.parametrize("shift", [0.0, 1.5, -1.5, 10.0, -10.0])
def test_eight_bits_are_those_of_onnx(shift: float) -> None:
    run = dynamic_quantize_linear()
    for seed in range(5):
        x = numbers(seed, 300, dtype=torch.float32) + shift
        q, scale, zero_point = run(x.numpy())
        ours = lab.quantize(x)
        torch.testing.assert_close(ours[1], torch.tensor(float(scale)), rtol=1e-6, atol=0)
        assert int(ours[2]) == int(zero_point)
        np.testing.assert_array_equal(ours[0].numpy(), q)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("bits", [2, 3, 5, 8])
def test_there_and_back_is_pytorchs_fake_quantization(device: str, dtype: torch.dtype, bits: int) -> None:
    x = numbers(bits, 40, 5, device=device, dtype=dtype)
    q, scale, zero_point = lab.quantize(x, bits)
    expected = torch.fake_quantize_per_tensor_affine(x.float(), float(scale), int(zero_point), 0, 2**bits - 1)
    back = lab.dequantize(q, scale, zero_point)
    assert (q.dtype, back.dtype, back.device.type) == (torch.uint8, dtype, device)
    torch.testing.assert_close(back.float(), expected)
    assert (back - x).abs().max() <= scale / 2 * (1 + 1e-4)


def test_zero_is_exact_and_its_level_whole() -> None:
    for shift in (-5.0, -0.3, 0.0, 0.3, 5.0):
        x = np.concatenate((np.random.default_rng(0).normal(shift, 1, 50), [0.0]))
        q, scale, zero_point = lab.quantize(x, 4)
        assert type(zero_point) is int
        assert q[-1] == zero_point
        assert lab.dequantize(q, scale, zero_point)[-1] == 0.0


@pytest.mark.parametrize(
    ("value", "scale", "zero_point", "level"), [(5.1, 5.1 / 255, 0, 255), (-5.1, 5.1 / 255, 255, 0), (0.0, 1, 0, 0)]
)
def test_constant_tensors_have_the_range_from_zero(value: float, scale: float, zero_point: int, level: int) -> None:
    q, step, zero = lab.quantize(np.full((2, 2), value))
    assert (step, zero) == (pytest.approx(scale), zero_point)
    assert q.tolist() == [[level] * 2] * 2


def test_ties_go_to_the_even_level() -> None:
    assert lab.quantize(np.array([0.0, 0.5, 1.5, 2.5, 3.5, 255.0]))[0].tolist() == [0, 0, 2, 2, 4, 255]


def test_bytes_do_not_wrap_around() -> None:
    back = lab.dequantize(np.array([0, 3, 255], dtype=np.uint8), 0.5, 200)
    assert back.tolist() == [-100.0, -98.5, 27.5]
    assert back.dtype == np.float64


def test_arguments_stay_as_they_were() -> None:
    x = np.random.default_rng(0).normal(size=(4, 4)) * 1e5
    given = x.copy()
    lab.to_half(given)
    lab.quantize(given)
    lab.quantize_per_channel(given, 1)
    np.testing.assert_array_equal(given, x)


# per_channel


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
def test_channels_are_pytorchs_fake_quantization(device: str, dtype: torch.dtype, axis: int) -> None:
    w = numbers(3, 4, 5, 6, device=device, dtype=dtype)
    q, scales = lab.quantize_per_channel(w, axis)
    assert (q.dtype, scales.dtype, q.device.type) == (torch.int8, dtype, device)
    zeros = torch.zeros_like(scales, dtype=torch.int32)
    expected = torch.fake_quantize_per_channel_affine(w.float(), scales.float(), zeros, axis % 3, -127, 127)
    shape = [-1 if k == axis % 3 else 1 for k in range(3)]
    torch.testing.assert_close((q * scales.view(shape)).float(), expected)


def test_channels_are_those_of_a_loop() -> None:
    w = np.random.default_rng(2).normal(size=(3, 7)) * [[1], [100], [0.01]]
    q, scales = lab.quantize_per_channel(w, 0, 4)
    for row, levels, scale in zip(w, q, scales, strict=True):
        assert scale == pytest.approx(np.linalg.norm(row, np.inf) / 7)
        np.testing.assert_array_equal(levels, np.rint(row / scale))


def test_one_axis_is_a_channel_for_each_entry() -> None:
    q, scales = lab.quantize_per_channel(np.array([2.0, -0.5, 0.0]), 0)
    assert q.tolist() == [127, -127, 0]
    np.testing.assert_allclose(scales, [2 / 127, 0.5 / 127, 1.0])


# report


class Tied(nn.Module):
    """Shares one weight between two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(11, 4)
        self.output = nn.Linear(4, 11)
        self.output.weight = self.embedding.weight


MODELS = [
    lambda: nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)),
    lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Flatten(), nn.Linear(8, 5)),
    lambda: nn.LSTM(4, 6, num_layers=2),
    Tied,
]


@pytest.mark.parametrize("make", MODELS)
def test_sizes_are_those_of_the_files_that_pytorch_saves(make: Callable[[], nn.Module]) -> None:
    def stored(model: nn.Module) -> int:
        """Bytes of all tensors in a saved file, each once."""
        file = io.BytesIO()
        torch.save(model.state_dict(), file)
        file.seek(0)
        storages = {t.untyped_storage().data_ptr(): t.untyped_storage() for t in torch.load(file).values()}
        return sum(storage.nbytes() for storage in storages.values())

    report = lab.compression_report(make())
    assert report["bytes_fp32"] == stored(make())
    assert report["bytes_fp16"] == stored(make().half())
    assert report["parameters"] == nn.utils.parameters_to_vector(make().parameters()).numel()


def test_int8_keeps_a_scale_for_each_channel_and_biases_in_fp32() -> None:
    report = lab.compression_report(nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)))
    assert report == {"parameters": 12, "bytes_fp32": 72, "bytes_fp16": 40, "bytes_int8": 62}


def test_the_present_dtype_and_frozen_parameters_make_no_difference() -> None:
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    expected = lab.compression_report(model)
    assert lab.compression_report(model.double().requires_grad_(False)) == expected
    assert model[0].weight.dtype is torch.float64


# onnx


def network() -> nn.Sequential:
    torch.manual_seed(0)
    layers = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.5), nn.Flatten(), nn.Linear(36, 3)
    model = nn.Sequential(*layers)
    model(torch.randn(50, 1, 5, 5))  # moves the running mean and variance
    return model


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("batch", [1, 2, 9])
def test_onnx_runtime_computes_what_the_model_does(training: bool, batch: int, tmp_path: Path) -> None:
    model = network().train(training)
    lab.export_onnx(model, torch.randn(2, 1, 5, 5), tmp_path / "model.onnx")
    assert model.training is training
    x = torch.randn(batch, 1, 5, 5)
    (actual,) = session((tmp_path / "model.onnx").read_bytes())(x.numpy())
    torch.testing.assert_close(torch.tensor(actual), model.eval()(x), rtol=1e-5, atol=1e-5)


def test_the_file_is_complete_valid_and_replaces_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_text("an older file")
    lab.export_onnx(network(), torch.randn(2, 1, 5, 5), str(path))
    onnx.checker.check_model(onnx.load(path), full_check=True)
    assert list(tmp_path.iterdir()) == [path]
