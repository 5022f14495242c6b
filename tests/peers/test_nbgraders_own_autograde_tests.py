"""nbgrader's own tests of `nbgrader autograde`, as the installed nbgrader ships them, with our step in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from allclose.interop.adoption import LINE

pytestmark = pytest.mark.xdist_group("nbgraders-own")  # they take minutes, and so run once

#: Names of the tests that fail with our step, each with the reason: what it asks of nbgrader's private internals.
FAIL: dict[str, str] = {}
#: The tests that nbgrader itself skips everywhere.
SKIPPED = {"test_many_students", "test_infinite_loop_with_output"}
_SETTINGS = f"""c = get_config()
{LINE}


def note(notebook):
    with open({{ran!r}}, "a") as file:
        file.write("x")


c.SandboxedExecute.on_notebook_start = note  # only our step reads this section
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What became of each of their tests; and how many notebooks ran in our sandbox, under the name of ""."""
    folder = tmp_path_factory.mktemp("nbgrader")
    (folder / "ran").touch()
    # Where a department would put settings for all of its courses.
    (folder / "nbgrader_config.py").write_text(_SETTINGS.format(ran=str(folder / "ran")))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "JUPYTER_CONFIG_DIR": str(folder), "PYTEST_ADDOPTS": ""}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={folder}"]
    command += ["--pyargs", "nbgrader.tests.apps.test_nbgrader_autograde", f"--junitxml={folder / 'junit.xml'}"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (folder / "junit.xml").exists(), done.stdout + done.stderr
    found = {case.attrib["name"]: _outcome(case) for case in ET.parse(folder / "junit.xml").iter("testcase")}
    return {**found, "": str((folder / "ran").stat().st_size)}


def _outcome(case: ET.Element) -> str:
    return next((child.tag for child in case if child.tag in ("failure", "error", "skipped")), "passed")


def test_all_pass_but_those_that_test_nbgraders_internals(outcomes: dict[str, str]) -> None:
    told = {name: outcome for name, outcome in outcomes.items() if name}
    failed = {name for name, outcome in told.items() if outcome in ("failure", "error")}
    assert failed == FAIL.keys(), json.dumps(told, indent=1)
    assert {name for name, outcome in told.items() if outcome == "skipped"} == SKIPPED
    assert sum(outcome == "passed" for outcome in told.values()) >= 40


def test_their_notebooks_ran_in_our_sandbox(outcomes: dict[str, str]) -> None:
    assert int(outcomes[""]) >= 60
