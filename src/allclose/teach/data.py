"""Data sets of the labs, made on the spot from a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def noisy_line(n: int, w: float, b: float, noise: float, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw points of a line with Gaussian noise on top: y = w·x + b + e.

    The noise is added to y alone, so its standard deviation is `noise` whatever the slope.

    Parameters
    ----------
    n : int
        How many points.
    w, b : float
        Slope and intercept of the line without noise.
    noise : float
        Standard deviation of e, in units of y.
    seed : int
        The same seed gives the same points.

    Returns
    -------
    x : ndarray, shape (n,)
        Uniform on [0, 10), in no order.
    y : ndarray, shape (n,)
        The noisy values, float64 as `x`.

    Raises
    ------
    ValueError
        If `n` or `noise` is negative.
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.0, 10.0, n)
    return x, w * x + b + rng.normal(0.0, noise, n)


def proportional(n: int, a: float, noise: float, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw points of a line through the origin: y = a·x + e.

    Parameters
    ----------
    n : int
        How many points.
    a : float
        The slope.
    noise : float
        Standard deviation of e, in units of y. Without noise the points are evenly spaced and `seed` plays no part.
    seed : int
        The same seed gives the same points.

    Returns
    -------
    x : ndarray, shape (n,)
        Uniform on [0, 1) with noise; from 0 to 1, both included, without.
    y : ndarray, shape (n,)

    Raises
    ------
    ValueError
        If `n` or `noise` is negative.
    """
    if noise == 0:
        x = np.linspace(0.0, 1.0, n)
        return x, a * x
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.0, 1.0, n)
    return x, a * x + rng.normal(0.0, noise, n)


def spirals(n: int, arms: int, noise: float, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw points of spiral arms that wind into each other, each arm a class.

    Parameters
    ----------
    n : int
        How many points, as evenly divided among the arms as can be.
    arms : int
        How many arms, at least 1.
    noise : float
        Standard deviation of the angle, in radians.
    seed : int
        The same seed gives the same points.

    Returns
    -------
    x : ndarray, shape (n, 2)
        Points at distances from 0.2 to 2 of the origin.
    labels : ndarray of int, shape (n,)
        The arm of each point, from 0.

    Raises
    ------
    ValueError
        If `n` or `noise` is negative.
    """
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % arms
    radius = rng.uniform(0.2, 2.0, n)
    angle = 2 * np.pi * (labels / arms + 0.45 * radius) + rng.normal(0.0, noise, n)
    return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1), labels
