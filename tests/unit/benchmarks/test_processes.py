"""What processes have used, read from /proc."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.processes import peak_bytes, tree_seconds

BURN = """
import os, sys, time
if os.fork() == 0:
    while time.process_time() < 0.5:
        pass
    os._exit(0)
os.wait()
sys.stdout.write("burnt\\n")
sys.stdout.flush()
sys.stdin.read()
"""


def test_the_time_of_a_tree_has_that_of_processes_in_it_that_have_ended() -> None:
    command = [sys.executable, "-c", BURN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == "burnt\n"
        burnt = tree_seconds(process.pid)
        everything, rest = tree_seconds(os.getpid()), tree_seconds(os.getpid(), without=(process.pid,))
        process.stdin.close()
    assert burnt >= 0.48
    assert everything - rest >= 0.3  # the second look counts what the first one took


def test_a_process_that_has_ended_holds_nothing() -> None:
    assert peak_bytes(os.getpid()) > 1_000_000
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    assert peak_bytes(process.pid) == 0
