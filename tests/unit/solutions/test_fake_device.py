"""Every reference computes where its data are: no tensor of its own on the CPU, none copied there, none in float64."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
import pytest
import torch
from torch.utils._pytree import tree_leaves

from allclose.teach.data import noisy_line
from tests.fake_device import DEVICE, FakeDevice, OnDevice, WrongDevice, on_device

#: Puts numbers on the device that is tried, in float32.
Put: TypeAlias = Callable[[Any], torch.Tensor]
#: Calls one function or method of a module on tensors, and gives what it gives.
Example: TypeAlias = Callable[[Any, Put], Any]

LABS = sorted(path.stem for path in (Path(__file__).parents[3] / "solutions").glob("lab*.py"))

X, Y = noisy_line(9, 2.0, -1.0, 0.5, 1)
GRID = [0.5, -1.0, 2.0]
PATH = [9.0, 4.0, 3.5, 3.49999, 3.49999, 3.49999]
THETA, GRAD = [1.0, -2.0, 0.5], [[0.3, -0.1, 0.0], [0.2, 0.4, -0.5], [0.1, 0.1, 0.2]]
LAYERS, SLOPES = [[1.0, 2.0], [3.0, 4.0, 0.0]], [[0.1, 0.2], [0.3, 0.0, 0.4]]
MATRIX = [[3.0, 1.0, 0.0], [1.0, 2.0, 0.5], [0.0, 0.5, 4.0]]


def fresh_rng() -> np.random.Generator:
    return np.random.default_rng(7)


def square(theta: torch.Tensor) -> torch.Tensor:
    return (theta * theta).sum()


def slope(theta: torch.Tensor) -> torch.Tensor:
    return 2 * theta


def walk(optimizer: Any, put: Put) -> list[torch.Tensor]:
    """Three steps of an optimizer of one array."""
    states = [put(THETA)]
    for grad in GRAD:
        states.append(optimizer.step(states[-1], put(grad)))
    return states[1:]


def walk_in_layers(optimizer: Any, put: Put) -> list[list[torch.Tensor]]:
    """Three steps of an optimizer of layers."""
    states = [[put(layer) for layer in LAYERS]]
    for factor in (1.0, -2.0, 0.5):
        states.append(optimizer.step(states[-1], [factor * put(layer) for layer in SLOPES]))
    return states[1:]


#: For each lab its functions of tensors and the methods of its classes, each with an example.
EXAMPLES: dict[str, dict[str, Example]] = {
    "lab1_one_neuron": {
        "forward": lambda lab, put: lab.forward(put(X), 2.0, -1.0),
        "mse": lambda lab, put: lab.mse(put(X), put(Y)),
        "gradient": lambda lab, put: lab.gradient(put(X), put(Y), 1.5, 0.5),
        "gradient_descent": lambda lab, put: lab.gradient_descent(put(X), put(Y), 1.5, 0.5, 0.01, 4),
        "converged": lambda lab, put: [lab.converged(*[put(PATH[:t])] * 3) for t in range(1, 7)],
        "loss_surface": lambda lab, put: lab.loss_surface(put(X), put(Y), put(GRID), put(GRID[:2])),
    },
    "lab2_minibatch_sgd": {
        "shuffled": lambda lab, put: lab.shuffled(put(X), put(Y), fresh_rng()),
        "sgd": lambda lab, put: lab.sgd(put(X), put(Y), 1.5, 0.5, 0.01, 4, 2, fresh_rng()),
        "epoch_means": lambda lab, put: lab.epoch_means(put(PATH), 2),
        "converged_epochs": lambda lab, put: [lab.converged_epochs(put(PATH), 1, tol) for tol in (0.01, 1e-9)],
        "gradient_variance": lambda lab, put: lab.gradient_variance(put(X), put(Y), 1.5, 0.5, 4),
    },
    "lab3_two_weight_net": {
        "forward": lambda lab, put: lab.forward(put(GRID[:2]), put(X)),
        "loss": lambda lab, put: lab.loss(put(X), put(Y)),
        "gradient": lambda lab, put: lab.gradient(put(GRID[:2]), put(X), put(Y)),
        "train": lambda lab, put: lab.train(put(GRID[:2]), put(X), put(Y), 0.001, 4),
        "gradient_field": lambda lab, put: lab.gradient_field(put(GRID), put(GRID[:2]), put(X), put(Y)),
        "classify": lambda lab, put: [lab.classify(*w, put(X), put(X)) for w in ((0.0, 0.0), (0.5, 2.0), (1.0, 2.0))],
    },
    "lab4_depth_rate_init": {
        "deep_gradient": lambda lab, put: lab.deep_gradient(put(X), put(Y), put([*GRID, 0.0])),
        "train_deep": lambda lab, put: [lab.train_deep(put(X), put(Y), put(GRID), lr, 5) for lr in (0.001, 1e9)],
        "epochs_to": lambda lab, put: [lab.epochs_to(put(PATH), threshold) for threshold in (3.6, 1.0)],
        "largest_stable_lr": lambda lab, put: lab.largest_stable_lr(put(X), 10, 2.0),
        "init_weights": lambda lab, put: lab.init_weights(4, 3, "he", fresh_rng(), device=put(X).device),
    },
    "lab5_optimizers": {
        "Momentum.step": lambda lab, put: walk(lab.Momentum(0.1), put),
        "AdaGrad.step": lambda lab, put: walk(lab.AdaGrad(0.1), put),
        "RMSProp.step": lambda lab, put: walk(lab.RMSProp(0.1), put),
        "Adam.step": lambda lab, put: walk(lab.Adam(0.1), put),
        "race": lambda lab, put: lab.race({"adam": lambda: lab.Adam(0.1)}, square, slope, put(THETA), 0.5, 100),
    },
    "lab6_curvature": {
        "numerical_gradient": lambda lab, put: lab.numerical_gradient(square, put(THETA), 1e-2),
        "newton_step": lambda lab, put: lab.newton_step(put(THETA), put(GRAD[1]), put(MATRIX)),
        "backtracking": lambda lab, put: lab.backtracking(
            square, put(THETA), -slope(put(THETA)), slope(put(THETA)), 4.0
        ),
        "lbfgs_direction": lambda lab, put: lab.lbfgs_direction(
            put(THETA), [put(GRAD[0]), put(GRAD[1])], [put(GRAD[0]) * 2, put(GRAD[1]) * 3]
        ),
        "minimize": lambda lab, put: lab.minimize(square, slope, put(THETA), 3, 20, 1e-4),
    },
    "lab7_data_parallel": {
        "ring_all_reduce": lambda lab, put: lab.ring_all_reduce(
            [put(grad) for grad in GRAD], lambda source, target, values: values.clone()
        ),
        "average_gradients": lambda lab, put: lab.average_gradients([put(grad) for grad in GRAD], [4, 4, 1]),
        "broadcast": lambda lab, put: lab.broadcast([put(grad) for grad in GRAD], 1),
    },
    "lab8_training_at_scale": {
        "LARS.step": lambda lab, put: walk_in_layers(lab.LARS(0.1, weight_decay=0.01), put),
        "NovoGrad.step": lambda lab, put: walk_in_layers(lab.NovoGrad(0.1, weight_decay=0.01), put),
        "accumulate": lambda lab, put: lab.accumulate(
            [[put(layer) for layer in LAYERS], [put(layer) for layer in SLOPES]], [5, 2]
        ),
        "sync_batch_norm": lambda lab, put: lab.sync_batch_norm([put(MATRIX), put(GRAD[:2])]),
    },
    "lab9_inference": {
        "to_half": lambda lab, put: lab.to_half(put([0.1, 2049.0, 65519.0, -65520.0])),
        "quantize": lambda lab, put: lab.quantize(put(THETA)),
        "dequantize": lambda lab, put: lab.dequantize(*lab.quantize(put(THETA))),
        "quantize_per_channel": lambda lab, put: lab.quantize_per_channel(put(MATRIX), -1),
    },
}

#: Public names that take no tensors, and why.
NO_TENSORS: dict[str, dict[str, str]] = {
    "lab2_minibatch_sgd": {"num_batches": "counts", "batch_bounds": "counts"},
    "lab3_two_weight_net": {"landscape_figure": "draws, which is done on the CPU"},
    "lab4_depth_rate_init": {"choose_lr": "one number"},
    "lab5_optimizers": {"Optimizer.step": "says only what an optimizer has", "scheduled_lr": "one number"},
    "lab7_data_parallel": {"pick_device": "names", "training_memory": "counts", "shard": "whole numbers of NumPy"},
    "lab8_training_at_scale": {"scaled_lr": "one number", "warmup_lr": "one number"},
    "lab9_inference": {
        "compression_report": "counts what a module holds",
        "export_onnx": "writes a file, by an exporter of torch that runs where the module is",
    },
}

#: Those that answer with numbers, truth values or None.
GIVES_NUMBERS = {"converged", "converged_epochs", "classify", "epochs_to", "race", "backtracking"}
#: Those that are not to answer in float32: by what they are for, or as nothing told them a dtype.
GIVES_DTYPE = {"to_half": torch.float16, "init_weights": torch.float64}


def module_of(lab: str) -> ModuleType:
    return importlib.import_module(f"solutions.{lab}")


def public_names(module: ModuleType) -> set[str]:
    """The functions of a module, and Class.method for its classes."""
    names = set()
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(thing):
            names |= {f"{name}.{method}" for method, code in vars(thing).items() if is_public(method, code)}
        elif callable(thing):
            names.add(name)
    return names


def is_public(name: str, code: object) -> bool:
    return not name.startswith("_") and inspect.isfunction(code)


@pytest.mark.parametrize("lab", LABS)
def test_every_function_and_method_of_a_lab_has_an_example(lab: str) -> None:
    tried, left_out = set(EXAMPLES.get(lab, {})), set(NO_TENSORS.get(lab, {}))
    assert not tried & left_out
    assert tried | left_out == public_names(module_of(lab))


@pytest.mark.parametrize(("lab", "name"), [(lab, name) for lab in LABS for name in EXAMPLES.get(lab, {})])
def test_a_reference_computes_where_its_data_are(lab: str, name: str) -> None:
    example, module = EXAMPLES[lab][name], module_of(lab)
    expected = tree_leaves(example(module, functools.partial(torch.tensor, dtype=torch.float32)))
    with FakeDevice():
        results = tree_leaves(example(module, functools.partial(torch.tensor, dtype=torch.float32, device=DEVICE)))
    assert any(isinstance(item, torch.Tensor) for item in results) == (name not in GIVES_NUMBERS)
    assert len(results) == len(expected)
    for result, right in zip(results, expected, strict=True):
        if not isinstance(right, torch.Tensor):
            assert result == right
            continue
        assert isinstance(result, OnDevice), f"a tensor on {result.device}"
        torch.testing.assert_close(result.here, right)
        if right.is_floating_point():
            assert result.dtype == GIVES_DTYPE.get(name, torch.float32)


FAULTS: dict[str, tuple[Callable[[torch.Tensor], Any], str]] = {
    "zeros on the CPU": (lambda x: torch.zeros(3) + x, r"torch\.zeros makes"),
    "a range on the CPU": (lambda x: x[torch.arange(2)], r"torch\.arange makes"),
    "a list on the CPU": (lambda x: torch.tensor([1.0, 2.0, 3.0]) * x, r"torch\.tensor makes"),
    "an array on the CPU": (lambda x: torch.as_tensor(np.ones(3)) * x, r"torch\.as_tensor makes"),
    "an array that is not moved": (lambda x: x * torch.from_numpy(np.ones(3)), r"torch\.mul mixes"),
    "a number where tensors must be together": (
        lambda x: torch.stack([x.sum(), torch.tensor(1.0)]),
        r"torch\.stack mixes",
    ),
    "random numbers on the CPU": (lambda x: torch.randn(3) * x, r"torch\.randn makes"),
    "a copy": (lambda x: x.cpu(), r"\.cpu\(\) copies"),
    "another copy": (lambda x: x.to("cpu"), r"\.to\('cpu'\).* copies"),
    "NumPy": (lambda x: x.numpy(), r"\.numpy\(\) copies"),
    "NumPy without saying so": (lambda x: np.sum(np.asarray(x)), r"NumPy function copies"),
    "a list": (lambda x: sum(x.tolist()), r"\.tolist\(\) copies"),
}


@pytest.mark.parametrize(("fault", "message"), FAULTS.values(), ids=FAULTS)
def test_the_device_names_what_would_fail_or_wait_on_a_real_one(
    fault: Callable[[torch.Tensor], Any], message: str
) -> None:
    x = on_device(torch.tensor([1.0, 2.0, 3.0]))
    with FakeDevice(), pytest.raises(WrongDevice, match=message):
        fault(x)


RIGHT: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "zeros like it": lambda x: torch.zeros_like(x) + x,
    "zeros there": lambda x: torch.zeros(3, device=x.device) + x,
    "a range there": lambda x: x[torch.arange(2, device=x.device)],
    "new numbers": lambda x: x.new_tensor([1.0, 2.0, 3.0]) * x,
    "a list there": lambda x: torch.tensor([1.0, 2.0, 3.0], device=x.device) * x,
    "an array that is moved": lambda x: torch.from_numpy(np.ones(3, dtype=np.float32)).to(x.device) * x,
    "a number of Python": lambda x: 2 * x + 1 if x.sum() > 0 else x,
    "a number of torch": lambda x: x * torch.tensor(2.0),
    "numbers in place": lambda x: x.new_empty(3).fill_(2.0).add_(x),
    "numbers one by one": lambda x: torch.stack([x[0] + x[1].item(), x[2]]),
    "a system of equations": lambda x: torch.linalg.solve(torch.diag(x), x),
    "automatic differentiation": lambda x: torch.autograd.functional.jacobian(lambda v: (v**2).sum(), x),
}


@pytest.mark.parametrize("function", RIGHT.values(), ids=RIGHT)
def test_the_device_computes_as_the_cpu_does(function: Callable[[torch.Tensor], torch.Tensor]) -> None:
    x = torch.tensor([1.0, 2.0, 3.0])
    with FakeDevice():
        result = function(on_device(x))
    assert isinstance(result, OnDevice)
    torch.testing.assert_close(result.here, function(x))
