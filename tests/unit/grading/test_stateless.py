"""Whose code may carry something from one test to the next, and whose cannot."""

from __future__ import annotations

from textwrap import dedent

import pytest

from allclose.grading.stateless import read_code

SETUP = "import numpy as np\nimport matplotlib.pyplot as plt\nfrom functools import wraps\nRATE = 0.5"


def kept_nothing(*cells: str) -> bool:
    code = read_code([SETUP, *map(dedent, cells)])
    return code is not None and code.keeps_nothing(frozenset({"f"}))


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    return RATE * np.asarray(x)",
        "def g(x):\n    return x + 1\ndef f(x):\n    return [g(y) for y in x]",
        "def f(x, rng):\n    rng.shuffle(x)\n    x[0] = 1\n    return rng.normal(size=3)",
        "def f(x):\n    rng = np.random.default_rng(0)\n    return rng.normal(size=3)",
        "class f:\n    def __init__(self):\n        self.seen = []\n    def step(self):\n        self.seen = 1",
        "def f(x):\n    figure, axes = plt.subplots()\n    axes.set_title('a')\n    return figure",
        "%matplotlib inline\nseen = []\nfor i in range(3):\n    seen.append(i)\ndef f(x):\n    return x",
        "losses = [1.0]\ndef show():\n    losses.append(2)\ndef f(x):\n    return x",
    ],
)
def test_plain_answers_keep_nothing(code: str) -> None:
    assert kept_nothing(code)


@pytest.mark.parametrize(
    "code",
    [
        "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)",
        "seen = {}\ndef g(x):\n    seen[x] = 1\ndef f(x):\n    g(x)",
        "count = 0\ndef f(x):\n    global count\n    count += 1\n    return count",
        "def f(x):\n    f.count = getattr(f, 'count', 0) + 1\n    return f.count",
        "def f(x, seen=[]):\n    seen.append(x)\n    return seen",
        "def f(x):\n    return np.random.rand()",
        "def f(x):\n    np.random.seed(0)\n    return x",
        "from numpy.random import rand\ndef f(x):\n    return rand()",
        "import random\ndef f(x):\n    return random.random()",
        "import torch\ndef f(x):\n    return torch.randn(3)",
        "def f(x):\n    np.seterr(all='ignore')\n    return x",
        "def f(x):\n    with open('seen', 'a') as file:\n        file.write('x')",
        "def f(x):\n    np.save('seen.npy', x)",
        "from functools import lru_cache\n@lru_cache\ndef f(x):\n    return [x]",
        "class f:\n    seen = []\n    def step(self, x):\n        return self.seen",
        "class f:\n    def step(self, x):\n        type(self).last = x",
        "class f:\n    def step(self, x):\n        self.__class__.last = x",
        "def make():\n    seen = []\n    def g(x):\n        seen.append(x)\n    return g\nf = make()",
        "f = Counter()",
        "def f(x):\n    plt.plot(x)",
        "def f(x):\n    return get_ipython()",
        "x = np.zeros(3)\ndef f(y):\n    return helper(x)\ndef helper(z):\n    z += 1\n    return z",
        "import helper\ndef f(x):\n    return helper.g(x)",
        "def f(x) return x",
    ],
)
def test_what_may_remember_is_not_trusted(code: str) -> None:
    assert not kept_nothing(code)


@pytest.mark.parametrize(
    "below", ["values = [f(x) for x in range(3)]\nprint(values)", "figure, axes = plt.subplots()\naxes.plot([1, 2])"]
)
def test_cells_that_only_use_what_stands_above_go_forwards(below: str) -> None:
    code = read_code([SETUP, "def f(x):\n    return x", below])
    assert code is not None
    assert code.goes_forwards()


@pytest.mark.parametrize(
    "below",
    [
        "f.rate = 2",
        "g = f\ng.rate = 2",
        "np.seterr(all='raise')",
        "np.random.seed(0)",
        "plt.rcParams['figure.dpi'] = 50",
        "def later():\n    f.rate = 2\nlater()",
        "setattr(f, 'rate', 2)",
    ],
)
def test_cells_that_change_what_stands_above_do_not(below: str) -> None:
    code = read_code([SETUP, "def f(x):\n    return x", below])
    assert code is not None
    assert not code.goes_forwards()
