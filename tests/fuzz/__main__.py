"""Throw bytes at every reader of hostile input: `python -m tests.fuzz --seconds 60`, that long for each target.

Ends with 1 where something crashed or hung; the input lies then in tests/assets/fuzz/<target>/, where a test runs it
from then on.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.targets import TARGETS, seeds

FOUND = Path(__file__).parents[1] / "assets" / "fuzz"
HANG_SECONDS = 20
MEMORY_MEGABYTES = 2048
_DONE = re.compile(r"^Done (\d+) (?:runs )?in (\d+) second", re.MULTILINE)


def fuzz(target: str, seconds: int, seed: int) -> bool:
    """Fuzz one target for so long; whether it bore all of it."""
    found = FOUND / target
    found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, data in enumerate(seeds()[target]):
            (Path(corpus) / f"seed{number}").write_bytes(data)
        options = [
            f"-max_total_time={seconds}",
            f"-timeout={HANG_SECONDS}",
            f"-rss_limit_mb={MEMORY_MEGABYTES}",
            f"-artifact_prefix={found}/",
            f"-seed={seed}",
            "-max_len=20000",
            "-verbosity=1",
        ]
        command = [sys.executable, "-m", "tests.fuzz.one", target, *options, corpus, str(found)]
        done = subprocess.run(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, check=False)
        grown = len(list(Path(corpus).iterdir()))
    counted = _DONE.search(done.stderr)
    runs = counted.group(1) if counted else "?"
    end = "FELL" if done.returncode else "held"
    print(f"{target}: {runs} inputs in {seconds} s, {grown} ways through, {end}", flush=True)
    if done.returncode:
        print(done.stderr[-3000:], file=sys.stderr)
    return not done.returncode


def main() -> int:
    """Fuzz the targets that are asked for, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="default: all of them")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: 60)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    held = [fuzz(target, asked.seconds, asked.seed) for target in asked.targets or TARGETS]
    return 0 if all(held) else 1


sys.exit(main())
