"""What each kind of process does, and lanes: work cut into parts that every process cuts alike."""

from datetime import time

import pytest

from bot.config import Settings
from bot.errors import ConfigError
from bot.kinds import KINDS, kind_of
from bot.lanes import compose_jobs, delivery_jobs, in_lane, poll_jobs
from bot.model import Channel, Subscription
from tests.builders import feed

SERVER, FILE = Settings(database_url="postgresql://db/bot", http_port=8080), Settings(http_port=8080)


@pytest.mark.parametrize(
    ("only", "ticks", "works", "listens", "web"),
    [
        ("", True, True, {"slack", "discord"}, True),
        ("schedule", True, False, set(), False),
        ("worker", False, True, set(), False),
        ("slack", False, False, {"slack"}, False),
        ("discord", False, False, {"discord"}, False),
        ("web", False, False, set(), True),
    ],
)
def test_on_a_server_each_kind_does_its_part(only: str, ticks: bool, works: bool, listens: set[str], web: bool) -> None:
    kind = kind_of(SERVER, only)
    assert (kind.ticks, kind.works, kind.listens, kind.web) == (ticks, works, listens, web)
    assert kind.shares and not kind.alone and kind.answers == bool(web or listens)


def test_the_kinds_together_do_all_that_one_process_does() -> None:
    parts = [kind_of(SERVER, only) for only in KINDS]
    whole = kind_of(SERVER)
    for what in ("ticks", "works", "web"):
        assert sum(getattr(one, what) for one in parts) == getattr(whole, what)
    assert frozenset[str]().union(*(one.listens for one in parts)) == whole.listens


def test_on_a_file_a_worker_does_all_but_http_and_the_rest_is_refused_with_a_reason() -> None:
    worker, web, whole = (kind_of(FILE, only) for only in ("worker", "web", ""))
    assert worker.alone and worker.listens == {"slack", "discord"} and not worker.web
    assert whole.alone and whole.web and not web.alone and web.web
    for only in ("schedule", "slack", "discord"):
        with pytest.raises(ConfigError, match=f"--only {only}: needs PostgreSQL"):
            kind_of(FILE, only)


@pytest.mark.parametrize("settings", [Settings(), Settings(database_url="postgresql://db/bot")])
def test_a_web_process_needs_a_port(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="BOT_HTTP_PORT: missing"):
        kind_of(settings, "web")


# ---- lanes ----


def test_deliveries_of_one_workspace_are_in_one_job_and_each_platform_has_workers_of_its_own() -> None:
    places = {(platform, f"T{number}") for platform in ("slack", "discord") for number in range(500)}
    jobs = delivery_jobs("deliver", places, 64)
    assert len(jobs) == 128 and len({job.lock for job in jobs}) == 128
    found = [(job.arguments["platform"], workspace) for job in jobs for workspace in job.arguments["workspaces"]]
    assert sorted(found) == sorted(places)
    assert all(job.queue == job.arguments["platform"] and job.lock == job.once for job in jobs)
    alone = delivery_jobs("deliver", {("slack", "T7")}, 64)
    assert alone[0].lock in {job.lock for job in jobs if "T7" in job.arguments["workspaces"]}


def test_the_subscriptions_of_a_channel_are_composed_in_one_job() -> None:
    due = [
        Subscription(f"s{number}-{part}", Channel("slack", "C1", f"T{number}"), (time(9),))
        for number in range(90)
        for part in (1, 2)
    ]
    jobs = compose_jobs(due, 64)
    assert 1 < len(jobs) <= 8
    for number in range(90):
        assert sum({f"s{number}-1", f"s{number}-2"} <= set(job.arguments["subscriptions"]) for job in jobs) == 1
    assert len(compose_jobs(due, 1)) == 1 and compose_jobs([], 64) == []


def test_a_feed_is_in_one_lane_and_lanes_without_due_feeds_are_left_alone() -> None:
    feeds = [feed(f"f{number}") for number in range(300)]
    jobs = poll_jobs(feeds, len(feeds), 64)
    polled = [one.id for job in jobs for one in in_lane(feeds, **job.arguments)]
    assert sorted(polled) == sorted(one.id for one in feeds) and len(jobs) == 5
    (only,) = poll_jobs(feeds[:1], len(feeds), 64)
    assert feeds[0] in in_lane(feeds, **only.arguments)
    assert len(poll_jobs(feeds[:10], 10, 64)) == 1
