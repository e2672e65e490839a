"""Cuts work that touches many workspaces or feeds into lanes: jobs of which each has its own part, the same in every process."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from bot.model import Feed, Subscription
from bot.work import Job, lane_of

FEEDS_A_LANE = 64
MOST_POLLS = 16
COMPOSITIONS = 8  # what many channels want alike is composed once a job: few big ones

_Part = TypeVar("_Part")


def delivery_jobs(name: str, places: Collection[tuple[str, str]], lanes: int) -> list[Job]:
    """Jobs to deliver or reconcile in ``places`` (platform, workspace). All of one workspace is in one job at a time, which keeps
    its order and pace; each platform has workers of its own."""
    parts: dict[tuple[str, int], list[str]] = defaultdict(list)
    for platform, workspace in places:
        parts[platform, lane_of(lanes, workspace)].append(workspace)
    jobs = []
    for (platform, lane), workspaces in sorted(parts.items()):
        arguments = {"platform": platform, "workspaces": sorted(workspaces)}
        key = f"{name}/{platform}/{lane}"
        jobs.append(Job(name, arguments, lock=key, once=key, queue=platform))
    return jobs


def compose_jobs(due: Sequence[Subscription], lanes: int) -> list[Job]:
    """Jobs to compose for subscriptions, those of one channel in one."""
    number = min(lanes, COMPOSITIONS)
    parts = _parts((lane_of(number, one.channel.platform, one.channel.workspace), one.id) for one in due)
    return [
        Job("compose", {"subscriptions": sorted(ids)}, lock=f"compose/{lane}", once=f"compose/{lane}")
        for lane, ids in sorted(parts.items())
    ]


def poll_jobs(due: Collection[Feed], of: int, lanes: int) -> list[Job]:
    """Jobs to poll the feeds that are ``due``, where there are ``of`` in all."""
    number = min(lanes, MOST_POLLS, max(1, math.ceil(of / FEEDS_A_LANE)))
    wanted = sorted({lane_of(number, feed.id) for feed in due})
    return [Job("poll", {"lane": lane, "lanes": number}, lock=f"poll/{lane}", once=f"poll/{lane}/{number}") for lane in wanted]


def in_lane(feeds: Sequence[Feed], lane: int, lanes: int) -> list[Feed]:
    """The feeds of one lane."""
    return [feed for feed in feeds if lane_of(lanes, feed.id) == lane]


def _parts(found: Iterable[tuple[int, _Part]]) -> dict[int, list[_Part]]:
    parts: dict[int, list[_Part]] = defaultdict(list)
    for lane, one in found:
        parts[lane].append(one)
    return parts
