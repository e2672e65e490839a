"""Tells people what concerns them: the owner that a subscription was suspended, the operator that messages are held.

Each thing once, several for one person in one message. Whoever cannot be told leaves it to the operator, who has the log and
``bot status`` besides.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot import log
from bot.errors import DeliveryError
from bot.locales import t
from bot.model import Delivery, Reply, Subscription
from bot.ports import Messenger
from bot.store import Store
from bot.store.ids import short_id
from bot.store.notices import Notice, soon

TELL_LIMIT = 60.0
SETTLE = 60.0
SHOWN = 10
MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs the bot: a person's id on a platform, or "#" and a channel's."""

    platform: str
    workspace: str
    person: str


def operator_of(setting: str) -> Operator | None:
    """Who BOT_OPERATOR names, such as slack:U0123ABCD, slack:T0TEAM/#C0123 or discord:1234567890."""
    platform, _, place = setting.partition(":")
    workspace, _, person = place.rpartition("/")
    return Operator(platform, workspace, person) if person else None


def suspended(subscription: Subscription, reason: str, cure: str, cause: str) -> Notice:
    """What the owner is told when a platform refused ``cause``, a message of the subscription, for good."""
    language, channel = subscription.language, subscription.channel
    times = ", ".join(f"{at:%H:%M}" for at in subscription.times)
    where = t(
        language,
        "The briefing at {times} ({zone}) in channel {channel} has stopped: the platform refuses its messages.",
        times=times,
        zone=subscription.time_zone,
        channel=channel.id,
    )
    lines = [where, f"• {reason}", *([f"• {t(language, cure)}"] if cure else [])]
    lines.append(t(language, "Nothing was deleted. When it is put right, /brief resume in the channel starts it again."))
    reply = Reply(title=t(language, "A briefing has stopped"), paragraphs=tuple(lines))
    id = short_id(f"suspended|{subscription.id}|{cause}")
    return Notice(id, channel.platform, channel.workspace, subscription.owner, subscription.id, reply)


def held(delivery: Delivery, reason: str) -> Notice:
    """What the operator is told of a message that waits for a decision."""
    place = f"{delivery.channel.platform}:{delivery.channel.workspace}/{delivery.channel.id}"
    line = f"• {delivery.edition_key}, part {delivery.part + 1} ({place}): {reason}. `bot outbox` decides"
    reply = Reply(title="Messages are held", paragraphs=(line,))
    channel = delivery.channel
    return Notice(short_id(f"held|{delivery.id}"), channel.platform, channel.workspace, "", delivery.id, reply)


async def tell_due(store: Store, messengers: Mapping[str, Messenger], operator: Operator | None, now: datetime) -> int:
    """Tell everybody what there is to tell; how many messages that took. One who fails stops no other."""
    told = 0
    for (platform, workspace, person), found in _by_person(await store.notices.due(now), operator).items():
        messenger = messengers.get(platform)
        if not person:
            for one in found:
                await _give_up(store, one, "nobody is set to be told (BOT_OPERATOR)", operator, now)
        elif messenger:
            told += await _tell(store, messenger, Operator(platform, workspace, person), operator, found, now)
    return told


def _by_person(found: Sequence[Notice], operator: Operator | None) -> dict[tuple[str, str, str], list[Notice]]:
    people: dict[tuple[str, str, str], list[Notice]] = defaultdict(list)
    for one in found:
        addressee = (one.platform, one.workspace, one.person)
        if not one.person and operator:
            addressee = (operator.platform, operator.workspace, operator.person)
        people[addressee].append(one)
    return people


async def _tell(
    store: Store, messenger: Messenger, to: Operator, operator: Operator | None, found: Sequence[Notice], now: datetime
) -> bool:
    # One whose fate is unknown is repeated by itself and word for word; what is new then comes with the next message.
    begun = [one for one in found if one.first_at]
    carrier, others = (begun[0], ()) if begun else (_together(found), tuple(one.id for one in found[1:]))
    if not await store.notices.claim(carrier, others, now, now + timedelta(seconds=TELL_LIMIT + SETTLE)):
        return False
    try:
        async with asyncio.timeout(TELL_LIMIT):
            await messenger.tell(to.workspace, to.person, carrier.reply, carrier.id, carrier.first_at)
    except DeliveryError as error:
        await _not_told(store, carrier, error, operator, now)
        return False
    except TimeoutError:
        await _not_told(store, carrier, DeliveryError("no answer in time", posted=None), operator, now)
        return False
    await store.notices.told(carrier.id)
    log.event("notice.told", notice=carrier.id, platform=carrier.platform, subject=carrier.subject, with_it=len(others))
    return True


def _together(found: Sequence[Notice]) -> Notice:
    first = found[0]
    if len(found) == 1:
        return first
    lines = [line for one in found[:SHOWN] for line in one.reply.paragraphs]
    more = len(found) - SHOWN
    if more > 0:
        lines.append(f"… +{more}")
    return replace(first, reply=replace(first.reply, paragraphs=tuple(dict.fromkeys(lines))))


async def _not_told(store: Store, one: Notice, error: DeliveryError, operator: Operator | None, now: datetime) -> None:
    unclear = error.posted is None
    if (error.permanent and not unclear) or one.attempts + 1 >= MOST_ATTEMPTS:
        await _give_up(store, one, str(error), operator, now)
        return
    wait = timedelta(seconds=error.retry_after or 0.0)
    surely_not = not unclear and one.first_at is None
    await store.notices.later(one.id, max(soon(now, one.attempts), now + wait), str(error), surely_not=surely_not)
    log.event("notice.retry", notice=one.id, platform=one.platform, reason=str(error))


async def _give_up(store: Store, one: Notice, reason: str, operator: Operator | None, now: datetime) -> None:
    """Leave it to the operator, or where there is none to the log and the status."""
    if one.person and operator:
        await store.notices.hand_on(one.id, now, reason)
    else:
        await store.notices.failed(one.id, reason)
        said = " ".join(one.reply.paragraphs)
        log.warning("notice.untold", notice=one.id, platform=one.platform, subject=one.subject, reason=reason, said=said)
