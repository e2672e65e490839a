"""What whoever runs the bot is told: how it stands, who changed what, and what it stands on."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from bot import clock, doctor, operations, standing, surroundings
from bot.config import Settings
from bot.errors import UserError
from bot.model import Channel, Edition, FeedMemory, Message, Slot, Subscription
from bot.pipeline.deliver import deliver_due
from bot.pipeline.notices import tell_due
from bot.store import Store
from bot.store.audit import Change
from tests.builders import NOON, feed
from tests.pipeline.test_notices import Telling

SECRET = "xoxb-1234567890-ABCDEFGHIJKL"


@pytest.fixture
async def settings(tmp_path: Path) -> AsyncIterator[Settings]:
    """A bot that two channels refuse and whose third holds a message, with a failing feed and a change of settings."""
    rows = [{"id": "bad", "name": "Bad", "url": "http://127.0.0.1:1/f", "language": "ko", "country": "KR", "kind": "press"}]
    rows[0] |= {"tier": 2, "time_zone": "Asia/Seoul"}
    (tmp_path / "feeds.yaml").write_text(yaml.safe_dump({"feeds": rows}))
    made = Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3", feeds_file=tmp_path / "feeds.yaml")
    store = await Store.open(made.database_url)
    await store.feeds.save([FeedMemory("bad", "http://127.0.0.1:1/f", failures=3, last_error="404 Not Found")])
    for id in ("one", "two", "old"):
        subscription = Subscription(id, Channel("slack", f"C{id}", "T1"), (time(8),))
        slot = Slot(id, date(2026, 11, 23), time(8), NOON)
        await store.subscriptions.add(subscription)
        planned = NOON - timedelta(days=2) if id == "old" else NOON
        edition = Edition(slot.key, "en", "UTC", NOON, NOON, ())
        await store.editions.plan(slot, subscription, edition, [Message({"text": id})], planned)
    await deliver_due(store, {"slack": Telling()}, NOON)
    await tell_due(store, {"slack": Telling()}, None, NOON + timedelta(minutes=1))
    await store.audit.add(Channel("slack", "C1", "T1"), [Change(NOON, "U1", "settings.language", "en", "ko")])
    await store.audit.add(Channel("slack", "C1", "T2"), [Change(NOON, "U2", "settings.note", None, f"[bold]{SECRET}")])
    await store.close()
    yield made


async def test_the_status_says_what_an_operator_has_to_know(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    await standing.status(settings, as_json=True)
    lines = {one["what"]: one for one in json.loads(capsys.readouterr().out)}
    assert set(lines) == {
        *("version", "last run", "feeds", "queue", "deliveries", "subscriptions", "notices", "model", "last backup")
    }
    assert lines["queue"]["words"].startswith("none")
    assert lines["deliveries"]["words"] == "1 held, 2 dead" and "bot outbox" in lines["deliveries"]["items"][0]
    assert lines["subscriptions"]["words"] == "1 of 3 active"
    assert [item.split(":")[0] for item in lines["subscriptions"]["items"]] == ["one is suspended", "two is suspended"]
    assert "3 could not be told to anybody" in lines["notices"]["words"]
    assert lines["feeds"]["items"] == ["bad: 404 Not Found (3×)"]
    assert lines["deliveries"]["alarming"] and not lines["model"]["alarming"]

    await standing.status(settings, as_json=False)
    assert "is_archived" in capsys.readouterr().out


async def test_the_doctor_names_a_feed_that_fails(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert await doctor.examine(replace(settings, fetch_allow_loopback=True), as_json=True) == 1
    found = {one["what"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["feeds"]["state"] == "bad" and "first bad" in found["feeds"]["words"]
    assert found["deliveries"]["state"] == "bad" and "one is suspended" in found["deliveries"]["words"]
    assert (found["disk"]["state"], found["database"]["state"]) == ("good", "good")


async def test_a_copy_is_known_by_its_time(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await operations.backup(settings, tmp_path / "copy.sqlite3")
    capsys.readouterr()
    await standing.status(settings, as_json=True)
    [line] = [one for one in json.loads(capsys.readouterr().out) if one["what"] == "last backup"]
    assert line["words"].startswith(f"{clock.now():%Y-%m-%d}")


async def test_the_log_of_changes_is_read_by_workspace_and_shows_no_secret(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await standing.audit(settings, None, 50, as_json=True)
    out = capsys.readouterr().out
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["workspace"], row["person"], row["what"]) for row in rows] == [
        ("slack:T2", "U2", "settings.note"),
        ("slack:T1", "U1", "settings.language"),
    ]
    assert rows[1]["before"] == "en" and rows[1]["after"] == "ko" and SECRET not in out
    await standing.audit(settings, "slack:T1", 50, as_json=False)
    shown = capsys.readouterr().out
    assert "U1" in shown and "U2" not in shown
    with pytest.raises(UserError, match="slack:TEAM"):
        await standing.audit(settings, "T1", 50, as_json=False)


def test_room_on_the_disk(tmp_path: Path) -> None:
    made = Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3")
    assert surroundings.disk(made)[0] == "good"
    assert surroundings.disk(made, room=10**18) == ("bad", surroundings.disk(made)[1] + ": make room, or set BOT_RETENTION_DAYS")
    assert surroundings.disk(Settings(database_url="postgresql://localhost/bot"))[0] == "off"
    assert "make the folder" in surroundings.disk(Settings(database_url=f"sqlite:///{tmp_path}/no/such/bot.sqlite3"))[1]


@pytest.mark.parametrize(("hours", "state"), [(0, "good"), (1, "bad"), (-1, "bad")])
async def test_the_clock_beside_those_of_others(hours: int, state: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        told = clock.now() + timedelta(hours=hours)
        return web.Response(text="<rss/>", headers={"Date": f"{told:%a, %d %b %Y %H:%M:%S} GMT"})

    app = web.Application()
    app.router.add_get("/feed.xml", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/feed.xml"
    settings = Settings(fetch_allow_loopback=True)
    found, words = await surroundings.clocks(settings, [feed("good", url), feed("gone", "http://127.0.0.1:1/feed.xml")])
    await runner.cleanup()
    assert (found, "of 1 servers" in words) == (state, True)
    assert hours == 0 or ("behind" in words) == (hours > 0)


async def test_without_an_answer_the_clock_cannot_be_judged() -> None:
    gone = replace(feed("gone"), url="http://127.0.0.1:1/feed.xml")
    assert (await surroundings.clocks(Settings(fetch_allow_loopback=True), [gone]))[0] == "bad"
    assert (await surroundings.clocks(Settings(), []))[0] == "off"
