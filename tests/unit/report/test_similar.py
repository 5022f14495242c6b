"""Near-identical answers are found through another's names and comments; what a class has in common is no reason."""

from __future__ import annotations

from allclose.report.similar import Answer, Place, Similar, near_identical

CELL, OTHER = ("lab", "descent"), ("lab", "loss")
GIVEN = "def descent(f, start, rate):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
COMMON = (
    "def descent(f, start, rate):\n    for _ in range(10):\n        start = start - rate * f(start)\n    return start\n"
)
OWN = """
def descent(f, start, rate):
    history = [start]
    while len(history) < 50 and abs(f(history[-1])) > 1e-6:
        slope = f(history[-1]) / (1 + 0 * len(history))
        history.append(history[-1] - rate * min(3.0, max(-3.0, slope)))
        if len(history) % 7 == 0 and isinstance(rate, float):
            rate = rate * 0.5 + 0.25 * rate + 0.25 * rate
    return sorted(history, key=lambda point: abs(f(point)))[0]
"""
RENAMED = (
    OWN.replace("history", "points_so_far")
    .replace("slope", "g")
    .replace("point:", "p:")
    .replace("f(point)", "f(p)")
    .replace("    while", "    # until it is flat\n    while")
)
ALONE = """
def descent(f, start, rate):
    def advance(where, left):
        if left == 0:
            return where
        change = f(where)
        step = {True: 1.0, False: change}[abs(change) > 100.0]
        return advance(where - step * rate ** 1, left - 1)
    return float(advance(float(start), int(1e2)) + 0.0)
"""
LOSS = """
def loss(w, x, y):
    left = [abs(w * a - b) ** 2 for a, b in zip(x, y)]
    return sum(left) / max(1, len(left))
"""


def answers(descent: str, loss: str = "") -> dict[Place, Answer]:
    return {CELL: Answer(descent), OTHER: Answer(loss)}


def of_class(**texts: str) -> Similar:
    common = {f"c{number}": answers(COMMON) for number in range(10)}
    return near_identical(common | {name: answers(text) for name, text in texts.items()}, [Answer(GIVEN)])


def test_an_answer_with_other_names_and_comments_is_near_the_one_it_was_made_from() -> None:
    found = of_class(s1=OWN, s2=RENAMED, s3=ALONE)
    assert [pair.students for pair in found.pairs] == [("s1", "s2")]
    assert found.pairs[0].share == 1.0
    assert found.pairs[0].cells == ("descent",)
    assert (found.compared, found.groups) == (13, (("s1", "s2"),))


def test_both_excerpts_are_shown_with_the_lines_of_both_marked() -> None:
    ours, theirs = of_class(s1=OWN, s2=RENAMED + "\nprint('mine')\n").pairs[0].excerpts
    assert any("slope = f(history[-1])" in line.text and line.same for line in ours)
    assert any("g = f(points_so_far[-1])" in line.text and line.same for line in theirs)
    assert not any(line.same for line in theirs if "until it is flat" in line.text or "mine" in line.text)


def test_what_many_of_a_class_wrote_makes_no_pair() -> None:
    assert of_class().pairs == ()
    assert of_class(**{f"s{number}": OWN for number in range(5)}).pairs == ()


def test_who_copied_from_one_another_is_one_group() -> None:
    found = of_class(s1=OWN, s2=RENAMED, s3=OWN, s4=ALONE, s5=ALONE)
    assert found.groups == (("s1", "s2", "s3"), ("s4", "s5"))
    assert len(found.pairs) == 4


def test_what_was_given_and_what_the_solution_has_makes_no_pair() -> None:
    two = {"s1": answers(OWN), "s2": answers(RENAMED)}
    assert near_identical(two, []).pairs
    assert near_identical(two, [Answer(OWN)]).pairs == ()


def test_one_known_answer_that_two_came_to_makes_no_pair_and_two_of_them_do() -> None:
    known = [Answer(OWN), Answer(LOSS)]
    once = {"s1": answers(OWN), "s2": answers(RENAMED), "s3": answers(ALONE, LOSS)}
    assert near_identical(once, [], known).pairs == ()
    twice = {"s1": answers(OWN, LOSS), "s2": answers(RENAMED, LOSS), "s3": answers(ALONE)}
    assert [pair.students for pair in near_identical(twice, [], known).pairs] == [("s1", "s2")]


def test_short_answers_that_leave_no_choice_make_no_pair() -> None:
    short = "def double(x):\n    return 2 * x\n"
    assert near_identical({"s1": answers(short), "s2": answers(short)}, []).pairs == ()


def test_blank_submissions_make_no_pair() -> None:
    assert near_identical({"s1": answers(""), "s2": answers("")}, []) == Similar(0)


def test_a_half_that_was_taken_over_is_near_the_whole() -> None:
    longer = OWN + ALONE.replace("descent", "other")
    found = of_class(s1=OWN, s2=longer)
    assert [pair.students for pair in found.pairs] == [("s1", "s2")]
    assert found.pairs[0].share > 0.9


def test_answers_in_words_are_compared_by_their_words() -> None:
    words = " ".join(f"reason{number} because of{number}" for number in range(40))
    texts = {name: {CELL: Answer(text, is_code=False)} for name, text in {"s1": words, "s2": words.upper()}.items()}
    assert near_identical(texts, []).pairs[0].share == 1.0


def test_a_class_keeps_the_nearest_pairs_and_says_how_many_it_leaves_out() -> None:
    four = {f"s{number}": answers(OWN) for number in range(4)}
    found = near_identical(four, [], most=2)
    assert (len(found.pairs), found.left_out) == (2, 4)


def test_text_made_to_be_slow_is_read_once() -> None:
    hostile = ['"""\\' * 12_000, "'" * 50_000, 'f"' * 25_000, "#" * 50_000, "\\" * 50_000, "a." * 25_000, "((" * 25_000]
    # Whoever reads twice what is not closed needs minutes here.
    found = near_identical({f"s{number}": answers(text, text) for number, text in enumerate(hostile)}, [])
    assert found.compared == len(hostile)


def test_a_class_of_three_hundred_is_compared_as_a_class_of_three() -> None:
    own = {f"a{number}": answers(ALONE.replace("1e2", f"1e2 + {number} * {number + 1}")) for number in range(300)}
    found = near_identical(own | {"s1": answers(OWN), "s2": answers(RENAMED)}, [])
    assert [pair.students for pair in found.pairs] == [("s1", "s2")]
