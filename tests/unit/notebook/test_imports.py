"""What takes long to load is loaded once, and what that is, no submission says."""

from __future__ import annotations

import pytest

from allclose.notebook.imports import heavy


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import math\nimport os", set()),
        ("import torch", {"torch"}),
        ("import torch\no = torch.optim.Adam([w], lr=0.1)", {"torch", "torch._dynamo"}),
        ("from torch import optim", {"torch", "torch._dynamo"}),
        ("from scipy import optimize, stats", {"scipy", "scipy.optimize", "scipy.stats"}),
        ("import scipy.linalg as la", {"scipy", "scipy.linalg"}),
        ("import numpy.f2py.__main__", {"numpy"}),
        ("from scipy import conftest", {"scipy"}),
        ("import torch_tools", set()),
        ("optimize = special = stats = 1", set()),
    ],
)
def test_heavy_libraries_are_found_and_nothing_else(text: str, found: set[str]) -> None:
    assert heavy(text) == found
