"""The small course that the attack bank is graded on: a question of each shape, and secrets to go for."""

from __future__ import annotations

from pathlib import Path

from tests.suited_course import Asked, write_course

LAB = "bank"
LIMITS = """
cell_seconds = 2
test_seconds = 2
submission_seconds = 20
memory_bytes = 300_000_000
disk_bytes = 8_000_000
processes = 24
output_bytes = 200_000
frame_bytes = 4_000_000
callbacks = 300
"""

#: What no student may be shown, by what it is. Hidden inputs do reach the student's process: they have to.
SECRETS = {
    "a hidden number": "40961.375",
    "a hidden text": "hidden-words-91",
    "an expected value": "40955.625",
    "the suite": "SUITE-SECRET",
    "the reference": "REFERENCE-SECRET",
    "a misconception": "MISCONCEPTION-SECRET",
    "an accepted answer": "ACCEPTED-SECRET",
    "the environment": "ENVIRONMENT-SECRET",
    "another submission": "NEIGHBOUR-SECRET",
    "a file of the machine": "OUTSIDE-SECRET",
    "the seed": "5eed" * 16,
}
ENVIRONMENT = {"BANK_TOKEN": SECRETS["the environment"]}
#: What an attack prints once it has got what it wanted.
GOT_THROUGH = "GOT-" + "THROUGH"

QUESTIONS = [
    Asked(
        "total",
        "def total(xs):\n    result = 0.0\n    for x in xs:\n        result += x\n    return result",
        4,
        public="assert total([1.0, 2.0]) == 3.0",
    ),
    Asked(
        "scale",
        "import numpy as np\n\n\ndef scale(x, factor):\n    return x * factor",
        3,
        public="assert scale(np.ones(3), 2.0).tolist() == [2, 2, 2]",
    ),
    Asked(
        "describe",
        "def describe(text, xs):\n    return {'text': text.upper(), 'ends': (min(xs), max(xs))}",
        2,
        public="assert describe('a', [1.0])['text'] == 'A'",
    ),
    Asked(
        "counter",
        """
        class Counter:
            def __init__(self, start=0):
                self.value = start

            def step(self, by=1):
                self.value += by
                return self.value
        """,
        2,
        public="assert Counter().step() == 1",
    ),
    Asked(
        "lowest",
        "def lowest(f, xs):\n    return min(f(x) for x in xs)",
        3,
        public="assert lowest(abs, [-1.0, 2.0]) == 1.0",
    ),
    Asked(
        "draw",
        "def draw(rng, n):\n    return rng.normal(size=n)",
        2,
        public="assert draw(np.random.default_rng(1), 3).shape == (3,)",
    ),
    Asked(
        "note",
        'with open("note.txt", "w") as file:\n    file.write("ten is 10\\n")',
        1,
        public='assert open("note.txt").read()',
    ),
    Asked(
        "plot",
        """
        from matplotlib.figure import Figure


        def plot(xs):
            figure = Figure()
            axes = figure.subplots()
            axes.plot(xs)
            axes.set_xlabel("step")
            return figure
        """,
        2,
        public="assert plot([1.0, 2.0]) is not None",
    ),
    Asked("twice", "def twice(xs):\n    return 2 * total(xs)", 1, public="assert twice([1.0]) == 2.0"),
]

REFERENCE = '''
"""REFERENCE-SECRET: what is right."""


def total(xs):
    return float(sum(xs))


def scale(x, factor):
    return factor * x


def describe(text, xs):
    return {"text": text.upper(), "ends": (min(xs), max(xs))}
'''

SUITE = '''
"""SUITE-SECRET: what is hidden."""

import numpy as np

from allclose import agree, grade
from solutions import bank as reference


@grade("total", points=2)
def test_total_of_hidden_numbers(submission):
    """Adds up a few numbers.

    SUITE-SECRET: only the first line is for students.
    """
    agree(submission.total([40961.375, 1.5, -7.25]), 40955.625)


@grade("total", points=2)
def test_total_of_many(submission, rng):
    inputs = [(rng.normal(size=4).tolist(),) for _ in range(5)]
    expected = [reference.total(*args) for args in inputs]
    agree(submission.map(submission.total, inputs), expected)
    assert submission.total([]) == 0


@grade("scale", points=2)
def test_scale_multiplies(submission, rng):
    x = rng.normal(size=(3, 4))
    expected = reference.scale(x, 40961.375)
    agree(submission.scale(x, 40961.375), expected)


@grade("scale", points=1)
def test_scale_leaves_its_argument_alone(submission, rng):
    x = rng.normal(size=5)
    before = x.copy()
    agree(submission.scale(x, 3.0), 3.0 * before)
    agree(x, before)


@grade("describe", points=2)
def test_describe_gives_text_and_ends(submission):
    expected = {"text": "HIDDEN-WORDS-91", "ends": (-2.0, 40961.375)}
    agree(submission.describe("hidden-words-91", [3.5, -2.0, 40961.375]), expected)


@grade("counter", points=2)
def test_counter_keeps_its_state(submission):
    first, second = submission.Counter(start=40), submission.Counter()
    assert first.step() == 41
    assert first.step(by=3) == 44
    assert second.step() == 1
    first.value = 7
    assert first.step() == 8


@grade("lowest", points=2)
def test_lowest_of_hidden_function(submission, rng):
    shift = float(rng.normal())
    xs = rng.normal(size=6).tolist()
    expected = min((x - shift) ** 2 for x in xs)
    agree(submission.lowest(lambda x: (x - shift) ** 2, xs), expected)


@grade("lowest", points=1)
def test_lowest_asks_for_nothing_else(submission):
    seen = []

    def ours(x):
        seen.append(x)
        return float(np.sum(np.ones(3) * x))

    agree(submission.lowest(ours, [2.0, 1.0]), 3.0)
    agree(sorted(seen), [1.0, 2.0])


@grade("draw", points=2)
def test_draw_moves_the_generator_on(submission, rng):
    ours, theirs = np.random.default_rng(5), np.random.default_rng(5)
    agree(submission.draw(theirs, 4), ours.normal(size=4))
    assert theirs.integers(0, 10, size=20).tolist() == ours.integers(0, 10, size=20).tolist()


@grade("note", points=1)
def test_note_says_ten(submission):
    assert submission.file("note.txt") == b"ten is 10\\n"


@grade("plot", points=2)
def test_plot_shows_its_numbers(submission):
    figure = submission.plot([4.0, 40961.375])
    agree(figure.axes[0].lines[0].y, np.array([4.0, 40961.375]))
    assert figure.axes[0].xlabel == "step"


@grade("twice", points=1)
def test_twice_rests_on_our_total(submission):
    agree(submission.with_reference("total").twice([40961.375, 1.0]), 81924.75)
'''

ANSWERS = {
    "misconceptions/total--forgets-the-last": '''
    """The last number is left out.

    MISCONCEPTION-SECRET"""

    def total(xs):
        return float(sum(xs[:-1]))  # MISCONCEPTION-SECRET
    ''',
    "accepted/total--by-sum": '''
    """With sum."""

    def total(xs):
        return float(sum(xs))  # ACCEPTED-SECRET
    ''',
}

#: Cells of the honest neighbours', who leave their words wherever a student can leave any.
NEIGHBOURS_CELL = """
# NEIGHBOUR-SECRET
import os
for folder in (".", "/tmp", "/dev/shm", "/var/tmp", os.environ["HOME"]):
    try:
        with open(os.path.join(folder, "neighbour.txt"), "w") as file:
            file.write("NEIGHBOUR-SECRET")
    except OSError:
        pass
os.environ["NEIGHBOUR"] = "NEIGHBOUR-SECRET"
"""


def write(folder: Path) -> Path:
    """Write the course and, beside it, a file that a student may not read either; returns the root."""
    root = write_course(folder / "course", LAB, QUESTIONS, SUITE, reference=REFERENCE, answers=ANSWERS, limits=LIMITS)
    (folder / "outside.txt").write_text(SECRETS["a file of the machine"])
    (root / ".allclose").mkdir()
    (root / ".allclose" / "secret").write_text(SECRETS["the seed"] + "\n")
    (root / ".allclose" / "secret").chmod(0o644)  # only the box keeps anyone out
    return root
