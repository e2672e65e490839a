from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import (
    Article,
    Boost,
    CitedSentence,
    Edition,
    EditionCounts,
    Filters,
    Relevance,
    Source,
    Story,
    Summary,
    Told,
    Topic,
)
from bot.pipeline import materiality, story_amounts
from bot.pipeline.digest import Chosen, compose, select
from tests.builders import NOON, article

SINCE, UNTIL = NOON - timedelta(hours=24), NOON + timedelta(hours=1)


def story(
    id: str = "s1",
    *articles: Article,
    topic: Topic = Topic.EXPANSION,
    score: float = 0.9,
    countries: tuple[str, ...] = ("KR", "JP"),
    direction: str | None = None,
    entities: tuple[str, ...] = (),
) -> Story:
    articles = articles or (article(f"{id}-a", title=f"업스테이지 도쿄 법인 {id}", outlet=f"Outlet {id}"),)
    relevance = Relevance(score, True, (topic,), countries, direction, entities)
    return Story(id, articles, tuple(relevance for _ in articles))


def chosen(*stories: Story, **changes: Any) -> tuple[Chosen, ...]:
    return select(stories, **({"since": SINCE, "until": UNTIL} | changes))


def edition(*stories: Story, written: dict[str, Summary] | None = None, **changes: Any) -> Edition:
    options = {"key": "k", "language": "ko", "time_zone": "Asia/Seoul", "since": SINCE, "until": UNTIL} | changes
    return compose(chosen(*stories), written or {}, **options)


def ids(found: tuple[Chosen, ...]) -> list[str]:
    return [one.story.id for one in found]


# ---- which stories ----


def test_only_fresh_articles_of_the_period_make_a_story_news() -> None:
    old = story("old", article("o", fresh=False))
    past = story("past", article("p", first_seen=SINCE - timedelta(days=1)))
    future = story("future", article("f", first_seen=UNTIL))
    late = story("late", article("l", first_seen=SINCE - timedelta(hours=1)))
    undated = story("undated", article("u", published=None, first_seen=None))
    assert ids(chosen(old, past, future, late, undated, story("now"))) == ["late", "now"]


def test_what_a_channel_was_told_comes_back_only_when_it_is_news_again() -> None:
    first = article("a", title="정부, 데이터센터에 450억엔 지원", first_seen=NOON - timedelta(hours=20))
    later = article("b", title="정부, 데이터센터 지원 결정", first_seen=NOON - timedelta(hours=2), outlet="연합뉴스")
    raised = article("c", title="정부, 데이터센터 지원 600억엔으로 늘려", first_seen=NOON - timedelta(hours=1))
    told = {"s1": Told(NOON - timedelta(hours=12), 1)}
    assert [one.mark for one in chosen(story("s1", first, later))] == ["new"]
    assert chosen(story("s1", first), told=told) == ()
    assert chosen(story("s1", first, later), told=told) == ()
    assert chosen(story("s1", first, later), told=told, updates=()) == ()
    (noted,) = chosen(story("s1", first, later), told=told, updates={"b"})
    assert (noted.mark, noted.reasons[0]) == ("update", "materially new: 연합뉴스")
    (bigger,) = chosen(story("s1", first, later, raised), told=told)
    assert (bigger.mark, bigger.reasons[0]) == ("update", "new amount: 600억엔")
    assert chosen(story("s1", first, later), told=told, updates={"a"}) == ()


def test_an_article_that_was_judged_late_is_not_lost() -> None:
    first = article("a", first_seen=NOON - timedelta(hours=20))
    slow = article("b", title="법인에 300억원 투자", first_seen=NOON - timedelta(hours=13))
    told = {"s1": Told(NOON - timedelta(hours=12), 1)}
    assert ids(chosen(story("s1", first, slow), told=told, updates={"b"})) == ["s1"]


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (Filters(), ["kr", "jp", "law"]),
        (Filters(topics=frozenset({Topic.POLICY})), ["law"]),
        (Filters(countries=frozenset({"JP"})), ["jp", "law"]),
        (Filters(min_score=0.7), ["kr", "jp"]),
        (Filters(include=("라피더스", "ＵＰＳＴＡＧＥ")), ["kr", "jp"]),
        (Filters(exclude=("라피더스",)), ["kr", "law"]),
        (Filters(include=("Upstage",), exclude=("도쿄",)), []),
    ],
)
def test_filters(filters: Filters, kept: list[str]) -> None:
    stories = (
        story("kr", article("1", title="Upstage, 도쿄 진출"), countries=("KR",)),
        story("jp", article("2", title="라피더스에 투자"), countries=("JP",), topic=Topic.INVESTMENT),
        story("law", article("3", title="AI 기본법 시행"), topic=Topic.POLICY, score=0.5),
    )
    assert sorted(ids(chosen(*stories, filters=filters))) == sorted(kept)


def test_a_boost_moves_a_story_up_or_down_and_says_so() -> None:
    stories = [
        story("a", article("1", title="A사 도쿄 진출"), score=0.9),
        story("b", article("2", title="B사 진출"), entities=("Upstage",)),
    ]
    assert ids(chosen(*stories)) == ["b", "a"]
    (first, second) = chosen(*stories, filters=Filters(boosts=(Boost("Upstage", -0.3),)))
    assert (first.story.id, second.story.id) == ("a", "b") and second.reasons[-1] == "boost Upstage -0.3"
    assert ids(chosen(*stories, filters=Filters(min_score=0.8, boosts=(Boost("Upstage", -0.2),)))) == ["a"]


def test_a_wanted_topic_must_be_the_main_one_of_some_article() -> None:
    first, second = article("1"), article("2")
    mixed = Story(
        "s1",
        (first, second),
        (Relevance(0.9, True, (Topic.INVESTMENT, Topic.TALENT)), Relevance(0.9, True, (Topic.CHIPS, Topic.INVESTMENT))),
    )
    assert [one.topic for one in chosen(mixed)] == [Topic.INVESTMENT]
    assert [one.topic for one in chosen(mixed, filters=Filters(topics=frozenset({Topic.CHIPS})))] == [Topic.CHIPS]
    assert chosen(mixed, filters=Filters(topics=frozenset({Topic.TALENT}))) == ()


def test_topics_in_their_order_and_the_weightiest_first() -> None:
    small = story("small", article("1", title="A사, 10억원 투자"), topic=Topic.POLICY)
    large = story("large", article("2", title="B사, 10조원 투자"), topic=Topic.POLICY)
    other = story("other", topic=Topic.OTHER)
    office = story("office", topic=Topic.EXPANSION)
    assert ids(chosen(small, other, large, office)) == ["office", "large", "small", "other"]


def test_no_topic_crowds_out_the_rest() -> None:
    chips = [story(f"c{n:02}", article(f"c{n}", title=f"반도체 {n}호, {30 - n}조원 투자"), topic=Topic.CHIPS) for n in range(30)]
    others = [story("talent", topic=Topic.TALENT, score=0.5), *(story(f"p{n}", topic=Topic.POLICY, score=0.6) for n in range(3))]
    found = chosen(*chips, *others, per_topic=5, max_stories=8)
    by_topic = [one.topic for one in found]
    assert len(found) == 8
    assert by_topic.count(Topic.TALENT) == 1
    assert by_topic.count(Topic.POLICY) >= 1
    assert ids(found)[by_topic.index(Topic.CHIPS)] == "c00"
    # Unused quota is passed on, but not without end.
    assert [one.topic for one in chosen(*chips, *others, per_topic=5)].count(Topic.CHIPS) == 10
    assert len(chosen(*chips, per_topic=5, max_stories=20)) == 20
    assert {one.topic for one in chosen(*chips, *others, max_stories=3)} == {Topic.CHIPS, Topic.POLICY, Topic.TALENT}


@given(
    st.lists(st.tuples(st.sampled_from(list(Topic)), st.integers(1, 99)), max_size=40),
    st.integers(1, 6),
    st.integers(1, 20),
    st.randoms(use_true_random=False),
)
def test_quotas_hold_in_any_order(kinds: list[tuple[Topic, int]], per_topic: int, most: int, random: Any) -> None:
    stories = [
        story(f"s{n:02}", article(f"a{n}", title=f"제목 {n}", summary=f"{size}억원 투자"), topic=topic)
        for n, (topic, size) in enumerate(kinds)
    ]
    found = chosen(*stories, per_topic=per_topic, max_stories=most)
    topics = [one.topic for one in found]
    present = {topic for topic, _ in kinds}
    assert len(found) <= most
    assert topics == sorted(topics, key=list(Topic).index)
    assert len(set(topics)) == min(len(present), most)
    if len(present) > 1:
        assert all(topics.count(topic) <= 2 * per_topic for topic in present)
    random.shuffle(stories)
    assert chosen(*stories, per_topic=per_topic, max_stories=most) == found


# ---- weight ----


def weight(told: Story, **changes: Any) -> float:
    return materiality.weigh(told, story_amounts.of_story(told), **changes)[0]


def test_what_makes_a_story_weighty() -> None:
    plain = story("s")
    covered = story("s", article("1", outlet="연합뉴스"), article("2", outlet="日本経済新聞", language="ja"))
    one_house = story("s", article("1", outlet="조선일보"), article("2", outlet="ChosunBiz"))
    state = story("s", article("1", url="https://www.meti.go.jp/1"))
    rich = story("s", article("1", title="1조원 투자"))
    assert weight(covered) > weight(plain)
    assert weight(one_house) == weight(plain)
    assert weight(state) > weight(plain)
    assert weight(rich) > weight(story("s", article("1", title="100억원 투자"))) > weight(plain)
    assert weight(rich) > weight(story("s", article("1", title="1조원 시장")))
    assert weight(plain, direction="KR→JP") > weight(plain, direction="US→JP") > weight(plain)
    assert weight(story("s", entities=("Upstage", "Rebellions"))) > weight(story("s", entities=("Upstage",))) > weight(plain)
    assert weight(story("s", entities=("Reuters",))) == weight(plain)
    assert weight(story("s", score=0.95)) > weight(plain)


def test_the_watchlist_knows_names_and_words() -> None:
    named = story("s", article("1", title="업스테이지 일본 진출"), entities=("Upstage",))
    assert weight(named, watchlist=("アップステージ",)) > weight(named)
    assert weight(named, watchlist=("진출",)) > weight(named)
    assert weight(named, watchlist=("Rebellions", "上場")) == weight(named)
    (one,) = chosen(named, watchlist=("Upstage",))
    assert "on the watchlist: Upstage" in one.reasons


# ---- amounts ----


def quotes(*articles: Article) -> list[tuple[str, int | None]]:
    return [(amount.quote, amount.converted_of) for amount in story_amounts.of_story(story("s", *articles))]


def test_the_main_amount_first_and_its_conversion_behind_it() -> None:
    text = "시장이 50조원으로 커지는 가운데 정부가 데이터센터에 최대 450억엔(약 4428억원)을 지원한다."
    assert quotes(article("1", title="일본, 데이터센터 지원", summary=text)) == [
        ("최대 450억엔", None),
        ("약 4428억원", 0),
        ("50조원", None),
    ]


def test_one_amount_in_three_languages_is_one() -> None:
    korean = article("1", title="450억엔 지원")
    japanese = article("2", title="最大450億円を補助", language="ja", outlet="B")
    english = article("3", title="Japan to subsidise data centre with ¥45bn ($290 million)", language="en", outlet="C")
    (first, second) = story_amounts.of_story(story("s", korean, japanese, english))
    assert (first.value, first.currency, first.role, first.qualifier) == (Decimal(45 * 10**9), "JPY", "subsidy", "up_to")
    assert (second.value, second.currency, second.converted_of) == (Decimal(290 * 10**6), "USD", 0)


def test_contradicting_outlets_both_stay_visible() -> None:
    one = article(
        "1", title="A사, 3000억원 투자 유치", summary="기업가치는 2조원, 매출은 900억원, 손실은 500억원이다.", outlet="연합뉴스"
    )
    two = article("2", title="A사, 2500억원 투자 유치", outlet="매일경제")
    shown = quotes(one, two)
    assert shown[:2] == [("3000억원", None), ("2500억원", None)]
    assert len(shown) == 4


def test_small_and_vague_amounts_are_not_shown() -> None:
    assert quotes(article("1", title="수천억원 투자", summary="월 3만원에 이용한다. 벌금은 500만원이다.")) == []


# ---- the edition ----


def test_an_edition_numbers_its_sources_through() -> None:
    text = "업스테이지가 23일 도쿄에 법인을 세우고 기업용 모델을 판매한다고 밝혔다."
    law = story(
        "law", article("b", title="AI 기본법 22일 시행", summary="정부가 22일 AI 기본법을 시행한다고 밝혔다."), topic=Topic.POLICY
    )
    office = story("office", article("a", title="업스테이지 도쿄 법인", summary=text))
    written = {
        "law": Summary(
            "law",
            "ko",
            "AI 기본법이 시행된다",
            (CitedSentence("법이 시행된다.", (2, 1)), CitedSentence("근거 없는 문장.", (9,))),
            (Source(1, "b", "B", "t", "https://example.com/b"), Source(2, "x", "X", "t", "https://example.com/x")),
            "model-1",
        )
    }
    made = edition(law, office, written=written, counts=EditionCounts(10, 2, 2, 1), method="model-1", delayed=True)
    assert [item.story_id for item in made.items] == ["office", "law"]
    assert [(source.number, source.article_id) for source in made.sources] == [(1, "a"), (2, "x"), (3, "b")]
    office_item, law_item = made.items
    assert [one.cites for one in office_item.summary.sentences] == [(1,)]
    assert [(one.text, one.cites) for one in law_item.summary.sentences] == [("법이 시행된다.", (2, 3))]
    assert {source.number for source in law_item.summary.sources} == {2, 3}
    assert [(line.text, line.cites) for line in made.lead] == [("업스테이지 도쿄 법인", (1,)), ("AI 기본법이 시행된다", (2, 3))]
    assert (made.counts.articles, made.method, made.delayed, made.sample) == (10, "model-1", True, False)


def test_a_summary_without_any_source_is_replaced_by_the_extract() -> None:
    empty = Summary("s1", "ko", "지어낸 제목", (CitedSentence("지어낸 문장.", (3,)),), (), "model-1")
    (item,) = edition(story("s1"), written={"s1": empty}).items
    assert item.summary.method == "extract"
    assert item.summary.headline == "업스테이지 도쿄 법인 s1"


def test_an_item_says_who_reported_first_and_in_which_languages() -> None:
    first = article("1", outlet="조선일보", published=NOON - timedelta(hours=5))
    second = article("2", outlet="ChosunBiz", published=NOON - timedelta(hours=4))
    third = article("3", outlet="日本経済新聞", language="ja", published=NOON - timedelta(hours=3))
    (item,) = edition(story("s1", first, second, third, direction="KR→JP", entities=("Upstage",))).items
    assert item.outlets == ("조선일보", "日本経済新聞")
    assert item.languages == ("ko", "ja")
    assert (item.first_outlet, item.first_at) == ("조선일보", NOON - timedelta(hours=5))
    assert (item.countries, item.direction, item.entities) == (("KR", "JP"), "KR→JP", ("Upstage",))
    assert item.mark == "new"
    assert item.weight > 0 and item.reasons


def test_a_quiet_period_has_no_items() -> None:
    made = edition()
    assert (made.items, made.lead, made.sources) == ((), (), ())


def test_the_lead_names_the_three_weightiest() -> None:
    stories = [
        story(f"s{n}", article(f"a{n}", title=f"{n}호 사업에 {n}조원 투자"), topic=list(Topic)[n % 7]) for n in range(1, 7)
    ]
    assert [line.text for line in edition(*stories).lead] == [f"{n}호 사업에 {n}조원 투자" for n in (6, 5, 4)]


@settings(deadline=None)  # other programs may have the processor
@given(st.lists(st.tuples(st.sampled_from(list(Topic)), st.integers(1, 3)), max_size=12))
def test_every_citation_of_an_edition_has_its_source(kinds: list[tuple[Topic, int]]) -> None:
    stories = [
        story(
            f"s{n}",
            *(
                article(
                    f"a{n}-{m}",
                    title=f"{n}번 소식 {m}",
                    summary=f"정부가 {n + 1}일 사업 {n}에 {m + 1}00억원을 투자한다고 밝혔다.",
                )
                for m in range(size)
            ),
            topic=topic,
        )
        for n, (topic, size) in enumerate(kinds)
    ]
    made = edition(*stories)
    assert [source.number for source in made.sources] == list(range(1, len(made.sources) + 1))
    cited = {cite for item in made.items for one in item.summary.sentences for cite in one.cites}
    cited |= {cite for line in made.lead for cite in line.cites}
    assert cited <= {source.number for source in made.sources}
    by_number = {source.number: source for source in made.sources}
    for item, told in ((item, next(one for one in stories if one.id == item.story_id)) for item in made.items):
        own = {one.id for one in told.articles}
        assert {by_number[cite].article_id for one in item.summary.sentences for cite in one.cites} <= own
        assert all(by_number[source.number] == replace(source) for source in item.summary.sources)
    assert edition(*stories) == made
