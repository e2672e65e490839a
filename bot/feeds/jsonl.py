"""Files of JSON lines: articles for backfills and to try relevance, stories and facts on, and labelled rows of any kind.

A line of an article holds id, title, summary, url, source, lang and published; all but id and title may be null or missing.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from bot.errors import UserError
from bot.feeds import urls
from bot.knowledge import language
from bot.model import Article

_TEXTS = ("summary", "url", "source", "lang", "published", "body")


class Text(NamedTuple):
    """A text to read facts from, word for word as its line holds it: offsets into it stay true."""

    id: str
    text: str
    language: str
    published: datetime | None


_Item = TypeVar("_Item", Article, Text)


def read_articles(path: Path) -> Iterator[Article]:
    """The articles of ``path`` in its order. Raises UserError naming file and line of the first that cannot be used."""
    return _read(path, article_of)


def read_texts(path: Path) -> Iterator[Text]:
    """The ``text`` of each line of ``path``, else its title, a line end and its summary. Raises UserError like read_articles."""
    return _read(path, text_of)


def read_rows(path: Path, *needed: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects of ``path``, one a line, with the number of the line from 1; empty lines are passed over.

    Raises:
        UserError: the file cannot be read, or a line is no object that holds what is ``needed``; it names file and line.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, _row(line, f"{path}:{number}", needed)
    except OSError as exc:
        raise UserError(f"{path}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise UserError(f"{path}: not UTF-8 text") from exc


def _row(line: str, place: str, needed: Sequence[str]) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise UserError(f"{place}: {exc}") from exc
    expected = f"expected a JSON object{' with ' if needed else ''}{', '.join(needed)}"
    if not isinstance(row, dict):
        raise UserError(f"{place}: {expected}")
    for key in needed:
        if key not in row:
            raise UserError(f"{place}: {key} is missing, {expected}")
    return row


def _read(path: Path, item_of: Callable[[Any], _Item]) -> Iterator[_Item]:
    seen: dict[str, int] = {}
    for number, row in read_rows(path):
        try:
            item = item_of(row)
        except ValueError as exc:
            raise UserError(f"{path}:{number}: {exc}") from exc
        if item.id in seen:
            raise UserError(f"{path}:{number}: id {item.id!r} is already used in line {seen[item.id]}")
        seen[item.id] = number
        yield item


def text_of(row: Any) -> Text:
    """The text of one parsed line. Raises ValueError saying what is wrong with it."""
    if isinstance(row, dict) and isinstance(row.get("text"), str):
        # The checks are those of an article whose title is the text.
        article = article_of({**{key: row.get(key) for key in ("id", "lang", "published")}, "title": row["text"]})
        return Text(article.id, row["text"], article.language, article.published)
    article = article_of(row)
    return Text(article.id, f"{row['title']}\n{row.get('summary') or ''}", article.language, article.published)


def article_of(row: Any) -> Article:
    """The article of one parsed line. Raises ValueError saying what is wrong with it."""
    if not isinstance(row, dict):
        raise ValueError("expected a JSON object with id and title")
    for key in ("id", "title"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise ValueError(f"{key} is missing or no text")
    texts: dict[str, str] = {}
    for key in _TEXTS:
        value = row.get(key)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{key} is {value!r}, expected text or null")
        texts[key] = value or ""
    published = _instant(texts["published"])
    return Article(
        id=row["id"],
        title=row["title"].strip(),
        summary=texts["summary"].strip(),
        url=urls.canonical(texts["url"]) or "",
        outlet=texts["source"],
        language=language.detect(row["title"], texts["lang"]),
        published=published,
        body=texts["body"],
    )


def _instant(text: str) -> datetime | None:
    """A date or an instant in ISO form; one without a zone is taken as UTC."""
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"published is {text!r}, expected an ISO date such as 2026-11-22T09:00:00+09:00") from None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
