"""Marks by which kept results are known to be old, and stories without their texts."""

import asyncio
from datetime import timedelta

from bot.model import Channel, Relevance, StoryDecision, Topic
from bot.store.overrides import Override
from tests.builders import NOON, article


async def test_the_mark_moves_with_everything_that_a_page_shows(store) -> None:
    marks = [await store.changes.mark()]
    await store.articles.add([article("a1")])
    marks.append(await store.changes.mark())
    await store.stories.save([StoryDecision("a1", "s1", False)], [article("a1")], NOON)
    marks.append(await store.changes.mark())
    await store.stories.save([StoryDecision("a1", "s1", True)], [article("a1")], NOON + timedelta(minutes=1))
    marks.append(await store.changes.mark())
    await store.overrides.add(Channel("slack", "C1", "T1"), Override("s1", "topic", ("policy",), "U1", NOON))
    marks.append(await store.changes.mark())
    assert len(set(marks)) == len(marks)
    assert await store.changes.mark() == marks[-1]


async def test_outlines_are_the_newest_stories_first(store) -> None:
    reports = [article(f"a{n}", published=NOON - timedelta(days=n)) for n in range(4)]
    await store.articles.add(reports)
    judged = {one.id: Relevance(0.5, True, (Topic.CHIPS,), ("KR",), None, (one.id,)) for one in reports}
    await store.articles.save_relevance(judged)
    decisions = [
        StoryDecision("a0", "s0", False),
        StoryDecision("a1", "s0", True),
        StoryDecision("a2", "s2", False),
        StoryDecision("a3", "s3", False),
    ]
    await store.stories.save(decisions, reports, NOON)
    outlines = await store.stories.outlines(2)
    assert [one.id for one in outlines] == ["s0", "s2"]
    assert [found.entities for found in outlines[0].relevances] == [("a1",), ("a0",)]
    assert (outlines[0].first_at, outlines[0].last_at, outlines[0].touched_at) == (NOON - timedelta(days=1), NOON, NOON)
    assert [one.id for one in await store.stories.outlines(9, NOON - timedelta(days=2))] == ["s0", "s2"]


async def test_a_snapshot_sees_one_state_and_other_tasks_read_beside_it(store) -> None:
    async def count() -> int:
        return (await store.articles.extent())[1]

    await store.articles.add([article("a1")])
    async with store.snapshot():
        assert await count() == 1
        await store.articles.add([article("a2")])
        assert await count() == 1
        beside = [asyncio.create_task(count()) for _ in range(3)]
        assert await asyncio.gather(*beside) == [2, 2, 2]
        assert await count() == 1
    assert await count() == 2
