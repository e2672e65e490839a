"""Articles from a file: every field read, every mistake named with its line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import UserError
from bot.feeds.jsonl import read_articles, read_rows, read_texts


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "items.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_all_fields_and_nulls(tmp_path: Path) -> None:
    full = '{"id": "a", "title": "AI 기본법 시행", "summary": "요약", "url": "https://example.com/a?utm_source=x", '
    full += '"source": "etnews", "lang": "ko", "published": "2026-11-22T09:00:00+09:00"}\n'
    bare = '\n{"id": "b", "title": "ラピダス", "summary": null, "url": null, "source": null, "lang": null, "published": null}\n'
    first, second = read_articles(written(tmp_path, full + bare))
    assert (first.id, first.url, first.outlet, first.language) == ("a", "https://example.com/a", "etnews", "ko")
    assert first.published == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    assert (second.id, second.language, second.published, second.summary) == ("b", "ja", None, "")


def test_a_date_alone_is_midnight_utc(tmp_path: Path) -> None:
    (article,) = read_articles(written(tmp_path, '{"id": "a", "title": "t", "published": "2025-05-27"}'))
    assert article.published == datetime(2025, 5, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "items.jsonl:2: Expecting property name"),
        ("[]", "items.jsonl:2: expected a JSON object"),
        ('{"title": "t"}', "items.jsonl:2: id is missing"),
        ('{"id": "b", "title": " "}', "items.jsonl:2: title is missing"),
        ('{"id": 7, "title": "t"}', "items.jsonl:2: id is missing or no text"),
        ('{"id": "b", "title": "t", "url": 3}', "items.jsonl:2: url is 3, expected text or null"),
        ('{"id": "b", "title": "t", "published": "yesterday"}', "items.jsonl:2: published is 'yesterday', expected an ISO date"),
        ('{"id": "a", "title": "t"}', "items.jsonl:2: id 'a' is already used in line 1"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, problem: str) -> None:
    path = written(tmp_path, '{"id": "a", "title": "t"}\n' + line)
    with pytest.raises(UserError) as caught:
        list(read_articles(path))
    assert str(caught.value).startswith(f"{path.parent}/{problem}")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere\.jsonl: No such file"):
        list(read_articles(tmp_path / "nowhere.jsonl"))


def test_texts_are_kept_word_for_word_so_that_offsets_stay_true(tmp_path: Path) -> None:
    lines = '{"id": "a", "title": " 제목 ", "summary": "요약 ", "lang": "ko", "published": "2026-11-22"}\n{"id": "b", "text": " ¥1bn "}\n'
    first, second = read_texts(written(tmp_path, lines))
    assert (first.text, first.language, first.published) == (" 제목 \n요약 ", "ko", datetime(2026, 11, 22, tzinfo=UTC))
    assert (second.text, second.published) == (" ¥1bn ", None)


def test_a_line_without_any_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"items\.jsonl:1: title is missing"):
        list(read_texts(written(tmp_path, '{"id": "a", "text": " "}')))


def test_rows_are_lines_even_where_a_text_holds_other_line_ends(tmp_path: Path) -> None:
    lines = '{"qid": "1", "query": "a\u2028b\x85c"}\n\n{"qid": "2", "query": "d"}\n'
    assert list(read_rows(written(tmp_path, lines), "qid")) == [
        (1, {"qid": "1", "query": "a\u2028b\x85c"}),
        (3, {"qid": "2", "query": "d"}),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"qid": "1"}', "items.jsonl:1: query is missing, expected a JSON object with qid, query"),
        ("[1]", "items.jsonl:1: expected a JSON object with qid, query"),
        ("{", "items.jsonl:1: Expecting property name"),
        ("[" * 100_000, "items.jsonl:1: maximum recursion depth exceeded"),
    ],
)
def test_a_row_without_what_is_needed_is_named(tmp_path: Path, line: str, problem: str) -> None:
    path = written(tmp_path, line)
    with pytest.raises(UserError) as caught:
        list(read_rows(path, "qid", "query"))
    assert str(caught.value).startswith(f"{path.parent}/{problem}")


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_bytes('{"id": "a", "title": "東京"}'.encode("shift-jis"))
    with pytest.raises(UserError, match=r"items\.jsonl: not UTF-8 text"):
        list(read_rows(path))
