"""What editors of a workspace said of a story itself (topic, countries, amounts) in the place of what the machine found."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from bot.model import Amount, Channel, Relevance, Story, Topic
from bot.pipeline import story_amounts
from bot.store import Store
from bot.store.overrides import Override

WRONG = "wrong"

Said = Mapping[str, Sequence[Override]]  # by story: what the editors of one workspace said of it


async def overridden(store: Store, place: Channel, stories: Sequence[Story]) -> tuple[list[Story], Said]:
    """``stories`` as the editors of this workspace see them, and what they said, by story."""
    made = await store.overrides.of_stories([story.id for story in stories], place)
    return of_stories(stories, made), made


async def by_workspace(store: Store, story_ids: Collection[str]) -> dict[tuple[str, str], Said]:
    """What was said of these stories, by the workspace (platform, id) of those who said it."""
    found: dict[tuple[str, str], dict[str, list[Override]]] = {}
    for story_id, made in (await store.overrides.of_stories(story_ids)).items():
        for one in made:
            found.setdefault((one.platform, one.workspace), {}).setdefault(story_id, []).append(one)
    return {**found}


def of_stories(stories: Iterable[Story], made: Said) -> list[Story]:
    """Each as ``of_story``."""
    return [of_story(story, made.get(story.id, ())) for story in stories]


def of_story(story: Story, made: Sequence[Override]) -> Story:
    """The story with its topic and countries as the latest overrides have them."""
    latest = {one.what: one.value for one in made}
    topic = next((Topic(value) for value in latest.get("topic", ()) if value in set(Topic)), None)
    countries = latest.get("countries")
    if topic is None and countries is None:
        return story
    return replace(story, relevances=tuple(_of_relevance(one, topic, countries) for one in story.relevances))


def _of_relevance(one: Relevance, topic: Topic | None, countries: tuple[str, ...] | None) -> Relevance:
    if topic:
        one = replace(one, topics=(topic,), reasons=(*one.reasons, f"topic {topic} by an editor"))
    if countries is not None:
        kept = one.direction if one.direction and set(one.direction.split("→")) <= set(countries) else None
        reason = f"countries {', '.join(countries)} by an editor"
        one = replace(one, countries=countries, direction=kept, reasons=(*one.reasons, reason))
    return one


def amounts_of(made: Said) -> Callable[[Story], tuple[Amount, ...]]:
    """What ``digest.select`` takes: the amounts of a story as editors left them; ``made``: what they said, by story."""
    return lambda story: of_amounts(story_amounts.of_story(story), made.get(story.id, ()))


def of_amounts(amounts: Sequence[Amount], made: Sequence[Override]) -> tuple[Amount, ...]:
    """``amounts``, a main one with its conversions behind it, as editors left them."""
    said = {one.value[0]: one.value[1] for one in made if one.what == "amount" and len(one.value) == 2}
    if amounts and said.get(amounts[0].quote) == WRONG:
        return ()  # the rest only restates it
    kept = [one for one in amounts if said.get(one.quote) != WRONG]
    return tuple(replace(one, role=said.get(one.quote, one.role)) for one in kept)
