"""One browser for all tests of a process, and a site with one peopled workspace, both in a thread with a loop of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.world import World, opened

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip
AXE = Path(__file__).parents[1] / "node" / "node_modules" / "axe-core" / "axe.min.js"


def chromium() -> str:
    """The system's browser; empty where there is none."""
    return next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), "")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The site and the browser; skips where the system has none."""
    browser = chromium()
    if not browser:
        pytest.skip("no Chromium in PATH (chromium, chromium-browser or google-chrome): the pages are not looked at in a browser")
    with opened(tmp_path_factory.mktemp("site"), browser, FLAGS) as found:
        yield found


@pytest.fixture(scope="session")
def axe() -> str:
    """The rules of axe-core as a script; skips where they were not installed."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` does it where a package registry can be reached")
    return AXE.read_text(encoding="utf-8")
