"""The command lines of README and docs, as they are written, and made ready to run against sample feeds and small files."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
COMMANDS = ("bot ", "make ", "python ", "pytest ")

_ITEM = {
    "id": "x1",
    "title": "업스테이지, 도쿄 법인 설립",
    "summary": "업스테이지가 도쿄에 법인을 세웠다.",
    "lang": "ko",
    "published": "2025-03-01",
}
_SOURCE = {
    "title": "업스테이지, 도쿄 법인 설립",
    "body": "직원은 20명이다.",
    "language": "ko",
    "published": "2025-03-01T00:00:00+00:00",
}
_SAID = {"text": "직원은 20명이다.", "cites": [1], "quote": "직원은 20명이다."}
_QUERY = {"qid": "q1", "query": "업스테이지", "lang": "ko", "relevant": {"x1": 2}, "kind": "entity", "form": "entity"}
_QUESTION = {"qid": "a1", "lang": "ko", "type": "who", "question": "업스테이지는 어디에 법인을 세웠나?", "answerable": True, "key_facts": ["도쿄"], "support": ["x1"]}  # fmt: skip
# What stands for a file in the documents: by the verb before it, a row that such a file may hold.
ROWS: dict[str, dict[str, Any]] = {
    "evaluate relevance": _ITEM | {"relevant": True, "category": "expansion", "countries": ["KR", "JP"]},
    "evaluate stories": {"story_id": "s1", "items": [_ITEM, _ITEM | {"id": "x2"}]},
    "evaluate facts": {"id": "x1", "lang": "ko", "text": "업스테이지, 450억엔 투자", "published": "2025-03-01", "facts": []},
    "evaluate search": _QUERY,
    "evaluate answers": _QUESTION,
    "evaluate summaries": {"language": "ko", "sentences": [_SAID], "sources": [_SOURCE]},
    "facts": {"id": "x1", "title": "업스테이지, 450억엔 투자", "lang": "ko"},
    "import": _ITEM,
    "classify": _ITEM,
    "cluster": _ITEM,
}
NEAR = {"a": _ITEM, "b": _ITEM | {"id": "x3"}, "why": "another day"}


def documents() -> list[Path]:
    """README, CONTRIBUTING and everything in docs."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def fenced() -> list[str]:
    """The command lines of the fenced blocks, without what explains them."""
    found = set()
    for path in documents():
        for block in re.findall(r"^[ ]*```(?:sh|console)?\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
            for line in block.replace("\\\n", " ").splitlines():
                words = re.split(r"\s{2,}|\s#\s", line.strip().removeprefix("$ ").removeprefix("time "))[0]
                if words.startswith(COMMANDS):
                    found.add(words)
    return sorted(found)


def mentioned() -> list[str]:
    """The `bot …` commands within sentences."""
    found = set()
    for path in documents():
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found |= {line.replace("\n", " ") for line in re.findall(r"`(bot [^`]+)`", text)}
    return sorted(found)


def runnable(line: str, folder: Path, page: str) -> list[str]:
    """The arguments of a `bot` line: files that it reads are there in ``folder``, addresses lead to ``page``."""
    words = shlex.split(re.sub(r"\[[^\]]*\]", "", line).split(" > ")[0])[1:]
    verb = next((verb for verb in ROWS if words[: len(verb.split())] == verb.split()), "")
    found = []
    for word in words:
        if re.fullmatch(r"[A-Z_]+(\.jsonl)?", word) and verb:
            row = NEAR if word.startswith("NEAR") else ROWS[verb]
            file = folder / f"{verb.replace(' ', '-')}-{word}"
            file.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
            word = str(file)
        elif word.startswith("https://example.com"):
            word = page
        found.append(word)
    return found
