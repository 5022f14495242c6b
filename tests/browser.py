"""A real browser for tests: Debian's Chromium without a window, driven by Playwright. It reaches this machine only.

A test takes the fixture `page`; what it has looked at, it may leave as a picture in `.screenshots/`, by `picture`.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = Path(__file__).parents[1] / ".screenshots"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ELSEWHERE = re.compile(r"^\w+://(?!127\.0\.0\.1[:/])")
_PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one file of tests: while Playwright runs, nobody else in this thread can have an event loop."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.fail("there is no Chromium for this test: apt-get install chromium fonts-dejavu-core", pytrace=False)
    with sync_playwright() as playwright:
        # Root cannot have Chromium's own sandbox; the pages are ours.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page with cookies of its own; a script that fails on it fails the test."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(_PATIENCE_MS)
    context.route(_ELSEWHERE, lambda route: route.abort())
    opened = context.new_page()
    failed: list[str] = []
    opened.on("pageerror", lambda error: failed.append(str(error)))
    yield opened
    context.close()
    assert failed == []


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder's files at an address of this machine's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so there
        pass


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like, for people to look at."""
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True, animations="disabled")
