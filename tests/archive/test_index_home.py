"""The index on disk: taken up again, read by others, made anew when it is damaged or does not fit its database."""

from pathlib import Path

import pytest

from bot.archive.documents import fingerprint
from bot.archive.index import Index
from bot.archive.query import read_query
from bot.archive.search import Archive
from bot.errors import ArchiveError
from bot.model import Relevance
from bot.store import Store
from tests.builders import NOON, article

KO, JA = article("ko", "업스테이지, 도쿄 법인 설립"), article("ja", "ラピダス、試作を開始", language="ja")


def ids(index: Index, text: str) -> list[str]:
    return [id for id, _, _ in index.search(read_query(text))]


def written(home: Path, *articles: object, sequence: int = 7) -> Index:
    index = Index(home)
    index.add(articles, sequence=sequence)  # type: ignore[arg-type]
    return index


def test_it_is_taken_up_where_it_ended(tmp_path: Path) -> None:
    written(tmp_path, KO).close()
    again = Index(tmp_path)
    assert (ids(again, "업스테이지"), again.reached, again.articles) == (["ko"], (7, "ko"), 1)
    again.add([JA], sequence=9)
    assert (again.reached, again.articles) == ((9, "ja"), 2)
    assert ids(again, "lang:ko") == ["ko"], "its mark is no article"


def test_one_writes_and_others_read(tmp_path: Path) -> None:
    first, second = written(tmp_path, KO), Index(tmp_path)
    assert not second.claim()
    with pytest.raises(ArchiveError):
        second.add([JA])
    first.add([JA], sequence=8)
    assert not second.claim() and ids(second, "ラピダス") == ["ja"]
    first.close()
    assert second.claim() and second.reached == (8, "ja")


def test_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    written(tmp_path, KO).close()
    (tmp_path / fingerprint() / "meta.json").write_text("{broken")
    again = Index(tmp_path)
    assert again.reached == (0, "") and ids(again, "업스테이지") == []
    again.add([KO])
    assert ids(again, "업스테이지") == ["ko"]


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match="file"):
        Index(tmp_path / "file")


def test_what_earlier_versions_left_goes_and_nothing_else(tmp_path: Path) -> None:
    for name in ("0123456789ab", "photos"):
        (tmp_path / name).mkdir()
    written(tmp_path, KO)
    assert {folder.name for folder in tmp_path.iterdir()} == {fingerprint(), "photos"}


# ---- beside its database ----


async def archive(store: Store, home: Path) -> tuple[Archive, int]:
    made = Archive(store, home=home)
    return made, await made.refresh()


async def found(archive: Archive, text: str) -> list[str]:
    return [hit.article.id for hit in await archive.search(text, now=NOON)]


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    await opened.articles.add([KO])
    await opened.articles.save_relevance({"ko": Relevance(0.9, True)})
    return opened


async def test_after_a_restart_only_what_is_new_is_indexed(store: Store, tmp_path: Path) -> None:
    home = tmp_path / "index"
    first, indexed = await archive(store, home)
    assert indexed == 1
    await first.close()
    await store.articles.add([JA])
    second, indexed = await archive(store, home)
    assert indexed == 1 and await found(second, "업스테이지") == ["ko"] and await found(second, "ラピダス") == ["ja"]
    await second.close()
    await store.close()


async def test_what_was_judged_while_nobody_ran_counts_as_judged(store: Store, tmp_path: Path) -> None:
    home = tmp_path / "index"
    await store.articles.add([article("a", "리벨리온 소식"), article("b", "리벨리온 소식")])
    first, _ = await archive(store, home)
    assert await found(first, "리벨리온") == ["a", "b"]
    await first.close()
    await store.articles.save_relevance({"b": Relevance(0.9, True)})
    second, _ = await archive(store, home)
    assert await found(second, "리벨리온") == ["b", "a"]
    await second.close()
    await store.close()


async def test_another_database_in_the_same_place_is_indexed_anew(store: Store, tmp_path: Path) -> None:
    home = tmp_path / "index"
    await store.articles.add([article(f"x{number}", "딴소리") for number in range(5)])
    first, _ = await archive(store, home)
    await first.close()
    await store.close()
    other = await Store.open(f"sqlite:///{tmp_path}/other.sqlite3")
    await other.articles.add([JA])
    second, indexed = await archive(other, home)
    assert indexed == 1 and await found(second, "딴소리") == [] and await found(second, "ラピダス") == ["ja"]
    assert await second.rebuild() == 1
    await second.close()
    await other.close()
