"""The command line as a person or program uses it: in a process of its own, over sample feeds on loopback."""

import asyncio
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot import clock
from bot.feeds import sample
from bot.kinds import KINDS
from tests import document_lines
from tests.feeds.servers import Server, answer
from tests.measured import coverage

ROOT = Path(__file__).parents[1]
LINE = (
    '{"id": "x1", "title": "업스테이지, 도쿄 법인 설립", "summary": "업스테이지가 도쿄에 법인을 세웠다.", '
    '"lang": "ko", "published": "2025-03-01"}\n'
)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """An environment whose feeds are the sample feeds on loopback, and whose database is new."""
    async with sample.serve(clock.now()) as feeds:
        keys = ("id", "name", "url", "language", "country", "time_zone", "tier", "outlet")
        rows = [{**{key: getattr(feed, key) for key in keys}, "kind": str(feed.kind)} for feed in feeds]
        (tmp_path / "feeds.yaml").write_text(yaml.safe_dump({"feeds": rows}, allow_unicode=True), encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        yield (
            kept
            | coverage()
            | {
                "BOT_FEEDS_FILE": str(tmp_path / "feeds.yaml"),
                "BOT_PROMPTS_DIR": str(ROOT / "prompts"),
                "BOT_FETCH_ALLOW_LOOPBACK": "true",
                "DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite3",
                "COLUMNS": "120",
                "PYTHONWARNINGS": "error,ignore:'audioop':DeprecationWarning",
            }
        )


async def bot(place: dict[str, str], *arguments: str, status: int = 0) -> tuple[str, str]:
    """Run the command and give its output and errors."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, env=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = (text.decode() for text in await asyncio.wait_for(process.communicate(), 90))
    assert process.returncode == status, (arguments, out, err)
    return out, err


async def test_once_shows_a_briefing_and_digest_shows_it_again(place: dict[str, str]) -> None:
    out, _ = await bot(place, "once", "--lang", "en")
    assert "AI market briefing" in out and "Upstage" in out and "[1]" in out
    assert "SAMPLE" not in out
    again = json.loads((await bot(place, "digest", "--format", "json"))[0])
    assert again["items"]
    html, _ = await bot(place, "digest", "--since", "7d", "--lang", "ko", "--format", "html")
    assert html.startswith("<!doctype html>") and "AI 시장 브리핑" in html
    feeds = json.loads((await bot(place, "feeds", "list", "--json"))[0])
    assert [feed["health"].startswith("good") for feed in feeds] == [True] * 4


async def test_once_without_any_reachable_feed_says_so_and_shows_the_sample(place: dict[str, str], tmp_path: Path) -> None:
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:9", Path(place["BOT_FEEDS_FILE"]).read_text(encoding="utf-8"))
    Path(place["BOT_FEEDS_FILE"]).write_text(text, encoding="utf-8")
    out, err = await bot(place, "once")
    assert "None of the 4 feeds could be reached" in err
    assert "SAMPLE" in out and "Upstage" in out
    _, err = await bot(place, "once", "--no-sample", status=2)
    assert "bot: none of the 4 feeds could be reached" in err
    assert json.loads((await bot(place, "digest", "--format", "json"))[0])["items"] == []


async def test_files_are_imported_classified_and_clustered(place: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    other = LINE.replace("x1", "x2").replace("업스테이지, 도쿄 법인 설립", "업스테이지 일본 도쿄 법인 세워")
    file.write_text(
        LINE + other + LINE.replace("x1", "x3").replace("업스테이지", "날씨").replace("도쿄 법인", "맑음"), encoding="utf-8"
    )
    first = json.loads((await bot(place, "import", str(file), "--json"))[0])
    assert first == {"read": 3, "new": 3, "relevant": 2, "stories": 1}
    assert json.loads((await bot(place, "import", str(file), "--json"))[0])["new"] == 0
    bodied = tmp_path / "bodies.jsonl"
    bodied.write_text('{"id": "x1", "title": "t", "body": "본문에는 직원이 스무 명이라고 적혀 있다."}\n', encoding="utf-8")
    assert json.loads((await bot(place, "import", str(bodied), "--json"))[0])["new"] == 0
    assert "x1" in (await bot(place, "search", "스무 명", "--json"))[0]
    classified = [json.loads(line) for line in (await bot(place, "classify", str(file)))[0].splitlines()]
    assert [row["id"] for row in classified] == ["x1", "x2", "x3"]
    assert classified[0]["relevant"] and classified[0]["topics"][0] == "expansion" and "Upstage" in classified[0]["entities"]
    assert set(classified[0]) == {"id", "score", "relevant", "topics", "countries", "direction", "entities", "reasons"}
    clustered = [json.loads(line) for line in (await bot(place, "cluster", str(file)))[0].splitlines()]
    assert [row["id"] for row in clustered] == ["x1", "x2", "x3"]
    assert clustered[0]["story_id"] == clustered[1]["story_id"]


async def test_facts_of_a_file_and_the_ledger_of_the_archive(place: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    today = datetime.now(UTC).date().isoformat()
    row = {
        "id": "y1",
        "title": "업스테이지, 도쿄 법인에 450억엔(약 4428억원) 투자",
        "lang": "ko",
        "source": "ETNews",
        "published": today,
    }
    file.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    read = json.loads((await bot(place, "facts", str(file)))[0])
    yen, won = (one for one in read["facts"] if one["kind"] == "money")
    assert (read["id"], yen["value"], won["converted_of"]) == ("y1", 45_000_000_000, 0)
    assert (row["title"] + "\n")[yen["start"] : yen["end"]] == yen["quote"]
    await bot(place, "import", str(file))
    lines = (await bot(place, "ledger", "--csv", "--company", "アップステージ"))[0].splitlines()
    assert len(lines) == 2 and "45000000000,JPY,442800000000" in lines[1]
    assert "nobody called" in (await bot(place, "ledger", "--company", "nowhere", status=2))[1]
    card = (await bot(place, "lookup", "アップステージ", "--lang", "ko"))[0]
    assert card.startswith("업스테이지") and "450억 엔" in card
    assert "Policy clock" in (await bot(place, "policy", "japan"))[0]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nonsense"], "bot: No such command 'nonsense'."),
        (["digest", "--since", "soon"], "bot: Invalid value for '--since': 'soon' is no length of time, expected something like"),
        (["digest", "--lang", "fr"], "bot: Invalid value for '--lang': 'fr' is not one of"),
        (["import", "nowhere.jsonl"], "bot: nowhere.jsonl: No such file or directory"),
        (["classify", "nowhere.jsonl"], "bot: nowhere.jsonl: No such file or directory"),
        (["cluster", "README.md"], "bot: README.md:1: "),
        (["evaluate", "relevance", "nowhere.jsonl"], "bot: nowhere.jsonl: "),
        (["feeds", "test", "ftp://example.com/"], "bot: ftp://example.com/: expected an http or https URL"),
        (["once", "--database", "oracle://x"], "bot: oracle: unknown kind of database"),
        (["classify"], "bot: Missing argument 'FILE'."),
        (["search"], "bot: What to search for is missing: a QUERY or --batch FILE."),
        (["ask"], "bot: What to ask is missing: a QUESTION or --batch FILE."),
        (["ask", "--batch", "questions.jsonl", "--lang", "ko"], "bot: --lang: not together with --batch, each of whose lines"),
        (["ask", "--batch", "questions.jsonl", "why"], "bot: QUESTION: not together with --batch"),
        (["search", "--batch", "queries.jsonl", "office"], "bot: QUERY: not together with --batch"),
        (
            ["slack", "manifest", "--http", "http://brief.example.com"],
            "bot: 'http://brief.example.com': Slack calls https addresses",
        ),
        (["run", "--only", "schedule"], "bot: --only schedule: needs PostgreSQL"),
    ],
)
async def test_a_wrong_argument_is_one_line_and_status_2(place: dict[str, str], arguments: Sequence[str], complaint: str) -> None:
    out, err = await bot(place, *arguments, status=2)
    assert out == ""
    assert err.startswith(complaint) and err.count("\n") == 1


async def test_a_broken_feeds_file_is_told_line_by_line(place: dict[str, str]) -> None:
    path = Path(place["BOT_FEEDS_FILE"])
    path.write_text("feeds:\n  - id: A\n    wrong: 1\n", encoding="utf-8")
    _, err = await bot(place, "feeds", "check", status=2)
    assert "bot: feeds.yaml:2: id: 'A' is not valid" in err and "\nbot: feeds.yaml:3: wrong: unknown key" in err


async def test_feeds_are_checked_and_tried(place: dict[str, str]) -> None:
    out, _ = await bot(place, "feeds", "check")
    assert "good, 4 of 4 feeds enabled, 0 digests" in out
    url = yaml.safe_load(Path(place["BOT_FEEDS_FILE"]).read_text(encoding="utf-8"))["feeds"][2]["url"]
    entries = json.loads((await bot(place, "feeds", "test", url, "--json"))[0])
    assert len(entries) == 7 and entries[0]["language"] == "ja"


async def test_the_doctor_says_what_is_there_and_what_is_missing(place: dict[str, str]) -> None:
    found = {row["what"]: row for row in json.loads((await bot(place, "doctor", "--json"))[0])}
    assert {what: row["state"] for what, row in found.items()} == {
        "feeds": "good", "database": "good", "deliveries": "good", "model": "off", "slack": "off", "discord": "off",
        "clock": "good", "disk": "good", "queue": "off", "pages": "off",
    }  # fmt: skip
    assert "SLACK_BOT_TOKEN" in found["slack"]["words"]
    broken = place | {
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
    }
    found = {row["what"]: row for row in json.loads((await bot(broken, "doctor", "--json", status=1))[0])}
    assert "cannot be reached" in found["model"]["words"] and "SLACK_APP_TOKEN is missing" in found["slack"]["words"]


async def test_run_starts_polls_and_ends_on_sigterm(place: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=place, stderr=subprocess.PIPE)
    assert process.stderr is not None
    seen = b""
    async with asyncio.timeout(60):
        while b"run.finished" not in seen:
            line = await process.stderr.readline()
            assert line, seen.decode()
            seen += line
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert b"service.ready" in seen and b"articles=2" in seen
    assert json.loads((await bot(place, "digest", "--format", "json"))[0])["items"]


PAGE = (
    "<html><body><article><p>업스테이지가 도쿄에 법인을 세웠다.</p><p>직원은 20명이며 내년에 늘린다.</p></article></body></html>"
)
# They run until they are stopped: test_run_… above has the first, test_processes one of each kind together.
RUNS = {"bot run", *(f"bot run --only {kind}" for kind in KINDS)}
MOVES = [line for line in document_lines.fenced() if line.startswith("bot migrate")]


async def test_what_the_documents_say_of_moving_to_a_server_works(
    place: dict[str, str], postgres_url: str, empty_postgres_url: str
) -> None:
    await bot(place, "once")
    assert len(MOVES) == 2
    for line, target in zip(MOVES, (postgres_url, empty_postgres_url), strict=True):
        words = shlex.split(line)[1:]
        words[words.index("--from") + 1], words[words.index("--to") + 1] = place["DATABASE_URL"], target
        await bot(place, *words)
        assert (await bot(place, "digest", "--database", target))[0] == (await bot(place, "digest"))[0]


async def test_every_command_of_the_documents_works(place: dict[str, str], tmp_path: Path) -> None:
    lines = [line for line in document_lines.fenced() if line.startswith("bot ") and line not in RUNS and line not in MOVES]
    assert len(lines) > 20 and "bot once" in lines
    lines.sort(key=lambda line: line != "bot once")  # there is something to ask for afterwards
    async with Server() as server:
        server.handlers["/page"] = answer(PAGE.encode(), Content_Type="text/html; charset=utf-8")
        commands = [document_lines.runnable(line, tmp_path, server.url("/page")) for line in lines]
        for words in commands:
            if words[0] == "restore" and "--verify" not in words:
                words += ["--database", f"sqlite:///{tmp_path}/restored.sqlite3"]  # it overwrites nothing
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.run_lines", cwd=tmp_path, env=place | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(json.dumps(commands).encode()), 90)
    assert process.returncode == 0, err.decode()
    wrong = [one for one in json.loads(out) if one["status"] or not one["out"].strip()]
    assert wrong == []


async def test_the_manifest_for_slack_is_json(place: dict[str, str]) -> None:
    manifest = json.loads((await bot(place, "slack", "manifest"))[0])
    assert manifest["features"]["slash_commands"][0]["command"] == "/brief"
