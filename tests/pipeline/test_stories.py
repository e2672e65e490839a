"""Stories: one event one story across outlets and languages; contradictions keep apart; the order of a file does not matter."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from bot.model import Article, Story, StoryDecision
from bot.pipeline.stories import StoryWindow, cluster, story_id
from tests.builders import NOON, article

OFFICE = (
    article(
        "ko", "업스테이지, 도쿄에 법인 설립…일본 공략", summary="업스테이지가 23일 일본 도쿄에 현지 법인을 설립했다고 밝혔다."
    ),
    article(
        "ja",
        "韓国アップステージ、東京に現地法人を設立",
        summary="韓国のAI企業アップステージは23日、東京に日本法人を設立したと発表した。",
        language="ja",
        outlet="Nikkei",
        published=NOON + timedelta(hours=1),
    ),
    article(
        "en",
        "Upstage establishes subsidiary in Tokyo",
        summary="South Korean AI company Upstage said on Nov 23 it has established a legal entity in Tokyo, Japan.",
        language="en",
        outlet="Korea Herald",
        published=NOON + timedelta(hours=2),
    ),
)
AID = (
    article(
        "a300", "METI to give Rapidus 300 billion yen for plant", language="en", summary="Japan's METI plans aid for Rapidus."
    ),
    article(
        "a920",
        "METI to give Rapidus 920 billion yen for plant",
        language="en",
        outlet="Jiji",
        summary="Japan's METI plans aid for Rapidus.",
    ),
)
OTHERS = (
    article("naver", "네이버클라우드, 사우디에 AI 데이터센터 착공", summary="네이버클라우드가 리야드에서 기공식을 열었다."),
    article("kioxia", "キオクシア、北上工場で新メモリーの量産開始", language="ja", outlet="Asahi"),
    article("law", "Lawmakers debate copyright rules for training data", language="en", outlet="AP"),
    article("chip", "リベリオン、AI半導体の第2世代を台湾で生産へ", language="ja", outlet="Nikkei"),
)


def test_a_story_knows_each_outlets_first_report_and_its_lag() -> None:
    again = replace(OFFICE[1], id="ja2", published=NOON + timedelta(hours=5))
    undated = replace(OFFICE[0], id="ko2", outlet="Yonhap", published=None, first_seen=None)
    story = Story("s", (again, undated, *reversed(OFFICE)), ())
    assert [(one.id, lag) for one, lag in story.lags] == [(one.id, timedelta(hours=hours)) for hours, one in enumerate(OFFICE)]
    assert Story("s", (undated,), ()).lags == ()


def _stories(decisions: list[StoryDecision]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for decision in decisions:
        found.setdefault(decision.story_id, set()).add(decision.article_id)
    return {frozenset(members) for members in found.values()}


def _assigned(window: StoryWindow, one: Article) -> StoryDecision:
    (decision,) = window.assign_all([one])
    return decision


def test_one_event_is_one_story_in_three_languages() -> None:
    decisions = cluster([*OFFICE, *OTHERS])
    assert frozenset({"ko", "ja", "en"}) in _stories(decisions)
    assert len(_stories(decisions)) == 1 + len(OTHERS)


def test_reasons_name_what_is_shared_and_with_whom() -> None:
    joined = next(decision for decision in cluster(OFFICE) if decision.article_id == "ja")
    assert joined.joined
    assert "Upstage" in joined.reasons[0] and "tokyo" in joined.reasons[0]
    assert "업스테이지, 도쿄에 법인 설립" in joined.reasons[0] and "(ETNews)" in joined.reasons[0]


def test_another_amount_is_another_event() -> None:
    assert len(_stories(cluster(AID))) == 2


def test_a_converted_amount_is_the_same_amount() -> None:
    yen = article("yen", "METI grants Rapidus 300 billion yen for Hokkaido chip plant", language="en")
    dollars = article("usd", "METI grants Rapidus $2 billion for Hokkaido chip plant", language="en", outlet="Jiji")
    assert len(_stories(cluster([yen, dollars]))) == 1


def test_a_market_column_of_another_day_is_another_story() -> None:
    day = timedelta(days=1)
    columns = [
        article(f"c{n}", "上海株前引け 反発、AI関連に買い", language="ja", outlet="Nikkei", published=NOON + n * day)
        for n in (0, 1, 4)
    ]
    assert len(_stories(cluster(columns))) == 3


def test_plan_and_opening_are_two_stories_of_one_matter() -> None:
    plan = article(
        "plan", "OpenAI plans to open Tokyo office in spring", language="en", summary="OpenAI considers an office in Tokyo."
    )
    opening = article(
        "opening",
        "OpenAI opens Tokyo office",
        language="en",
        outlet="Kyodo",
        summary="OpenAI inaugurated its office in Tokyo on Monday.",
        published=NOON + timedelta(days=9),
    )
    window = StoryWindow()
    first, second = _assigned(window, plan), _assigned(window, opening)
    assert first.story_id != second.story_id
    assert second.matter == first.story_id
    assert "another stage" in second.reasons[0]
    assert [decision.matter for decision in cluster([opening, plan])] == [first.story_id, None]


def test_a_repeat_is_no_update_and_a_new_amount_is() -> None:
    window = StoryWindow()
    window.assign_all([article("first", "SoftBank to build AI data center in Sakai, Osaka", language="en")])
    repeat = article(
        "repeat", "SoftBank to build AI data center in Sakai", language="en", outlet="AP", published=NOON + timedelta(hours=5)
    )
    more = article(
        "more",
        "SoftBank to build AI data center in Sakai, Osaka for 1 trillion yen",
        language="en",
        outlet="Nikkei",
        published=NOON + timedelta(hours=6),
    )
    assert _assigned(window, repeat).joined and not _assigned(window, repeat).update
    decision = _assigned(window, more)
    assert decision.joined and decision.update
    assert "new amount: JPY 1tn" in decision.reasons


def test_story_ids_come_from_the_opening_article() -> None:
    assert {decision.story_id for decision in cluster(reversed(OFFICE))} == {story_id("ko")}
    assert cluster([]) == []


def test_a_window_rebuilt_from_the_store_goes_on_as_before() -> None:
    story = Story("s-kept", (OFFICE[0],), (), matter="m")
    window = StoryWindow([story])
    decision = _assigned(window, OFFICE[1])
    assert (decision.story_id, decision.joined, decision.matter) == ("s-kept", True, "m")
    assert _assigned(window, OFFICE[1]).story_id == "s-kept"
    assert len(window) == 2


def test_a_batch_is_grouped_before_it_meets_the_open_stories() -> None:
    window = StoryWindow()
    window.assign_all([OFFICE[0]])
    decisions = window.assign_all([OFFICE[2], OTHERS[0], OFFICE[1]])
    assert [decision.article_id for decision in decisions] == ["en", "naver", "ja"]
    assert {decisions[0].story_id, decisions[2].story_id} == {story_id("ko")}


def test_pruned_stories_are_closed() -> None:
    window = StoryWindow()
    window.assign_all([OFFICE[0]])
    window.prune(NOON - timedelta(days=1))
    assert len(window) == 1
    window.prune(NOON + timedelta(days=1))
    assert len(window) == 0
    assert not _assigned(window, OFFICE[1]).joined


def _undated(one: Article, **changes: Any) -> Article:
    return replace(one, published=None, first_seen=None, **changes)


def test_an_undated_article_joins_by_the_day_and_place_it_names_and_no_other_event() -> None:
    undated = [_undated(one) for one in OFFICE[1:]]
    decisions = {decision.article_id: decision for decision in cluster([OFFICE[0], *undated, *OTHERS, *AID])}
    assert decisions["ja"].story_id == decisions["ko"].story_id
    others = {decisions[one.id].story_id for one in (*OTHERS, *AID)}
    assert decisions["ja"].story_id not in others and decisions["en"].story_id not in others


def test_an_undated_article_of_another_year_stays_apart() -> None:
    before = _undated(
        OFFICE[1], id="before", summary="韓国のAI企業アップステージは2024年11月23日、東京に日本法人を設立したと発表した。"
    )
    assert len(_stories(cluster([OFFICE[0], before]))) == 2


def test_an_address_dates_an_undated_article() -> None:
    near = _undated(OFFICE[2], id="near", url="https://example.com/2026/11/23/upstage")
    far = _undated(OFFICE[2], id="far", url="https://example.com/2026/08/23/upstage")
    joined = {decision.article_id: decision.story_id for decision in cluster([OFFICE[0], near, far])}
    assert joined["near"] == joined["ko"] != joined["far"]


def test_a_report_from_before_the_day_or_without_the_figure_is_another() -> None:
    deal = article(
        "deal",
        "Nvidia to supply 260,000 GPUs to Korea",
        language="en",
        summary="Nvidia said on Nov 23 it will supply 260,000 GPUs to Samsung and SK Group in South Korea.",
    )
    same = article(
        "same", "엔비디아, 한국에 GPU 26만장 공급", summary="엔비디아가 23일 삼성과 SK그룹에 GPU 26만장을 공급한다고 밝혔다."
    )
    visit = article("visit", "엔비디아 젠슨 황, 방한 앞두고 삼성과 협력 강화", outlet="MT", published=NOON - timedelta(days=2))
    assert _stories(cluster([deal, same, visit])) == {frozenset({"deal", "same"}), frozenset({"visit"})}


@given(some.permutations([*OFFICE, *AID, *OTHERS]))
@settings(deadline=None, max_examples=30)
def test_the_order_of_a_file_does_not_matter(shuffled: list[Article]) -> None:
    assert _stories(cluster(shuffled)) == _stories(cluster([*OFFICE, *AID, *OTHERS]))


@given(
    some.permutations(
        [Article(one.id, one.title, one.summary, language=one.language, published=NOON) for one in (*OFFICE, *OTHERS)]
    )
)
@settings(deadline=None, max_examples=30)
def test_same_instant_arrivals_end_in_the_same_stories(arriving: list[Article]) -> None:
    window = StoryWindow()
    assert _stories([_assigned(window, one) for one in arriving]) == {frozenset({"ko", "ja", "en"})} | {
        frozenset({one.id}) for one in OTHERS
    }
