"""Daily jobs: once a day whoever starts them, copies that rotate, a look at everything that tells each new finding once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot import clock
from bot.app import App, opened
from bot.chores import Chores
from bot.config import Settings
from bot.jobs import once_a_day
from bot.model import Channel, Subscription
from bot.store import Store
from bot.store.jobs import Found
from tests.builders import NOON

DAY = timedelta(days=1)
OURS = Subscription("ours", Channel("slack", "C1", "T1"), (time(8),), language="ko", owner="U1")
THEIRS = replace(OURS, id="theirs", channel=Channel("slack", "C2", "T2"), owner="")


async def _well() -> list[tuple[str, str]]:
    return []


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3", backup_dir=f"{tmp_path}/copies", backup_keep=2)
    async with opened(settings, lambda: ()) as found:
        yield found


# ---- once a day ----


async def test_a_daily_job_is_begun_once_a_day_by_whichever_process(app: App) -> None:
    jobs = app.store.jobs
    both = await asyncio.gather(*(jobs.claim("rates", NOON, DAY) for _ in range(5)))
    assert sorted(both) == [False] * 4 + [True]
    assert not await jobs.claim("rates", NOON + DAY - timedelta(seconds=1), DAY)
    assert await jobs.claim("other", NOON, DAY)
    assert await jobs.claim("rates", NOON + DAY, DAY)


async def test_one_that_fails_is_due_again_in_an_hour_and_not_before(app: App) -> None:
    runs = 0

    async def fails() -> None:
        nonlocal runs
        runs += 1
        raise RuntimeError("broken on purpose")

    with pytest.raises(RuntimeError):
        await once_a_day(app.store, "fails", fails)
    await once_a_day(app.store, "fails", fails)
    assert runs == 1
    begun = await app.store.jobs.began("fails")
    assert begun is not None and timedelta(minutes=59) < begun + DAY - clock.now() <= timedelta(hours=1)


async def test_jobs_that_nobody_asked_for_do_not_run(app: App) -> None:
    assert set(Chores(app, _well).daily()) == {"probe", "purge", "backup"}
    asked = replace(app, settings=replace(app.settings, retention_days=30, backup_dir=""))
    assert set(Chores(asked, _well).daily()) == {"probe", "purge", "retention"}


# ---- copies ----


async def test_copies_are_whole_and_the_oldest_go(app: App, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "bot-20200101T000000Z.sqlite3").write_text("old")
    (folder / "bot-20200102T000000Z.sqlite3").write_text("old")
    (folder / ".bot-20200103T000000Z.sqlite3.part").write_text("cut off")
    (folder / "notes.txt").write_text("mine")
    await app.store.subscriptions.sync([OURS])

    await Chores(app, _well).backup()

    names = sorted(path.name for path in folder.iterdir())
    assert names[0] == "bot-20200102T000000Z.sqlite3" and names[-1] == "notes.txt" and len(names) == 3
    copy = await Store.open(f"sqlite:///{folder / names[1]}")
    assert await copy.subscriptions.active() == [OURS] and await copy.upkeep.damage() == []
    await copy.close()


# ---- workspaces that left ----


async def test_a_workspace_is_forgotten_after_its_grace_and_no_other(app: App) -> None:
    await app.store.subscriptions.sync([OURS, THEIRS])
    now = clock.now()
    await app.store.workspaces.left("slack", "T1", now - timedelta(days=app.settings.grace_days, minutes=1))
    await app.store.workspaces.left("slack", "T2", now - timedelta(days=app.settings.grace_days) + timedelta(minutes=1))
    await Chores(app, _well).purge()
    assert [one.subscription for one in await app.store.subscriptions.all()] == [THEIRS]


async def test_leases_that_ended_long_ago_are_forgotten_and_those_of_today_are_not(app: App) -> None:
    leases = app.store.leases
    await leases.take("summary/old", "a", -2 * 86_400)
    await leases.take("summary/new", "a", -60)
    await Chores(app, _well).purge()
    old, new = await leases.take("summary/old", "b", 60), await leases.take("summary/new", "b", 60)
    assert old and new and (old.number, new.number) == (1, 2)


# ---- a look at everything ----


async def test_what_is_newly_wrong_is_told_once_to_the_owner_or_the_operator(app: App) -> None:
    await app.store.subscriptions.sync([OURS, THEIRS])
    wrong = [("slack C1", "the history cannot be read, xoxb-1234567890-secret"), ("model", "does not answer")]

    async def examine() -> list[tuple[str, str]]:
        return wrong

    chores = Chores(app, examine)
    await chores.probe()
    owner, operator = sorted(await app.store.notices.due(clock.now()), key=lambda one: one.person, reverse=True)
    assert (owner.platform, owner.workspace, owner.person, owner.subject) == ("slack", "T1", "U1", "slack C1")
    assert owner.reply.title == "매일 점검에서 바로잡을 것이 발견되었습니다"
    assert owner.reply.paragraphs == ("• slack C1: the history cannot be read, ***",)
    assert (operator.person, operator.reply.paragraphs) == ("", ("• model: does not answer",))
    await chores.probe()
    assert len(await app.store.notices.due(clock.now())) == 2
    wrong.append(("slack C2", "not a member"))
    await chores.probe()
    assert len(await app.store.notices.due(clock.now())) == 3


async def test_findings_are_shown_to_the_workspace_they_concern_and_go_when_they_are_put_right(app: App) -> None:
    await app.store.subscriptions.sync([OURS, THEIRS])
    wrong = [("slack C1", "not a member"), ("disk", "full")]

    async def examine() -> list[tuple[str, str]]:
        return wrong

    chores = Chores(app, examine)
    await chores.probe()
    assert await app.store.jobs.findings_for("slack", "T1") == [Found("slack C1", "not a member", OURS.channel)]
    assert await app.store.jobs.findings_for("slack", "T2") == []
    assert {one.what for one in await app.store.jobs.findings()} == {"slack C1", "disk"}
    wrong.clear()
    await chores.probe()
    assert await app.store.jobs.findings() == []


async def test_a_suspended_channels_owner_is_not_told_twice(app: App) -> None:
    await app.store.subscriptions.sync([OURS])
    await app.store.subscriptions.suspend("ours", "not_in_channel")

    async def examine() -> list[tuple[str, str]]:
        return [("slack C1", "not a member")]

    await Chores(app, examine).probe()
    (notice,) = await app.store.notices.due(clock.now())
    assert notice.person == ""
