"""`python -m benchmarks.notebooks`: what the labs' notebooks cost, solved; prints one table.

Whole: every cell in a kernel of its own, from its start to its end. Graded: the CPU time of the cells that grading runs
(all but demonstrations), their figures rendered, in a process that ran them once before; the median of five runs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import chdir
from pathlib import Path

from allclose import course
from allclose.course.cells import SKIP_TAG
from allclose.model import Assignment, Notebook
from allclose.notebook.splice import solved

ROOT = Path(__file__).parents[1]
RUNS = 5


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.notebooks", description=__doc__)
    arguments.add_argument("labs", nargs="*", default=course.labs(ROOT), metavar="LAB", help="default: all")
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    print(f"{'lab':26} {'whole':>8} {'graded':>9} {'figures':>8}")
    for lab in arguments.parse_args().labs:
        assignment = course.load(ROOT, lab)
        for notebook in assignment.notebooks:
            whole = whole_seconds(assignment, notebook)
            graded, figures = graded_cells(assignment, notebook)
            print(f"{notebook.name:26} {whole:6.1f} s {1000 * graded:6.0f} ms {figures:8}", flush=True)


def whole_seconds(assignment: Assignment, notebook: Notebook) -> float:
    """Seconds that a kernel takes for the whole solved notebook."""
    import nbformat
    from nbclient import NotebookClient
    from traitlets.config import Config

    cells = nbformat.from_dict(json.loads(json.dumps(solved(notebook))))
    with tempfile.TemporaryDirectory() as folder:
        _hand_out(assignment, notebook, Path(folder))
        # Over TCP a kernel warns that it can be listened to, and two of them may choose the same ports.
        apart = Config(KernelManager={"transport": "ipc", "ip": f"{folder}/kernel"})
        where = {"metadata": {"path": folder}}
        client = NotebookClient(cells, kernel_name="python3", resources=where, config=apart)
        began = time.perf_counter()
        client.execute()
        return time.perf_counter() - began


def graded_cells(assignment: Assignment, notebook: Notebook) -> tuple[float, int]:
    """CPU seconds of the graded cells of the solved notebook, and how many figures they show."""
    reader, writer = os.pipe()
    # A child, because the shell takes standard output and the rest of the process for itself.
    if (pid := os.fork()) == 0:
        status = 1
        try:
            os.write(writer, json.dumps(_measured(assignment, notebook)).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as stream:
        answer = stream.read()
    os.waitpid(pid, 0)
    if not answer:
        sys.exit(f"{notebook.name}: a graded cell failed")
    seconds, figures = json.loads(answer)
    return statistics.median(seconds), figures


def _measured(assignment: Assignment, notebook: Notebook) -> tuple[list[float], int]:
    from allclose.sandbox.shell import Shell, warm

    sources = [
        cell["source"]
        for original, cell in zip(notebook.content["cells"], solved(notebook)["cells"], strict=True)
        if cell["cell_type"] == "code" and SKIP_TAG not in original["metadata"].get("tags", ())
    ]
    shell = Shell()
    warm(shell)
    seconds = []
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        _hand_out(assignment, notebook, Path(folder))
        for _ in range(1 + RUNS):
            shell.restore("")
            began = time.process_time()
            outcomes = [shell.run_cell(source) for source in sources]
            seconds.append(time.process_time() - began)
    if any(outcome.failed for outcome in outcomes):
        raise RuntimeError(f"{notebook.name}: a graded cell failed")
    shown = [output for outcome in outcomes for output in outcome.outputs if "image/png" in output.get("data", {})]
    return seconds[1:], len(shown)


def _hand_out(assignment: Assignment, notebook: Notebook, folder: Path) -> None:
    for name in assignment.data_files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((notebook.path.parent / name).read_bytes())


if __name__ == "__main__":
    main()
