"""Stories with their articles and relevances, and the summaries written of them."""

from datetime import timedelta

from bot.model import Relevance, Story, StoryDecision, Topic
from bot.store import Store
from tests.builders import NOON, article

HOUR = timedelta(hours=1)
RELEVANT = Relevance(0.8, True, (Topic.EXPANSION,))
FIRST, SECOND, OTHER = (article(f"a{hour}", published=NOON + hour * HOUR, first_seen=NOON + 2 * HOUR) for hour in range(3))


async def _filled(store: Store) -> None:
    """Story s1 of SECOND and FIRST, story s2 of OTHER, learned of an hour after the other."""
    await store.articles.add([FIRST, SECOND, OTHER])
    await store.articles.save_relevance({FIRST.id: RELEVANT, OTHER.id: RELEVANT})
    opens, joins = (
        StoryDecision("a1", "s1", False, reasons=("new",)),
        StoryDecision("a0", "s1", True, matter="m1", reasons=("same",)),
    )
    await store.stories.save([opens, joins], [FIRST, SECOND], NOON + 2 * HOUR)
    await store.stories.save([StoryDecision("a2", "s2", False)], [OTHER], NOON + 3 * HOUR)


async def test_a_story_has_its_articles_earliest_first_with_their_relevances(store: Store) -> None:
    await _filled(store)

    story = Story("s1", (FIRST, SECOND), (RELEVANT, Relevance(0.0, False)), "m1")
    assert await store.stories.get(["s2", "none", "s1"]) == [Story("s2", (OTHER,), (RELEVANT,)), story]
    assert await store.stories.of_article("a0") == "s1"
    assert await store.stories.of_articles(["a0", "a2", "none"]) == {"a0": "s1", "a2": "s2"}
    assert await store.stories.reasons(["a0", "a1"]) == {"a0": ("same",), "a1": ("new",)}


async def test_the_open_window_goes_by_the_latest_report(store: Store) -> None:
    await _filled(store)

    assert [story.id for story in await store.stories.open_window(NOON + HOUR)] == ["s1", "s2"]
    assert [story.id for story in await store.stories.open_window(NOON + HOUR + HOUR / 2)] == ["s2"]


async def test_an_edition_chooses_by_when_we_learned_so_that_a_late_report_is_not_lost(store: Store) -> None:
    await _filled(store)
    late = article("late", published=NOON - 5 * HOUR)
    await store.articles.add([late])
    await store.stories.save([StoryDecision("late", "s1", True, update=True)], [late], NOON + 9 * HOUR)

    assert await store.stories.updates(["s1", "s2"]) == {"late"}
    assert await store.stories.updates(["s2"]) == set()

    async def touched(since: float, until: float) -> list[str]:
        return [story.id for story in await store.stories.touched_between(NOON + since * HOUR, NOON + until * HOUR)]

    assert await touched(8, 10) == ["s1"]
    assert await touched(2, 3) == ["s1"]
    assert await touched(2, 4) == ["s1", "s2"]
    assert await touched(4, 9) == []


async def test_an_article_that_is_moved_leaves_its_old_story(store: Store) -> None:
    await _filled(store)

    await store.stories.save([StoryDecision("a1", "s2", True)], [SECOND], NOON + 4 * HOUR)

    one, two = await store.stories.get(["s1", "s2"])
    assert [[found.id for found in story.articles] for story in (one, two)] == [["a0"], ["a1", "a2"]]
    assert [story.id for story in await store.stories.open_window(NOON + HOUR / 2)] == ["s2"]


async def test_a_story_stays_whole_however_many_are_read_at_once(store: Store) -> None:
    reports = [article(f"b{number:04}", published=NOON) for number in range(1_100)]  # two parts of what is read, and more
    await store.articles.add(reports)
    decisions = [StoryDecision(one.id, f"s{number // 3:03}", number % 3 > 0) for number, one in enumerate(reports)]
    await store.stories.save(decisions, reports, NOON)
    found = await store.stories.touched_between(NOON, NOON + HOUR)
    assert [[one.id for one in story.articles] for story in found] == [
        [one.id for one in reports[first : first + 3]] for first in range(0, 1_100, 3)
    ]
    assert [one.id for one in await store.articles.get([one.id for one in reports])] == [one.id for one in reports]
