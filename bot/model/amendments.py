"""What is put right in a briefing that was posted already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.model.channels import Channel, Delivery
from bot.model.editions import CitedSentence, Edition, Source


@dataclass(frozen=True, slots=True)
class Posted:
    """An edition as people see it now. ``deliveries``: its messages, in order; ``known_at``: it tells what was known then.

    ``done``: keys of what was put right in it before; ``revision``: how often that happened; ``next_part``: the number of the
    next message.
    """

    key: str
    subscription_id: str
    channel: Channel
    edition: Edition
    deliveries: tuple[Delivery, ...]
    known_at: datetime
    done: tuple[str, ...] = ()
    revision: int = 0
    next_part: int = 0


@dataclass(frozen=True, slots=True)
class Amendment:
    """One thing put right: ``line`` says what was shown and what holds, with its ``sources``. ``key`` names it once and for all.

    ``kind``: amount, stage, date, actor, withdrawn, split or merged.
    """

    key: str
    kind: str
    story_id: str
    headline: str
    line: CitedSentence
    sources: Mapping[int, Source]
