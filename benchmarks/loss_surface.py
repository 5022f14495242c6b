"""`python -m benchmarks.loss_surface`: lab 1's surface of 200 × 200 losses, in one broadcast and in two loops."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from allclose.teach.data import noisy_line
from solutions import lab1_one_neuron as reference

ROUNDS = 5


def main() -> None:
    """Measure both in turns and print the ratio."""
    x, y = noisy_line(n=100, w=10.0, b=2.0, noise=1.0, seed=1)
    ws, bs = np.linspace(0.0, 20.0, 200), np.linspace(-18.0, 22.0, 200)

    def in_loops() -> np.ndarray:
        return np.array([[reference.mse(reference.forward(x, w, b), y) for b in bs] for w in ws])

    def at_once() -> np.ndarray:
        surface: np.ndarray = reference.loss_surface(x, y, ws, bs)
        return surface

    np.testing.assert_allclose(at_once(), in_loops())
    loops, broadcasts = [], []
    for _ in range(ROUNDS):
        loops.append(_seconds(in_loops))
        broadcasts.append(_seconds(at_once))
    ratios = [loop / broadcast for loop, broadcast in zip(loops, broadcasts, strict=True)]
    print(f"two loops {statistics.median(loops):.3f} s, one broadcast {1000 * statistics.median(broadcasts):.1f} ms:")
    print(f"{statistics.median(ratios):.0f} times as fast ({min(ratios):.0f} to {max(ratios):.0f} in {ROUNDS} rounds)")


def _seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
