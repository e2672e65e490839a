"""The container image, by its Dockerfile's steps as far as they need no engine, and the file that starts several of them."""

import asyncio
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from packaging.requirements import Requirement

from bot.__main__ import cli
from bot.config.settings import Settings, variable
from bot.kinds import KINDS
from tests.test_service import _free_port

ROOT = Path(__file__).parents[1]


class Step(NamedTuple):
    """One instruction of a stage; continued lines are joined."""

    stage: int
    word: str
    rest: str


def steps() -> list[Step]:
    found: list[Step] = []
    stage = -1
    for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            word, rest = line.strip().split(" ", 1)
            stage += word == "FROM"
            found.append(Step(stage, word, rest))
    return found


def _of(word: str, stage: int = 1) -> list[str]:
    return [step.rest for step in steps() if (step.word, step.stage) == (word, stage)]


def _environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in _of("ENV") for pair in shlex.split(rest))


def _copied(stage: int) -> list[tuple[list[str], str]]:
    """What is copied from the folder of the Dockerfile, and where to."""
    found = [rest.split() for rest in _of("COPY", stage) if not rest.startswith("--from")]
    return [(words[:-1], words[-1]) for words in found]


def _lay_out(stage: int, folder: Path) -> None:
    for sources, target in _copied(stage):
        for source in sources:
            to = folder / target / source if target in (".", "./") else folder / target
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, to)


def test_everything_that_is_copied_is_there_and_reaches_the_engine() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    sources = {source for stage in (0, 1) for some, _ in _copied(stage) for source in some}
    assert sources == let_in and all((ROOT / source).exists() for source in sources)
    assert not any(fnmatch.fnmatch(".env", rule) for rule in let_in)


def test_what_is_installed_is_pinned_by_hashes_and_is_what_the_tests_run_with() -> None:
    (install,) = (rest for rest in _of("RUN", 0) if "requirements.txt" in rest)
    assert "--require-hashes" in install and "--only-binary :all:" in install
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " "))
    pinned = [block for block in blocks if block.strip() and not block.startswith("#")]
    assert len(pinned) > 60
    for block in pinned:
        wanted = Requirement(block.split(" --hash", 1)[0].strip())
        assert "--hash=sha256:" in block, wanted.name
        if wanted.marker is None or wanted.marker.evaluate():
            assert wanted.specifier.contains(metadata.version(wanted.name)), wanted.name


def test_it_runs_as_nobody_in_particular_and_can_write_where_its_data_are() -> None:
    words = [step.word for step in steps() if step.stage == 1]
    assert _of("USER") == ["bot"] and words.index("USER") > words.index("RUN")
    (made,) = _of("RUN")
    assert "--uid 10001" in made and "mkdir data && chown bot data" in made
    assert _of("VOLUME") == [f"{_of('WORKDIR')[0]}/data"]
    ports = {_environment()[name] for name in ("BOT_HTTP_PORT", "BOT_PROBE_PORT")}
    assert ports == set(_of("EXPOSE"))


@pytest.mark.timeout(240)
async def test_the_steps_make_a_bot_that_runs_and_answers_its_own_question(tmp_path: Path) -> None:
    source, app, installed = tmp_path / "src", tmp_path / "app", tmp_path / "venv"
    for folder in (source, app):
        folder.mkdir()
    _lay_out(0, source)
    install = next(rest for rest in _of("RUN", 0) if "--no-deps" in rest)
    assert install.startswith("/venv/bin/python -m pip install ")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile"]
    arguments = [*pip, "--target", str(installed), *shlex.split(install.partition("install ")[2])]
    done = await asyncio.to_thread(subprocess.run, arguments, cwd=source, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr

    _lay_out(1, app)
    (app / "data").mkdir()
    feed = {"id": "f", "name": "F", "url": "http://127.0.0.1:9/", "language": "ko", "country": "KR", "kind": "press", "tier": 2}
    (app / "feeds.yaml").write_text(json.dumps({"feeds": [feed | {"time_zone": "Asia/Seoul", "enabled": False}]}))
    port = str(_free_port())
    environment = _environment() | {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(installed),
        "HOME": str(tmp_path),
        "BOT_HTTP_HOST": "127.0.0.1",
        "BOT_HTTP_PORT": port,
        "BOT_PROBE_PORT": port,
        "BOT_RATES_URL": "http://127.0.0.1:9/rates",
    }
    (entry,), (command,) = (json.loads(_of(word)[0]) for word in ("ENTRYPOINT", "CMD"))
    assert entry == "bot"  # what `python -m bot` starts, by its entry point
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", entry, command, cwd=app, env=environment)
    try:
        assert await _healthy(environment, app)
        assert (app / "data" / "bot.sqlite3").exists()
    finally:
        process.terminate()
    assert await asyncio.wait_for(process.wait(), 12) == 0


async def _healthy(environment: dict[str, str], app: Path) -> bool:
    """Ask as the engine does, until the answer is good."""
    (check,) = _of("HEALTHCHECK")
    _, *words = json.loads(check.partition("CMD ")[2])
    async with asyncio.timeout(90):
        for _ in range(400):
            asked = await asyncio.create_subprocess_exec(
                sys.executable, *words, cwd=app, env=environment, stderr=asyncio.subprocess.DEVNULL
            )
            if await asked.wait() == 0:
                return True
            await asyncio.sleep(0.3)
    return False


def test_the_compose_file_starts_each_kind_of_process_with_settings_that_exist() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    ours = {name: service for name, service in services.items() if "command" in service}
    assert set(ours) == set(KINDS)
    known = {variable(name) for name in Settings.__dataclass_fields__}
    for name, service in ours.items():
        assert service["command"] == ["run", "--only", name]
        cli.commands["run"].make_context("run", service["command"][1:])
        assert set(service["environment"]) <= known and service["depends_on"]["postgres"]
        assert service["environment"]["DATABASE_URL"].startswith("postgresql://bot:")
    assert ours["web"]["ports"] == [f"127.0.0.1:{port}:{port}" for port in _of("EXPOSE")]
    assert services["postgres"]["environment"]["POSTGRES_USER"] == "bot"
