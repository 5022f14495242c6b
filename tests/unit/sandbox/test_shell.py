from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.shells import shells

KIB = 2**10


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def warm_shells(home: Path) -> Iterator[Any]:
    with shells(HOME=str(home), IPYTHONDIR=str(home / "ipython")) as run:
        yield run


@pytest.fixture
def run(warm_shells: Any, tmp_path: Path) -> Any:
    """Run cells in a shell of their own; the outcomes."""

    def run(*cells: Any, **options: Any) -> list[dict[str, Any]]:
        return list(warm_shells(*cells, cwd=tmp_path, **options))

    return run


def texts(outcome: dict[str, Any], name: str = "stdout") -> str:
    return "".join(x["text"] for x in outcome["outputs"] if x["output_type"] == "stream" and x["name"] == name)


def values(outcome: dict[str, Any]) -> list[str]:
    return [x["data"].get("text/plain") for x in outcome["outputs"] if "data" in x]


def errors(outcome: dict[str, Any]) -> list[str]:
    return [x["ename"] for x in outcome["outputs"] if x["output_type"] == "error"]


# making and warming


IMPORTS = (
    "(lambda os, sys, signal, glob, re, linecache: {})(*map(__import__, 'os sys signal glob re linecache'.split()))"
)


@pytest.fixture(scope="module")
def state(warm_shells: Any, home: Path) -> dict[str, Any]:
    """What a warmed shell left, seen from a child that has run no cell."""

    def look(expression: str) -> Any:
        return ["look", IMPORTS.format(expression)]

    questions = {
        "threads": "len(os.listdir('/proc/self/task'))",
        "names": "sorted(shell.namespace)",
        "figures": "sys.modules['matplotlib.pyplot'].get_fignums()",
        "streams": "[sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__]",
        "handler": "signal.getsignal(signal.SIGINT).__name__",
        "files": "[os.readlink(x) for x in glob.glob('/proc/self/fd/*') if os.path.exists(x)]",
        "cells": "[name for name in linecache.cache if 'ipykernel' in name]",
    }
    answers = warm_shells(*map(look, questions.values()), cwd=home)
    return {name: answer["value"] for name, answer in zip(questions, answers, strict=True)}


def test_a_warm_shell_has_one_thread(state: dict[str, Any]) -> None:
    assert state["threads"] == 1


def test_a_warm_shell_has_written_no_file(state: dict[str, Any], home: Path) -> None:
    assert state["names"]
    assert not (home / "ipython").exists()
    assert not (home / ".ipython").exists()


def test_warming_leaves_the_namespace_as_new(state: dict[str, Any], run: Any) -> None:
    (names,) = run(["look", "sorted(shell.namespace)"], warmed=False)
    assert state["names"] == names["value"]


def test_warming_leaves_no_figure_open(state: dict[str, Any]) -> None:
    assert state["figures"] == []


def test_warming_leaves_streams_and_interrupt_handler_of_the_process(state: dict[str, Any]) -> None:
    assert state["streams"] == [True, True]
    assert state["handler"] == "default_int_handler"


def test_warming_leaves_no_event_loop_and_no_capture_file_open(state: dict[str, Any]) -> None:
    assert not [file for file in state["files"] if "socket" in file or "eventpoll" in file or "memfd" in file]


def test_warming_leaves_no_source_behind(state: dict[str, Any]) -> None:
    assert state["cells"] == []


def test_the_first_cell_after_warming_is_number_one(run: Any) -> None:
    (first,) = run("len(In), len(Out), _, __, ___")
    assert first["execution_count"] == 1
    assert values(first) == ["(2, 0, '', '', '')"]


def test_a_shell_that_was_not_warmed_records_the_same(run: Any) -> None:
    cells = ["print('a')\n1", "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1))\nplt.plot([1, 2]);", "1 / 0"]
    assert run(*cells, warmed=False) == run(*cells)


# running


@pytest.mark.parametrize("blank", ["", "  \n\t\n"])
def test_a_blank_cell_is_not_run(run: Any, blank: str) -> None:
    outcome, after = run(blank, "1")
    assert outcome == {"outputs": [], "execution_count": None, "failed": False, "interrupted": False}
    assert after["execution_count"] == 1


def test_a_failing_cell_says_so_and_the_next_one_runs(run: Any) -> None:
    failed, after = run("x = 1\n1 / 0", "x")
    assert failed["failed"]
    assert errors(failed) == ["ZeroDivisionError"]
    assert not after["failed"]
    assert values(after) == ["1"]


def test_a_comment_is_a_cell_without_outputs(run: Any) -> None:
    (outcome,) = run("# nothing")
    assert outcome == {"outputs": [], "execution_count": 1, "failed": False, "interrupted": False}


def test_functions_have_the_shell_s_namespace_as_their_globals(run: Any) -> None:
    *_, same = run("def f(): pass", ["look", "shell.namespace['f'].__globals__ is shell.namespace"])
    assert same["value"]


def test_the_namespace_stays_the_same_dict_whatever_a_cell_puts_in_its_place(run: Any) -> None:
    cell = "ip = get_ipython()\nip.user_ns = {}\nip.user_ns['lost'] = 1"
    *_, after, main = run(cell, "x = 2", "globals()['x']", ["look", "shell.namespace['x']"])
    assert main["value"] == 2
    assert values(after) == ["2"]


def test_leaving_does_not_stop_the_cells_that_follow(run: Any) -> None:
    left, raised, after = run("exit()\nprint('on')", "import sys\nsys.exit(3)", "'here'")
    assert (texts(left), left["failed"]) == ("on\n", False)
    assert (errors(raised), raised["failed"]) == (["SystemExit"], True)
    assert values(after) == ["'here'"]


def test_a_process_forked_by_a_cell_does_not_run_the_cells_after_it(run: Any) -> None:
    _, seen, after = run(
        "import os, time\npid = os.fork()",
        "print('parent' if pid else 'child')",
        "os.waitpid(pid, 0)[1]",
    )
    assert texts(seen) == "parent\n"
    assert values(after) == ["0"]


def test_what_a_forked_process_prints_is_recorded(run: Any) -> None:
    (outcome,) = run("import os\nif os.fork() == 0:\n    print('from the child')\n    os._exit(0)\nos.wait();")
    assert texts(outcome) == "from the child\n"


# streams and descriptors


def test_python_and_descriptor_output_stand_in_the_order_of_writing(run: Any) -> None:
    (outcome,) = run("import os\nprint('a')\nos.write(1, b'b\\n')\nprint('c')\nos.system('echo d')\nprint('e');")
    assert texts(outcome) == "a\nb\nc\nd\ne\n"


def test_bytes_that_are_no_text_are_replaced(run: Any) -> None:
    (outcome,) = run("import os\nos.write(1, 'é'.encode()[:1])\nos.write(1, 'é'.encode()[1:] + b'\\xff');")
    assert texts(outcome) == "é\ufffd"


def test_lone_surrogates_are_replaced(run: Any) -> None:
    (outcome,) = run("print('a\\ud800b')\n{'\\udfff': 1}")
    assert texts(outcome) == "a\ufffdb\n"
    outcome["outputs"][1]["data"]["text/plain"].encode()


def test_the_descriptors_start_empty_in_each_cell(run: Any) -> None:
    first, second = run("import os\nos.write(2, b'one');", "os.write(2, b'two');")
    assert (texts(first, "stderr"), texts(second, "stderr")) == ("one", "two")


def test_a_cell_may_close_every_descriptor(run: Any) -> None:
    _, after = run("import os\nos.closerange(0, 200)\nprint('x')", "print('y')")
    assert texts(after) == "y\n"


# caps


def test_printing_without_end_keeps_the_beginning_and_says_that_it_was_cut(run: Any) -> None:
    (outcome,) = run("for i in range(50_000): print('line', i)", output_bytes=20 * KIB)
    text = texts(outcome)
    assert text.startswith("line 0\nline 1\n")
    assert text.endswith("[output truncated: a cell may show 20480 bytes]\n")
    assert len(text) < 21 * KIB
    assert not outcome["failed"]


def test_one_huge_write_is_cut(run: Any) -> None:
    (outcome,) = run("print('é' * 10_000_000)", output_bytes=20 * KIB)
    assert 19 * KIB < len(texts(outcome).encode()) < 21 * KIB


@pytest.mark.parametrize("flood", ["while True: os.write(1, b'x' * 65536)", "os.system('yes')"])
def test_a_flood_of_a_descriptor_ends_at_the_cap(run: Any, flood: str) -> None:
    outcome, after = run(f"import os\n{flood}", "print('after')", output_bytes=20 * KIB)
    assert 19 * KIB < len(texts(outcome)) < 21 * KIB
    assert texts(after) == "after\n"


def test_displays_without_end_are_cut(run: Any) -> None:
    cell = "for _ in range(5_000): display({}, raw=True)"
    (outcome,) = run(cell, output_bytes=20 * KIB)
    assert len(outcome["outputs"]) < 200
    assert "truncated" in texts(outcome)


def test_an_output_too_large_for_the_cap_is_left_out_with_a_note(run: Any) -> None:
    (outcome,) = run("print('before')\n'x' * 1_000_000", output_bytes=20 * KIB)
    assert texts(outcome).startswith("before\n")
    assert "truncated" in texts(outcome)
    assert len(json.dumps(outcome)) < 2 * KIB


def test_an_error_is_recorded_after_the_cap(run: Any) -> None:
    (outcome,) = run("print('x' * 100_000)\nraise ValueError('y' * 1_000_000)", output_bytes=20 * KIB)
    assert errors(outcome) == ["ValueError"]
    assert len(json.dumps(outcome)) < 30 * KIB


def test_errors_shown_without_end_are_cut(run: Any) -> None:
    cell = "for _ in range(300):\n    try: 1 / 0\n    except Exception: get_ipython().showtraceback()"
    (outcome,) = run(cell, output_bytes=20 * KIB)
    assert len(json.dumps(outcome)) < 60 * KIB


def test_cleared_outputs_do_not_count(run: Any) -> None:
    cell = "from IPython.display import clear_output\nfor _ in range(20):\n    clear_output()\n    print('x' * 5000)"
    (outcome,) = run(cell, output_bytes=20 * KIB)
    assert texts(outcome) == "x" * 5000 + "\n"


def test_streams_that_take_turns_are_capped_too(run: Any) -> None:
    cell = (
        "import sys\nfor _ in range(20_000):\n    print('a', flush=True)\n    print('b', file=sys.stderr, flush=True)"
    )
    (outcome,) = run(cell, output_bytes=20 * KIB)
    assert len(json.dumps(outcome)) < 60 * KIB


# displays


def test_an_update_reaches_the_outputs_of_its_own_cell_only(run: Any) -> None:
    first, second = run(
        "h = display('one', display_id='id')\nh.update('two')", "h.update('three')\ndisplay('four', display_id='id');"
    )
    assert values(first) == ["'two'"]
    assert values(second) == ["'four'"]


HOSTILE = {
    "keys that are no text": "{1: 'a', None: 'b', 'text/plain': 'kept'}",
    "text of a subclass": "{Text('text/plain'): Text('kept')}",
    "values that are no text": "{'text/html': 3, 'image/png': object(), 'text/plain': 'kept'}",
    "a bundle of a subclass": "Bundle({'text/plain': 'kept'})",
    "a number of any size": "{'application/json': 10 ** 10_000, 'text/plain': 'kept'}",
    "a list without end": "{'application/json': itertools.repeat(1), 'text/plain': 'kept'}",
    "a list in itself": "{'application/json': loop, 'text/plain': 'kept'}",
    "depth": "{'application/json': deep, 'text/plain': 'kept'}",
    "an iterator that raises": "{'application/json': Raises(), 'text/plain': 'kept'}",
    "a long name": "{'x' * 10_000: 'a', 'text/plain': 'kept'}",
}
HOSTILE_CLASSES = """
import itertools
class Text(str):
    def __len__(self): raise RuntimeError
    def __str__(self): return self
    def isascii(self): raise RuntimeError
    def encode(self, *args): raise RuntimeError
class Bundle(dict): pass
class Raises:
    def __iter__(self): raise SystemError
loop = []
loop.append(loop)
deep = []
for _ in range(1000): deep = [deep]
"""


@pytest.mark.parametrize("bundle", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_bundle_is_cleaned(run: Any, bundle: str) -> None:
    _, outcome = run(HOSTILE_CLASSES, f"display({bundle}, raw=True)")
    (output,) = [output for output in outcome["outputs"] if output["output_type"] == "display_data"]
    assert output["data"] == {"text/plain": "kept"}


def test_json_of_a_bundle_keeps_its_shape(run: Any) -> None:
    cell = (
        "import numpy as np, datetime\n"
        "j = {'a': (1, 2.5), 'n': np.float64(3), 'i': np.int8(4), 't': True, 'z': None, 'inf': float('inf')}\n"
        "display({'application/json': j, 'image/png': b'hi'}, raw=True, metadata={'m': {'k': (1,)}})"
    )
    (outcome,) = run(cell)
    expected = {"a": [1, 2.5], "n": 3.0, "i": 4, "t": True, "z": None, "inf": "inf"}
    assert outcome["outputs"][0]["data"] == {"application/json": expected, "image/png": "aGk="}
    assert outcome["outputs"][0]["metadata"] == {"m": {"k": [1]}}


@pytest.mark.parametrize("backend", ["widget", "notebook", "ipympl", "qt", "inline"])
def test_every_matplotlib_magic_gives_inline_pictures_and_says_nothing(run: Any, backend: str) -> None:
    magic, figure = run(
        f"%matplotlib {backend}", "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1))\nplt.plot([1, 2]);"
    )
    assert magic["outputs"] == []
    assert set(figure["outputs"][0]["data"]) == {"text/plain", "image/png"}


def test_the_ipympl_extension_loads(run: Any) -> None:
    loaded, figure = run(
        "%load_ext ipympl\n%matplotlib ipympl",
        "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1))\nplt.plot([1, 2]);",
    )
    assert not loaded["failed"]
    assert "image/png" in figure["outputs"][0]["data"]


def test_a_figure_is_laid_out_once_and_drawn_once(run: Any) -> None:
    _, _, count = run(
        "import matplotlib.pyplot as plt\ndrawn = []",
        "fig, ax = plt.subplots(figsize=(1, 1))\nfig.canvas.mpl_connect('draw_event', drawn.append)\nax.plot([1, 2]);",
        "len(drawn)",
    )
    assert values(count) == ["2"]


def test_figures_are_closed_after_their_cell(run: Any) -> None:
    _, left = run("import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1));", "plt.get_fignums()")
    assert values(left) == ["[]"]


# errors


ODD_ERRORS = {
    "a message that raises": "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
    "a name that is no text": "class M(type):\n    __name__ = property(lambda c: 3)\n"
    "class E(Exception, metaclass=M): pass\nraise E",
    "a traceback of other things": "class E(Exception):\n    def _render_traceback_(self): return [1, None, 'line']\n"
    "raise E",
    "an error of no class of Exception": "class E(BaseException): pass\nraise E('e')",
    "a group": "raise BaseExceptionGroup('E', [KeyboardInterrupt()])",
    "a message of a subclass": "class T(str):\n    def __str__(self): return self\n"
    "class E(Exception):\n    def __str__(self): return T('e')\nraise E",
    "a handler that fails": "get_ipython().showtraceback = None\n1 / 0",
    "no handler at all": "del type(get_ipython()).showtraceback\nget_ipython().InteractiveTB = None\n1 / 0",
}


@pytest.mark.parametrize("cell", ODD_ERRORS.values(), ids=ODD_ERRORS)
def test_an_odd_error_is_a_failure_with_an_error_output(run: Any, cell: str) -> None:
    outcome, after = run(cell, "x = 1")
    assert outcome["failed"]
    assert errors(outcome)
    assert not after["failed"]


def test_our_own_files_stand_in_no_traceback(run: Any) -> None:
    cells = [
        "input()",
        "import sys\nsys.stdout.write(1)",
        "get_ipython().display_pub.publish(1)",
        "!x &",
        "import os, signal\nclass T(str):\n    pass\nsignal.raise_signal(signal.SIGINT)",
    ]
    assert "sandbox" not in json.dumps(run(*cells))


# cells that break things


BREAKERS = {
    "stdout none": "import sys\nsys.stdout = None",
    "stdout gone": "import sys\ndel sys.stdout, sys.stderr",
    "stdout closed": "import sys\nsys.stdout.close()",
    "displayhook": "import sys\nsys.displayhook = None",
    "run_cell": "get_ipython().run_cell_async = None",
    "transform": "get_ipython().transform_cell = lambda cell: 3",
    "events": "get_ipython().events = None",
    "events that leave": "def leave(): raise SystemExit\nget_ipython().events.register('post_execute', leave)",
    "recorder": "get_ipython().recorder.__dict__.clear()",
    "count": "get_ipython().execution_count = 10 ** 100",
    "namespace": "globals().clear()",
    "loop stopped": "import asyncio\nasyncio.get_running_loop().stop()",
    "loop left": "import asyncio\nasyncio.get_running_loop().create_task(asyncio.sleep(1000))",
    "builtins": "import builtins\nbuiltins.len = builtins.print = builtins.str = None",
    "recursion": "import sys\nsys.setrecursionlimit(60)",
    "trace": "import sys\nsys.settrace(lambda *a: 1 / 0)",
    "formatter": "get_ipython().display_formatter.format = lambda obj: (3, 4)\n1",
    "compile": "get_ipython().compile = None",
    "history": "get_ipython().history_manager = None",
    "signal": "import signal\nsignal.signal = None",
    "exit": "import builtins\nbuiltins.__import__ = None",
    "modules": "import sys\nsys.modules.clear()",
    "threads": "import threading\nthreading.Lock = threading.RLock = None",
}


@pytest.mark.parametrize("cell", BREAKERS.values(), ids=BREAKERS)
def test_the_shell_outlives_what_a_cell_breaks(run: Any, cell: str) -> None:
    before, *outcomes, _, _ = run(
        ["snapshot", "q"], cell, "1 + 1", "print('still')", "1 / 0", ["restore", "q"], ["silence"]
    )
    assert before == {}
    assert [set(outcome) for outcome in outcomes] == [{"outputs", "execution_count", "failed", "interrupted"}] * 4


# interrupts

INTERRUPT = "import os, signal, threading, time\nthreading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()\n"


def test_an_interrupt_ends_a_loop_with_an_error(run: Any) -> None:
    outcome, after = run(INTERRUPT + "while True: pass", "'next'")
    assert (outcome["failed"], outcome["interrupted"], errors(outcome)) == (True, True, ["KeyboardInterrupt"])
    assert (after["failed"], after["interrupted"], values(after)) == (False, False, ["'next'"])


@pytest.mark.parametrize("busy", ["while True: print('x')", "time.sleep(60)", "!sleep 60"])
def test_an_interrupt_ends_what_waits_or_prints(run: Any, busy: str) -> None:
    (outcome,) = run(INTERRUPT + busy)
    assert outcome["interrupted"]


def test_an_interrupt_ends_an_await(run: Any) -> None:
    outcome, after = run(INTERRUPT + "import asyncio\nawait asyncio.sleep(60)", "await asyncio.sleep(0, 'next')")
    assert (outcome["failed"], outcome["interrupted"], errors(outcome)) == (True, True, ["CancelledError"])
    assert values(after) == ["'next'"]


def test_an_interrupt_ends_a_loop_in_a_cell_that_awaits(run: Any) -> None:
    outcome, after = run(INTERRUPT + "import asyncio\nawait asyncio.sleep(0)\nwhile True: pass", "'next'")
    assert (outcome["failed"], outcome["interrupted"], errors(outcome)) == (True, True, ["KeyboardInterrupt"])
    assert values(after) == ["'next'"]


def test_an_interrupt_in_a_background_task_ends_the_cell_and_stays_out_of_the_next(run: Any) -> None:
    cell = (
        "import asyncio\nasync def spin():\n    while True: pass\nasyncio.create_task(spin())\nawait asyncio.sleep(60)"
    )
    outcome, after = run(INTERRUPT + cell, "await asyncio.sleep(0, 'next')")
    assert (outcome["failed"], outcome["interrupted"], errors(outcome)) == (True, True, ["KeyboardInterrupt"])
    assert (values(after), errors(after)) == (["'next'"], [])


def test_an_interrupt_that_comes_too_late_is_ignored(run: Any) -> None:
    late = ["look", "__import__('os').kill(__import__('os').getpid(), 2)"]
    _, _, after = run("x = 1", late, "x")
    assert (values(after), after["interrupted"]) == (["1"], False)


# snapshots


def test_a_restored_namespace_is_what_functions_see(run: Any) -> None:
    *_, after = run(
        "a = 1\ndef f(): return a",
        ["snapshot", "q"],
        "a = 2\nb = 3\ndel f",
        ["restore", "q"],
        "f(), 'b' in globals(), a",
    )
    assert values(after) == ["(1, False, 1)"]


def test_snapshots_do_not_disturb_one_another(run: Any) -> None:
    *_, first, _, second = run(
        "a = 1", ["snapshot", "one"], "a = 2", ["snapshot", "two"], ["restore", "one"], "a", ["restore", "two"], "a"
    )
    assert (values(first), values(second)) == (["1"], ["2"])


def test_ipython_goes_on_after_a_restore(run: Any) -> None:
    *_, last, history = run(
        "40 + 2", ["snapshot", "q"], "'other'", "globals().clear()", ["restore", "q"], "_ + 1", "_, _1, Out[1], In[1]"
    )
    assert values(last) == ["43"]
    assert values(history) == ["(43, 42, 42, '40 + 2')"]


def test_a_snapshot_leaves_out_keys_that_are_no_names(run: Any) -> None:
    cell = (
        "class Key:\n    def __eq__(self, other): raise SystemError\n    __hash__ = object.__hash__\n"
        "globals()[Key()] = 1"
    )
    *_, after, keys = run(
        cell,
        "a = 1",
        ["snapshot", "q"],
        ["restore", "q"],
        "a",
        ["look", "{type(x).__name__ for x in shell.namespace} == {'str'}"],
    )
    assert values(after) == ["1"]
    assert keys["value"]


# silence


def test_nothing_is_recorded_after_silence(run: Any) -> None:
    cell = "import os, sys\nprint('a')\nprint('b', file=sys.stderr)\nos.write(1, b'c')\ndisplay('d')\n1 / 0"
    loud, _, quiet, number = run(cell, ["silence"], cell, "1")
    assert len(loud["outputs"]) == 4
    assert (quiet["outputs"], quiet["failed"]) == ([], True)
    assert (number["outputs"], number["failed"]) == ([], False)


def test_silence_before_any_cell_drops_what_the_process_prints(run: Any) -> None:
    *_, links = run(["silence"], ["look", "[__import__('os').readlink(f'/proc/self/fd/{fd}') for fd in (1, 2)]"])
    assert links["value"] == ["/dev/null", "/dev/null"]


def test_a_descriptor_takes_any_amount_after_silence(run: Any) -> None:
    *_, outcome = run("import os", ["silence"], "for _ in range(100): os.write(1, b'x' * 65536)", output_bytes=20 * KIB)
    assert not outcome["failed"]
