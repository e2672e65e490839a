"""What a workspace sets: by form and in words, who may, what it changes, and the log of it."""

from datetime import time, timedelta

import pytest

from bot.errors import FormError, UserError
from bot.model import Channel, Subscription
from bot.store import Store
from bot.store.audit import Change
from bot.store.installations import Installation
from bot.store.workspaces import Preferences
from tests.builders import NOON
from tests.commands.place import Talk
from tests.commands.test_handlers import store

__all__ = ["store"]
HERE = Channel("slack", "C1", "T1")
ELSEWHERE = Channel("slack", "C1", "T2")


async def test_the_form_is_kept_and_every_change_is_logged(store: Store) -> None:
    talk = Talk(store)
    opened = await talk("settings")
    filled = {"language": ["ja"], "time_zone": ["jst"], "quiet": ["22:00-07:00"], "managers": ["U2", "<@U3>"]}
    kept = await talk.send(opened, filled)
    assert await store.workspaces.preferences(HERE) == Preferences("ja", "Asia/Tokyo", (time(22), time(7)), ("U2", "U3"))
    assert dict(kept.details)["タイムゾーン"] == "Asia/Tokyo", "what was set is told in the language that was chosen"
    assert set(await store.audit.of_workspace(HERE)) == {
        Change(NOON, "U1", "settings.language", "default", "ja"),
        Change(NOON, "U1", "settings.time_zone", None, "Asia/Tokyo"),
        Change(NOON, "U1", "settings.quiet", None, "22:00-07:00"),
        Change(NOON, "U1", "settings.managers", None, "U2, U3"),
    }
    await talk("settings language=default quiet= managers=U3")
    assert await store.workspaces.preferences(HERE) == Preferences("", "Asia/Tokyo", None, ("U3",))
    assert await store.workspaces.preferences(ELSEWHERE) == Preferences() and await store.audit.of_workspace(ELSEWHERE) == []


async def test_wrong_fields_are_named_and_nothing_is_kept(store: Store) -> None:
    talk = Talk(store)
    wrong = {"language": ["fr"], "time_zone": ["Moon"], "quiet": ["late"], "managers": ["U2 alice <@U4>"]}
    with pytest.raises(FormError) as refused:
        await talk.send(await talk("settings"), wrong)
    assert set(refused.value.fields) == set(wrong) and await store.workspaces.preferences(HERE) == Preferences()
    with pytest.raises(UserError, match="Give KEY=VALUE with: language, time_zone, quiet, managers"):
        await talk("settings korean")


async def test_everybody_sees_the_settings_but_only_managers_change_them(store: Store) -> None:
    talk = Talk(store)
    shown = await talk("settings", admin=False)
    assert shown.form is None and shown.actions == () and dict(shown.details)["Time zone"] == "Asia/Seoul"
    for channel in (HERE, Channel("slack", "D7", "T1")):
        with pytest.raises(UserError, match="Only those who manage"):
            await talk("settings managers=U1", admin=False, channel=channel)
    await talk("settings managers=U1")
    await talk("settings language=ko", admin=False)
    assert (await store.workspaces.preferences(HERE)).language == "ko"
    with pytest.raises(UserError, match="Only those who manage"):
        await talk("settings language=ko", admin=False, channel=ELSEWHERE)


async def test_the_language_of_a_channel_is_its_briefing_s_else_its_workspace_s_else_the_operator_s(store: Store) -> None:
    talk = Talk(store, language="en")
    assert await talk.commands.language_of(HERE) == "en"
    await talk("settings language=ko")
    assert await talk.commands.language_of(HERE) == "ko" and await talk.commands.language_of(ELSEWHERE) == "en"
    await talk("subscribe now 09:00 japanese")
    assert await talk.commands.language_of(HERE) == "ja"
    await talk("pause")
    assert await talk.commands.language_of(HERE) == "ko"


async def test_new_briefings_begin_with_the_settings(store: Store) -> None:
    talk = Talk(store)
    await talk("settings language=ko time_zone=Asia/Tokyo quiet=23:00-06:00")
    await talk("subscribe now 08:00")
    (one,) = await store.subscriptions.of_channel(HERE)
    found = one.subscription
    assert (found.language, found.time_zone, found.quiet) == ("ko", "Asia/Tokyo", (time(23), time(6)))


async def test_direct_messages_without_a_workspace_share_nothing(store: Store) -> None:
    talk = Talk(store)
    mine, yours = Channel("discord", "1", ""), Channel("discord", "2", "")
    await talk("settings language=ja", channel=mine, admin=False)
    assert await talk.commands.language_of(mine) == "ja" and await talk.commands.language_of(yours) == "en"


async def test_a_workspace_that_is_left_gets_nothing_until_the_bot_is_back(store: Store) -> None:
    talk = Talk(store)
    await store.subscriptions.sync([Subscription("team", HERE, (time(8),))])
    await talk("subscribe now 09:00 name=one")
    await talk("subscribe now 10:00 name=two")
    await talk("pause two")
    await talk("subscribe now 09:00", channel=ELSEWHERE)
    await talk.commands.left("slack", "T1", NOON)
    assert [one.channel for one in await store.subscriptions.active()] == [ELSEWHERE]
    await talk.commands.left("slack", "T1", NOON.replace(hour=13))
    assert await store.workspaces.left_before(NOON.replace(minute=1)) == [("slack", "T1")]
    await talk.commands.joined("slack", "T1")
    assert await store.workspaces.left_before(NOON.replace(year=2030)) == []
    states = {
        one.subscription.name or one.subscription.id: one.state for one in await store.subscriptions.of_workspace("slack", "T1")
    }
    assert states == {"team": "active", "one": "active", "two": "paused"}


async def test_its_token_goes_with_a_workspace_that_did_not_install_the_app_again_since(store: Store) -> None:
    talk = Talk(store)
    for team in ("T1", "T2"):
        await store.installations.save(
            Installation("slack", team, team, "A", "B", "U", "U1", (), f"xoxb-{team}", None, None, NOON)
        )
    await store.subscriptions.sync([Subscription("team", HERE, (time(8),))])
    await talk.commands.left("slack", "T1", NOON.replace(minute=0) - timedelta(minutes=1))
    assert await store.installations.of("slack", "T1") and await store.subscriptions.active()
    await talk.commands.left("slack", "T1", NOON)
    assert [one.workspace for one in await store.installations.all("slack")] == ["T2"]
    assert await store.subscriptions.active() == []
