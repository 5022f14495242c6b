"""A notebook in JupyterLab's page, as a student works in it: cells are run, written and looked at."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.jupyter import Server

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

#: JupyterLab's own settings: no news, and every cell is in the page.
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}
HAS_RUN = re.compile(r"\[\d+\]")
PICTURE = "img.widget-image"


def open_notebook(server: Server, page: Page, path: Path) -> None:
    """Open a file of the server's folder, with its kernel ready."""
    page.goto(f"{server.url}doc/tree/{path.name}?token={server.token}")
    wait_for_kernel(page)


def wait_for_kernel(page: Page) -> None:
    """Until then JupyterLab does not run a cell, and does not say so."""
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()


def cell_with(page: Page, text: str) -> Locator:
    """The first code cell in whose text this stands."""
    return page.locator(".jp-CodeCell", has=page.locator(".jp-InputArea-editor", has_text=text)).first


def run(page: Page, cell: Locator) -> None:
    """Run a cell as a student does, and wait for its end."""
    cell.locator(".jp-InputPrompt").click()
    page.locator(".jp-Cell.jp-mod-active").and_(cell).wait_for()
    page.keyboard.press("Control+Enter")
    cell.locator(".jp-InputPrompt", has_text=HAS_RUN).wait_for()


def run_new(page: Page, text: str) -> Locator:
    """Write a cell below the selected one and run it; give its output, for as long as it is the selected one."""
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")
    cell = page.locator(".jp-Cell.jp-mod-active")
    cell.locator(".jp-InputPrompt", has_text=HAS_RUN).wait_for()
    return cell.locator(".jp-OutputArea").first


def changed(look: Callable[[], object], act: Callable[[], object], page: Page) -> float:
    """Do something and wait until something else looks different; give the seconds in between."""
    before, began = look(), time.perf_counter()
    act()
    while look() == before:
        assert time.perf_counter() - began < 60
        page.wait_for_timeout(5)
    return time.perf_counter() - began
