"""What notebooks do besides arithmetic, in the sandbox at its strongest; and what they may not do together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from textwrap import dedent

import pytest

from allclose.model import CellRun, Limits, Tier, Verdict
from allclose.sandbox.session import Cell, Session
from allclose.sandbox.spawner import Spawner

LIMITS = Limits(memory_bytes=400 << 20, processes=24, cell_seconds=20.0)
Runner = Callable[..., list[CellRun]]


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spawner]:
    cache = tmp_path_factory.mktemp("cache")
    with Spawner(Tier.STRONG, (), ("numpy", "torch", "torch.utils.data", "matplotlib"), LIMITS, cache) as spawner:
        spawner.wait_ready()
        yield spawner


@pytest.fixture
def run(zygote: Spawner) -> Runner:
    def cells(*sources: str) -> list[CellRun]:
        plan = [Cell(index, dedent(source).strip()) for index, source in enumerate(sources)]
        session = Session(zygote.spawn, plan, {}, LIMITS, time.monotonic() + 60)
        try:
            return list(session.run())
        finally:
            session.close()

    return cells


def printed(run: CellRun) -> str:
    return "".join(str(output.get("text", output.get("ename"))) for output in run.outputs)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("!ls -d /usr; echo out > /dev/stdout; echo lost > /dev/null; echo err >&2", "/usr\nout\nerr\n"),
        ("%%bash\nfor i in 1 2; do echo $i | cat; done", "1\n2\n"),
        (
            """
            import asyncio
            process = await asyncio.create_subprocess_exec("echo", "hi", stdout=asyncio.subprocess.PIPE)
            print(await process.communicate())
            """,
            "(b'hi\\n', None)\n",
        ),
        (
            """
            import threading
            threads = [threading.Thread(target=lambda: None) for _ in range(8)]
            [thread.start() for thread in threads], [thread.join() for thread in threads]
            print(threading.active_count())
            """,
            "1\n",
        ),
        (
            """
            import multiprocessing
            with multiprocessing.Pool(3) as pool:
                print(pool.map(abs, range(-2, 1)))
            """,
            "[2, 1, 0]\n",
        ),
        (
            """
            from multiprocessing import shared_memory
            import numpy as np
            block = shared_memory.SharedMemory(create=True, size=80)
            np.ndarray(10, buffer=block.buf)[:] = 1
            print(np.ndarray(10, buffer=block.buf).sum())
            block.close(); block.unlink()
            """,
            "10.0\n",
        ),
        (
            """
            import torch
            data = torch.utils.data.TensorDataset(torch.arange(600.0))
            batches = torch.utils.data.DataLoader(data, batch_size=2, num_workers=2)
            print(sum(x.sum().item() for x, in batches))
            """,
            "179700.0\n",
        ),
        (
            """
            import torch
            import torch.multiprocessing as mp
            def work(shared, queue):
                shared += 1
                queue.put((shared * 2, torch.zeros(0), torch.ones(2, 2).T))
            shared, queue = torch.zeros(2).share_memory_(), mp.Queue()
            process = mp.Process(target=work, args=(shared, queue))
            process.start()
            print([x.tolist() for x in queue.get()], process.join(), shared.tolist())
            """,
            "[[2.0, 2.0], [], [[1.0, 1.0], [1.0, 1.0]]] None [1.0, 1.0]\n",
        ),
        (
            """
            import subprocess, sys
            print(subprocess.run([sys.executable, "-c", "import numpy; print(numpy.ones(2))"],
                                 capture_output=True, text=True).stdout)
            """,
            "[1. 1.]\n\n",
        ),
        ("import ctypes\nprint(ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 5)())", "5\n"),
        (
            "import torch\ntorch.set_num_threads(2)\nprint((torch.ones(300, 300) @ torch.ones(300, 300)).sum())",
            "tensor(27000000.)\n",
        ),
    ],
    ids=["shell", "bash", "asyncio", "threads", "pool", "shared", "loader", "queue", "python", "callback", "openmp"],
)
def test_what_courses_use_works(run: Runner, source: str, text: str) -> None:
    (ran,) = run(source)
    assert printed(ran) == text
    assert ran.verdict is Verdict.PASSED


def test_a_figure_is_drawn(run: Runner) -> None:
    (ran,) = run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert "image/png" in ran.outputs[0]["data"]


@pytest.mark.parametrize(
    "source",
    [
        "import socket\nsocket.socket()",
        "import multiprocessing\nmultiprocessing.connection.Listener()",
        "import mmap\nmmap.mmap(-1, 4096)",
        "import os\nos.memfd_create('hoard')",
        "open('/dev/zero')",
        "import resource\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
    ],
)
def test_what_is_refused_raises_where_it_stands(run: Runner, source: str) -> None:
    ran, after = run(f"import multiprocessing.connection\n{source}", "print('still here')")
    assert printed(ran) in ("PermissionError", "ValueError")
    assert printed(after) == "still here\n"


HOARD = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        hoard = b"x" * (150 << 20)
        time.sleep(15)
        os._exit(0)
time.sleep(15)
"""
HOARD_BY_PROGRAMS = """
import subprocess, sys, time
code = "import time; hoard = b'x' * (150 << 20); time.sleep(15)"
programs = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(6)]
time.sleep(15)
"""


@pytest.mark.parametrize("source", [HOARD, HOARD_BY_PROGRAMS], ids=["forks", "programs"])
def test_processes_that_hold_too_much_together_end_their_cell_as_a_limit(run: Runner, source: str) -> None:
    ran, after = run(source, "print('the next cell')")
    assert ran.verdict is Verdict.LIMIT
    assert printed(after) == "the next cell\n"


def test_memory_that_processes_share_is_counted_once(run: Runner) -> None:
    (ran,) = run("""
        import os, time
        shared = b"x" * (200 << 20)
        for _ in range(4):
            if os.fork() == 0:
                time.sleep(0.5)
                os._exit(0)
        time.sleep(0.6)
        print("alive")
    """)
    assert printed(ran) == "alive\n"
