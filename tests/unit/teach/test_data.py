"""The labs' data sets are what they say."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from allclose.teach.data import noisy_line


def test_the_same_seed_gives_the_same_points_and_another_seed_others() -> None:
    first, again, other = (noisy_line(50, 10.0, 2.0, 0.3, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.isin(first[0], other[0]).any()


def test_x_is_uniform_between_0_and_10() -> None:
    x, y = noisy_line(20_000, 1.0, 0.0, 0.3, seed=3)
    assert x.shape == y.shape == (20_000,)
    assert x.dtype == y.dtype == np.float64
    assert x.min() >= 0 and x.max() < 10
    counts, _ = np.histogram(x, bins=10, range=(0, 10))
    np.testing.assert_allclose(counts, 2000, rtol=0.1)


@pytest.mark.parametrize("w", [-20.0, 0.5, 30.0])
def test_the_noise_does_not_grow_with_the_slope(w: float) -> None:
    x, y = noisy_line(20_000, w, 2.0, 0.3, seed=4)
    residual = y - (w * x + 2.0)
    assert abs(residual.mean()) < 0.01
    assert residual.std() == pytest.approx(0.3, rel=0.03)


def test_without_noise_the_points_lie_on_the_line() -> None:
    x, y = noisy_line(10, -3.0, 7.0, 0.0, seed=5)
    np.testing.assert_array_equal(y, -3.0 * x + 7.0)


@pytest.mark.parametrize(("n", "noise"), [(-1, 0.3), (10, -0.3)])
def test_negative_sizes_and_noise_are_refused(n: int, noise: float) -> None:
    with pytest.raises(ValueError):
        noisy_line(n, 1.0, 0.0, noise, seed=6)


def test_data_needs_no_torch_and_no_matplotlib() -> None:
    code = "import sys, allclose.teach.data; assert not {'torch', 'matplotlib'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
