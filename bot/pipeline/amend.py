"""Puts right what was posted and turned out wrong: the message is edited, or, where it cannot be, its thread says so.

Decided by ``amendments``, planned in one transaction with the edition that it makes, posted by ``deliver`` like everything else.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot import log
from bot.errors import StoreError
from bot.locales import t
from bot.model import Amendment, CitedSentence, DeliveryState, Edition, Message, Posted, Reply, Source, Subscription, Summary
from bot.pipeline.amendments import Known, amended, cited
from bot.pipeline.overriding import WRONG
from bot.ports import Messenger
from bot.store import Store
from bot.store.amendments import Cursor, Step
from bot.store.overrides import Override

WITHIN = timedelta(days=7)  # what is older nobody reads any more
MAKING = timedelta(minutes=10)  # what an edition says was known when its making began, at most that long before it is planned
AT_ONCE = 10  # editions: reading them keeps the loop busy


class Amender:
    """Looks at posted editions whenever something happened to their stories; the first time at all of them, so that a restart
    loses nothing. What was put right the editions know themselves."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # When it was looked, and how far: the last time, and before that as long as MAKING goes back.
        self._looked: list[tuple[datetime, Cursor]] = []
        self._waiting: set[str] = set()  # editions that are being posted yet

    async def run(self, messengers: Mapping[str, Messenger], now: datetime) -> int:
        """Plan what there is to put right; how many editions that concerns."""
        ledger, reached = self._store.amendments, await self._store.amendments.cursor()
        concerned = {*await self._concerned(now), *self._waiting}
        waiting = await ledger.being_posted() & concerned if concerned else set()
        amended_ones = await self._amend_all(sorted(concerned - waiting), messengers, now)
        while len(self._looked) > 1 and self._looked[1][0] <= now - MAKING:
            del self._looked[0]
        self._looked.append((now, reached))
        self._waiting = waiting
        return amended_ones

    async def _concerned(self, now: datetime) -> Sequence[str]:
        """Keys of the editions to whose stories something happened: since the last look, or while they were being made."""
        ledger = self._store.amendments
        if not self._looked:
            return await ledger.keys(now - WITHIN)
        (begun, first), (_, last) = self._looked[0], self._looked[-1]
        lately = await ledger.touched(first)
        touched = await ledger.touched(last) if lately and last != first else lately
        earlier = await ledger.keys(now - WITHIN, lately, begun) if lately != touched else []
        return [*earlier, *(await ledger.keys(now - WITHIN, touched) if touched else [])]

    async def _amend_all(self, keys: Sequence[str], messengers: Mapping[str, Messenger], now: datetime) -> int:
        if not keys:
            return 0
        ledger = self._store.amendments
        subscriptions = {one.subscription.id: one.subscription for one in await self._store.subscriptions.all()}
        amended_ones = 0
        for start in range(0, len(keys), AT_ONCE):
            found = await ledger.load(keys[start : start + AT_ONCE])
            served = [one for one in found if one.channel.platform in messengers]
            known = await _known(self._store, served)
            for one in served:
                messenger, subscription = messengers[one.channel.platform], subscriptions.get(one.subscription_id)
                try:
                    amended_ones += await self._amend(one, known(one), messenger, subscription, now)
                except StoreError:
                    raise
                except Exception as error:  # noqa: BLE001 - edge of a job: one edition that fails must not stop the others
                    log.bug("amendment.failed", error, edition=one.key)
        return amended_ones

    async def _amend(
        self, posted: Posted, known: Known, messenger: Messenger, subscription: Subscription | None, now: datetime
    ) -> bool:
        edition, made = await asyncio.to_thread(amended, posted.edition, posted.done, known)
        if not made:
            return False
        steps = _steps(posted, edition, made, messenger, subscription)
        if not await self._store.amendments.plan(posted, edition, [one.key for one in made], steps, now):
            return False
        for one in made:
            words = {"line": one.line.text, "how": "edit" if steps and steps[0].edits else "answer"}
            log.event("edition.amended", edition=posted.key, platform=posted.channel.platform, kind=one.kind, **words)
        return True


def _steps(
    posted: Posted, edition: Edition, made: Sequence[Amendment], messenger: Messenger, subscription: Subscription | None
) -> list[Step]:
    """The messages that put it right: edits of those that now read differently, or an answer where the parts do not fit."""
    note = messenger.render_note(_note(edition, made), edition.language)
    answer = Message(note.payload, in_thread=True)
    before, after = (messenger.render(one, subscription) for one in (posted.edition, edition))
    if not len(before) == len(after) == len(posted.deliveries):
        return [Step(answer)] if posted.deliveries[0].external_id else []
    changed = [
        (one, new)
        for one, old, new in zip(posted.deliveries, before, after, strict=True)
        if _as_text(old) != _as_text(new) and one.state is DeliveryState.SENT and one.external_id
    ]
    steps = [Step(new, edits=one.id) for one, new in changed]
    if steps:
        steps[-1] = Step(steps[-1].message, steps[-1].edits, fallback=answer)
    return steps


def _as_text(message: Message) -> str:
    return json.dumps(dict(message.payload), sort_keys=True)


def _note(edition: Edition, made: Sequence[Amendment]) -> Reply:
    title = t(edition.language, "Correction")
    sentences = tuple(CitedSentence(f"{one.headline} — {one.line.text}", one.line.cites) for one in made)
    sources: dict[int, Source] = {number: source for one in made for number, source in one.sources.items()}
    ordered = tuple(sources[number] for number in sorted(sources))
    return Reply(title=title, summary=Summary(made[0].story_id, edition.language, title, sentences, ordered))


# ---- what is known now ----


async def _known(store: Store, found: Sequence[Posted]) -> Callable[[Posted], Known]:
    """What is known of the stories of these editions, read at once; for each with what it knew itself."""
    items = [item for posted in found for item in posted.edition.items]
    ids = list(dict.fromkeys(id for item in items for id in cited(item)))
    story_of = await store.stories.of_articles(ids)
    merged = await store.corrections.merged()
    homes = {*story_of.values(), *(merged.get(item.story_id, item.story_id) for item in items)}
    stories = {story.id: story for story in await store.stories.get(sorted(homes))}
    articles = {one.id: one for story in stories.values() for one in story.articles}
    articles |= {one.id: one for one in await store.articles.get(ids)}
    relevance = await store.articles.relevance(ids)
    facts, former = await store.facts.of_articles(list(articles)), await store.facts.former(ids)
    said = await store.overrides.of_stories([*stories, *(item.story_id for item in items)])

    def of(posted: Posted) -> Known:
        then = {id: next((one.facts for one in states if one.until > posted.known_at), None) for id, states in former.items()}
        return Known(
            articles=articles,
            stories=stories,
            story_of=story_of,
            relevant={id for id in ids if id not in relevance or relevance[id].relevant},
            facts=facts,
            before={id: then.get(id) or facts.get(id, ()) for id in ids},
            wrong={id: _wrong(overrides, posted) for id, overrides in said.items()},
            merged=merged,
        )

    return of


def _wrong(overrides: Sequence[Override], posted: Posted) -> set[str]:
    """Quotes of the amounts that an editor of the same workspace called wrong, and did not take back."""
    place, verdicts = (posted.channel.platform, posted.channel.workspace), dict[str, bool]()
    for one in overrides:
        if one.what == "amount" and (one.platform, one.workspace) == place and len(one.value) > 1:
            verdicts[one.value[0]] = one.value[1] == WRONG
    return {quote for quote, is_wrong in verdicts.items() if is_wrong}
