"""The verbs that ask the archive, from a file of articles to lines of answers, over a database of their own."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import ask
from bot.config import Settings, read_settings
from bot.locales import t
from bot.model import Relevance
from bot.store import Store
from tests.builders import article

ARTICLES = (
    article("ko", "업스테이지, 도쿄 법인 설립", summary="업스테이지가 도쿄에 법인을 세우고 450억엔 규모 사업을 시작했다."),
    article("ja", "ラピダスに追加支援", language="ja", summary="経済産業省はラピダスに最大8025億円を支援する。"),
    article("off", "주말 날씨 맑음", summary="전국이 맑고 포근하겠다."),
)


@pytest.fixture
async def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/bot.sqlite3")
    monkeypatch.setenv("COLUMNS", "200")
    made = read_settings()
    store = await Store.open(made.database_url)
    await store.articles.add(ARTICLES)
    await store.articles.save_relevance({"ko": Relevance(0.9, True)})
    await store.close()
    return made


def lines(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    return path


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


async def test_search_for_people_and_for_programs(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    await ask.search(settings, "Upstage", as_json=False)
    assert "업스테이지, 도쿄 법인 설립" in capsys.readouterr().out
    await ask.search(settings, "Rapidus METI", as_json=True)
    (row,) = printed(capsys)
    assert row["found"][0]["id"] == "ja" and "8025億円" in row["found"][0]["passage"]


async def test_a_batch_of_queries(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await ask.search_batch(settings, lines(tmp_path, {"qid": "1", "query": "라피더스"}, {"qid": "2", "query": "Godzilla"}))
    assert printed(capsys) == [{"qid": "1", "ids": ["ja"]}, {"qid": "2", "ids": []}]


async def test_ask_for_people_and_for_programs(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    await ask.ask(settings, "업스테이지는 어디에 법인을 세웠나?", as_json=False)
    out = capsys.readouterr().out
    assert "도쿄" in out and "[1]" in out and "https://example.com/ko" in out
    await ask.ask(settings, "화성 탐사 로봇의 무게는?", as_json=False)
    assert capsys.readouterr().out == t("ko", "The archive does not say.") + "\n"
    await ask.ask(settings, "라피더스는 얼마를 지원받나?", as_json=False)
    out = capsys.readouterr().out
    assert "8025億円" in out and "https://example.com/ja" in out and t("ko", "quoted extracts, no model used") in out
    await ask.ask(settings, "How much aid does Rapidus get?", as_json=True)
    (row,) = printed(capsys)
    assert row["cited"][0] == "ja" and "8025億円" in row["quotes"][0]


@pytest.mark.parametrize(
    ("question", "spoken", "language"),
    [
        ("What does the Mars robot weigh?", "", "en"),
        ("화성 탐사 로봇의 무게는?", "", "ko"),
        ("火星探査ロボットの重さは？", "", "ja"),
        ("火星探査車重量", "", "ja"),
        ("火星探査車重量", "ko", "ko"),
        ("What does the Mars robot weigh?", "ja", "ja"),
        ("¿?", "", "ko"),
    ],
)
async def test_it_refuses_in_the_language_of_the_question_unless_told_otherwise(
    settings: Settings, capsys: pytest.CaptureFixture[str], question: str, spoken: str, language: str
) -> None:
    await ask.ask(replace(settings, language="ko"), question, as_json=False, spoken=spoken)
    assert capsys.readouterr().out == t(language, "The archive does not say.") + "\n"


async def test_a_batch_of_questions_with_a_thread(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    thread = {"qid": "2", "question": "그 규모는?", "lang": "ko", "thread": ["업스테이지는 어디에 법인을 세웠나?"]}
    unknown = {"qid": "1", "question": "소니의 매출은 얼마인가?", "lang": "ko"}
    await ask.ask_batch(settings, lines(tmp_path, unknown, thread))
    refused, answered = printed(capsys)
    assert refused == {"qid": "1", "answer": None, "cited": [], "quotes": []}
    assert answered["qid"] == "2" and answered["cited"][0] == "ko" and "450억엔" in answered["answer"]
    assert all(quote in ARTICLES[0].text for quote in answered["quotes"])


async def test_both_measures_run_over_the_archive(settings: Settings, tmp_path: Path) -> None:
    query = {"qid": "1", "lang": "en", "kind": "entity", "form": "entity", "query": "Upstage", "relevant": {"ko": 2}}
    found = await ask.evaluate_search(settings, lines(tmp_path, query))
    assert found["all"]["ndcg10"] == 1.0
    question = {
        "qid": "1",
        "lang": "en",
        "question": "How much aid does Rapidus get?",
        "support": ["ja"],
        "key_facts": ["8025億円"],
    }
    found = await ask.evaluate_answers(settings, lines(tmp_path, question))
    assert found["answerable"]["facts_all"] == 1.0
