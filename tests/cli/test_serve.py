"""`kpi open` says where the page lies; `kpi serve` serves it until Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from pipelines.settings import REPOSITORY
from tests.conftest import kpi


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    for folder in (tmp_path / "serving", tmp_path / "serving" / "region_east"):
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(folder.name, encoding="utf-8")
    return tmp_path


def test_open_hands_the_page_to_the_browser_and_prints_its_path(data_dir: Path, tmp_path: Path) -> None:
    seen, browser = tmp_path / "seen", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}\n', encoding="utf-8")
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    page = data_dir / "serving" / "region_east" / "index.html"
    said = kpi("open", "--audience", "region_east", "--data-dir", data_dir, BROWSER=str(browser)).stdout
    assert said.strip() == str(page)
    assert seen.read_text().strip() == page.as_uri()


def test_open_says_where_the_page_lies_where_there_is_no_browser(data_dir: Path) -> None:
    done = kpi("open", "--data-dir", data_dir, BROWSER="false", PATH="/nowhere", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.stdout.strip() == str(data_dir / "serving" / "index.html")
    assert "no browser was found here" in done.stderr


def test_open_without_a_page_says_what_to_do(tmp_path: Path) -> None:
    done = kpi("open", "--data-dir", tmp_path, check=False)
    assert done.returncode == 1
    assert "run `kpi run`" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_serves_until_it_is_interrupted(data_dir: Path) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "serve", "--port", "0", "--data-dir", str(data_dir)]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            found = re.search(r"http://localhost:\d+/", server.stdout.readline())
            assert found
            with urllib.request.urlopen(found.group(), timeout=20) as answer:
                assert answer.read() == b"serving"
            server.send_signal(signal.SIGINT)
            assert server.stdout.read().strip() == "ended"
            assert server.wait(20) == 0
        finally:
            server.kill()
