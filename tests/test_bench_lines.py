"""The command lines of the documents that measure and learn are run as they are written, over small files and with small counts."""

import asyncio
import json
import re
import shlex
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests import document_lines
from tests.measured import coverage

ROOT = Path(__file__).parents[1]
TESTS = Path(__file__).parent
LINES = [line for line in document_lines.fenced() if line.startswith("python -m bench")]
# They take minutes whatever the count, and each has a test that does the same work with less of it.
ELSEWHERE = {
    "bench.crashes": "pipeline/test_crashes.py",
    "bench.kill": "test_kill.py",
    "bench.schedule": "test_schedule.py",
    "bench.stop": "test_stop.py",
}

FIRMS = (
    ("업스테이지", "Upstage", "アップステージ"),
    ("리벨리온", "Rebellions", "リベリオン"),
    ("네이버", "Naver", "ネイバー"),
    ("카카오", "Kakao", "カカオ"),
    ("소프트뱅크", "SoftBank", "ソフトバンク"),
    ("라피더스", "Rapidus", "ラピダス"),
)
EVENTS = (
    ("expansion", "{}, 도쿄에 AI 법인 설립", "{} opens an AI office in Tokyo", "{}、東京にAI法人を設立"),
    (
        "infrastructure",
        "{}, 오사카 데이터센터 착공",
        "{} breaks ground on an Osaka data centre",
        "{}、大阪でデータセンターを着工",
    ),
)
ELSE = ("지역 축제 {}일 개막, 시민 발길", "Match {} ends in rain, fans wait", "図書館{}号館が開館、市民が集う")
LANGUAGES = ("ko", "en", "ja")


def _stories() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each event as two Korean outlets, an English and a Japanese one report it."""
    for number, (firm, (topic, *titles)) in enumerate(product(FIRMS, EVENTS)):
        said = [(code, title.format(name)) for code, title, name in zip(LANGUAGES, titles, firm, strict=True)]
        said.append(("ko", f"[단독] {said[0][1]}… 내년 가동"))
        day = f"2025-03-{1 + number % 5:02d}"
        yield topic, [_item(f"s{number}-{place}", code, title, day) for place, (code, title) in enumerate(said)]


def _others() -> Iterator[dict[str, Any]]:
    for number, (code, title) in product(range(1, 9), zip(LANGUAGES, ELSE, strict=True)):
        yield _item(f"o{number}-{code}", code, title.format(number), f"2025-03-{number:02d}")


def _item(id: str, code: str, title: str, day: str) -> dict[str, Any]:
    return {"id": id, "title": title, "summary": f"{title}.", "lang": code, "published": day, "source": f"outlet-{id[-1]}"}


def _files(folder: Path) -> None:
    """The files that the lines name."""
    stories, others = list(_stories()), list(_others())
    judged = {"borderline": False, "unanimous": True}
    kept = [
        item | judged | {"relevant": True, "category": topic, "countries": ["JP"]} for topic, items in stories for item in items
    ]
    left = [item | judged | {"relevant": False, "category": "none", "countries": []} for item in others]
    rows = {
        "LABELLED": kept + left,
        "CORPUS": [*(item for _, items in stories for item in items), *others],
        "STORIES": [{"story_id": f"s{number}", "items": items} for number, (_, items) in enumerate(stories)],
        "NEAR_MISSES": [{"a": stories[0][1][0], "b": stories[2][1][0], "why": "another firm"}],
        "OTHERS": others,
    }
    for name, some in rows.items():
        lines = [json.dumps(row, ensure_ascii=False) for row in some]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_what_is_not_run_here_is_run_elsewhere() -> None:
    assert ELSEWHERE.keys() <= {line.split()[2] for line in LINES}
    for module, file in ELSEWHERE.items():
        text = (TESTS / file).read_text(encoding="utf-8")
        assert module in text or module.replace(".", "/") in text or f'"{module.removeprefix("bench.")}.py"' in text, module


@pytest.mark.parametrize("line", [line for line in LINES if line.split()[2] not in ELSEWHERE])
async def test_it_prints_what_it_measured(line: str, tmp_path: Path) -> None:
    _files(tmp_path)
    small = re.sub(r"\b\d{4,}\b", "20", line.replace("[--write]", ""))  # what is learned from these must not be shipped
    words = shlex.split(re.sub(r"[\[\]]", "", small))[1:]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore::sklearn.exceptions.ConvergenceWarning", *words),
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""} | coverage(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert json.loads(out.decode().splitlines()[0])
