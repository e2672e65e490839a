"""Search and answers over a real database: three languages, any query text, honest refusals."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive.answer import Answers
from bot.archive.index import Index
from bot.archive.meaning import fused
from bot.archive.query import read_query
from bot.archive.search import Archive
from bot.errors import ModelUnavailable
from bot.model import Channel, CitedSentence, Relevance, Request, StoryDecision
from bot.store import Store
from tests.builders import NOON, article
from tests.fakes import FixedWriter

ARTICLES = (
    article("ko", "업스테이지, 도쿄 법인 설립", summary="업스테이지가 도쿄에 법인을 세우고 450억엔 규모 사업을 시작했다."),
    article("ja", "ラピダス、北海道で2ナノ半導体の試作を開始", language="ja", summary="ラピダスは千歳市の工場で試作を始めた。"),
    article("en", "Japan approves AI data center subsidy", language="en", summary="Tokyo will pay up to 45 billion yen for it."),
    article("old", "업스테이지, 서울 본사 확장", published=NOON - timedelta(days=400)),
    article("off", "주말 날씨 맑음", summary="전국이 맑고 포근하겠다."),
)


def asking(text: str, language: str = "ko", *thread: str) -> Request:
    return Request("ask", text, Channel("slack", "C1", "T1"), "U1", language, NOON, thread)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{tmp_path}/bot.sqlite3")
    await opened.articles.add(ARTICLES)
    await opened.articles.save_relevance({"ko": Relevance(0.9, True), "off": Relevance(0.1, False)})
    yield opened
    await opened.close()


@pytest.fixture
async def archive(store: Store) -> Archive:
    made = Archive(store)
    assert await made.refresh() == len(ARTICLES)
    return made


async def found(archive: Archive, text: str, **options: object) -> list[str]:
    return [hit.article.id for hit in await archive.search(text, now=NOON, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["업스테이지", "Upstage", "アップステージ"])
async def test_a_name_finds_reports_in_every_language_the_newest_first(archive: Archive, name: str) -> None:
    assert (await found(archive, name))[:2] == ["ko", "old"]


async def test_two_syllables_are_enough(archive: Archive) -> None:
    assert await found(archive, "날씨") == ["off"]
    assert (await found(archive, "試作"))[0] == "ja"


async def test_a_concept_crosses_languages(archive: Archive) -> None:
    assert (await found(archive, "데이터센터 보조금"))[0] == "en"


async def test_quotes_and_exclusions(archive: Archive) -> None:
    assert await found(archive, '"도쿄 법인"') == ["ko"]
    assert await found(archive, "업스테이지 -서울") == ["ko"]


async def test_languages_can_be_chosen(archive: Archive) -> None:
    assert await found(archive, "Upstage", languages=["ja"]) == []


async def test_reports_of_one_story_are_one_hit(store: Store, archive: Archive) -> None:
    decisions = [StoryDecision("ko", "s1", False), StoryDecision("old", "s1", True)]
    await store.stories.save(decisions, [ARTICLES[0], ARTICLES[3]], NOON)
    assert await found(archive, "업스테이지") == ["ko"]


async def test_what_changes_is_found_as_it_is_now(store: Store, archive: Archive) -> None:
    await store.articles.change([article("off", "라피더스 공장 착공")])
    assert await archive.refresh() == 1
    assert await found(archive, "날씨") == []
    assert "off" in await found(archive, "라피더스")


@given(st.text(max_size=60))
def test_any_text_is_a_query(text: str) -> None:
    assert Index().search(read_query(text)) == []


@pytest.mark.parametrize("text", ['"', "-", '-"', "AND OR NOT", "title:*", "(((", "[a TO b]", "'; DROP TABLE", "\x00", "~" * 300])
async def test_hostile_queries_find_nothing_and_break_nothing(archive: Archive, text: str) -> None:
    await found(archive, text)


async def test_an_answer_quotes_its_source(archive: Archive) -> None:
    answer = await Answers(archive).answer(asking("업스테이지는 어디에 법인을 세웠나?"))
    assert answer.found and answer.method == "extract"
    assert answer.sentences[0].quoted and "도쿄" in answer.sentences[0].text
    assert answer.sources[answer.sentences[0].cites[0] - 1].article_id == "ko"
    assert [source.number for source in answer.sources] == list(range(1, len(answer.sources) + 1))


@pytest.mark.parametrize(
    "question", ["삼성전자는 뉴질랜드에 공장을 언제 짓나?", "Who won the football match?", "화성 탐사 로봇의 무게는?"]
)
async def test_without_evidence_it_says_so(archive: Archive, question: str) -> None:
    assert not (await Answers(archive).answer(asking(question))).found


async def test_a_follow_up_keeps_what_the_thread_is_about(archive: Archive) -> None:
    answer = await Answers(archive).answer(asking("그 규모는?", "ko", "업스테이지는 어디에 법인을 세웠나?"))
    assert "ko" in {source.article_id for source in answer.sources}


async def test_a_model_writes_and_only_cited_sources_are_listed(archive: Archive) -> None:
    answer = await Answers(archive, FixedWriter(CitedSentence("In Tokyo.", (2,)))).answer(asking("업스테이지 법인은 어디?", "en"))
    assert answer.method == "fake-model"
    assert answer.sentences == (CitedSentence("In Tokyo.", (1,)),)
    assert len(answer.sources) == 1


async def test_a_model_may_say_that_the_sources_do_not(archive: Archive) -> None:
    assert not (await Answers(archive, FixedWriter()).answer(asking("업스테이지 법인은 어디?"))).found


async def test_a_model_that_is_down_leaves_the_quotes(archive: Archive) -> None:
    answer = await Answers(archive, FixedWriter(down=True)).answer(asking("업스테이지 법인은 어디?"))
    assert answer.found and answer.method == "extract"


# ---- search by meaning ----


class Directions:
    """An embedder for which a text points where its first known word does."""

    name = "compass"

    def __init__(self) -> None:
        self.down = False
        self.words = {"북": (1.0, 0.1), "north": (0.9, 0.2), "남": (-1.0, 0.1), "夜": (0.1, 1.0)}

    async def embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        if self.down:
            raise ModelUnavailable("down")
        return [next(values for word, values in self.words.items() if word in text) for text in texts]


async def test_what_shares_no_word_is_found_by_meaning_within_the_bounds_of_the_query(store: Store) -> None:
    embedder = Directions()
    archive = Archive(store, embedder)
    await archive.refresh()
    assert await found(archive, "north") == []
    await store.vectors.save({"ko": (1.0, 0.0), "en": (0.9, 0.1), "off": (-1.0, 0.0)}, "compass")
    await archive.refresh()  # vectors come after their articles
    assert await found(archive, "north") == ["en", "ko"]
    assert await found(archive, "north lang:ko") == ["ko"]
    assert await found(archive, "north -subsidy") == ["ko"]
    embedder.down = True
    assert await found(archive, "north") == []
    assert await found(archive, "날씨 north") == ["off"], "the index stands alone"


def test_both_rankings_count() -> None:
    assert list(fused(["a", "b", "c"], ["b", "d"])) == ["b", "a", "d", "c"]
