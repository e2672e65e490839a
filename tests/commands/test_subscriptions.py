"""Subscriptions in the chat: forms, words, choices among several, permissions, and what is kept of it."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from bot.errors import FormError, UserError
from bot.model import Alerts, Channel, DeliveryState, Filters, Message, Subscription, Topic
from bot.store import Store
from tests.builders import NOON
from tests.commands.place import Talk, button, next_slot
from tests.commands.test_handlers import LAW, store

__all__ = ["store"]
HERE = Channel("slack", "C1", "T1")


async def only(store: Store, channel: Channel = HERE) -> Subscription:
    (standing,) = await store.subscriptions.of_channel(channel)
    return standing.subscription


async def test_the_form_is_sent_and_the_reply_says_what_comes_and_when(store: Store) -> None:
    talk = Talk(store)
    opened = await talk("subscribe")
    assert opened.form is not None and len({one.section for one in opened.form.fields}) == 4
    sections = [one.section for one in opened.form.fields]
    assert max(sections.count(section) for section in sections) <= 5
    filled = {
        "times": ["18:00, 9am"], "weekdays": ["mon", "tue"], "time_zone": ["JST"], "language": ["ja"], "topics": ["policy"],
        "countries": ["JP"], "entities": ["업스테이지, リベリオンズ"], "min_score": ["60%"], "holidays": ["KR", "JP"],
        "on_holiday": ["next_workday"], "quiet": ["22:00-07:00"], "alerts": ["0.9"], "cooldown": ["30"], "name": ["morning"],
        "charts": ["off"],
    }  # fmt: skip
    kept = await talk.send(opened, filled)
    one = await only(store)
    assert one == Subscription(
        one.id, HERE, (time(9), time(18)), "Asia/Tokyo", "ja", frozenset((0, 1)),
        Filters(frozenset((Topic.POLICY,)), frozenset(("JP",)), 0.6, entities=frozenset(("Upstage", "Rebellions"))),
        frozenset(("KR", "JP")), "next_workday", (time(22), time(7)), Alerts(0.9, 30), owner="U1", name="morning",
        charts=False,
    )  # fmt: skip
    told = dict(kept.details)
    assert told["When"] == "Mon and Tue at 09:00 and 18:00 (Asia/Tokyo)"
    assert told["What"] == "Policy; Japan; only on Rebellions and Upstage; score 0.6 and more"
    assert told["Charts in weekly briefings"] == "No"
    slot = next_slot(one, NOON)
    assert slot is not None and told["Next briefing"].endswith(f"{slot.at:%H:%M} JST")
    assert [action.label for action in kept.actions] == ["Preview", "Change", "Pause", "Unsubscribe"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00 weekdays japanese", {"times": (time(9),), "language": "ja", "weekdays": frozenset(range(5))}),
        (
            "매일 오전 9시, 오후 6시 30분 정책 한국어로",
            {"times": (time(9), time(18, 30)), "language": "ko", "weekdays": frozenset(range(7))},
        ),
        ("平日 9時半 政策 日本語で 東京", {"times": (time(9, 30),), "time_zone": "Asia/Tokyo", "language": "ja"}),
        ("09:00 mon charts=off", {"weekdays": frozenset((0,)), "charts": False}),
        ("times=07:30 tz=utc quiet=23:00-06:00", {"times": (time(7, 30),), "time_zone": "UTC", "quiet": (time(23), time(6))}),
        ("times＝０７：３０ name=“a b” 日本語", {"times": (time(7, 30),), "name": "a b", "language": "ja"}),
        ("7pm sat,sun 22:00-07:00", {"times": (time(19),), "weekdays": frozenset((5, 6)), "quiet": (time(22), time(7))}),
    ],
)
async def test_words_fill_the_form_in_and_with_now_they_are_enough(store: Store, text: str, expected: dict[str, Any]) -> None:
    talk = Talk(store)
    opened = await talk(f"subscribe {text}")
    assert await store.subscriptions.of_channel(HERE) == [], "words alone only propose"
    await talk.send(opened, {})
    first = await only(store)
    assert {key: getattr(first, key) for key in expected} == expected
    await store.subscriptions.remove(first)
    await talk.press(opened, "Save")
    second = await only(store)
    await store.subscriptions.remove(second)
    await talk(f"subscribe now {text}")
    third = await only(store)
    assert replace(first, id="") == replace(second, id="") == replace(third, id="")


async def test_every_wrong_field_is_named_in_the_asker_s_language(store: Store) -> None:
    talk = Talk(store)
    opened = await talk("subscribe", "ko")
    wrong = {"times": ["9"], "weekdays": [], "time_zone": ["Mars"], "entities": ["Upstge"], "min_score": ["7"], "quiet": ["22:00"],
             "alerts": ["x"], "cooldown": ["-1"], "topics": ["sport"], "name": ["n" * 41], "language": ["fr"]}  # fmt: skip
    with pytest.raises(FormError) as refused:
        await talk.send(opened, wrong, language="ko")
    assert set(refused.value.fields) == set(wrong)
    assert "Upstage" in refused.value.fields["entities"]
    assert all(any("가" <= letter <= "힣" for letter in text) for text in refused.value.fields.values())
    assert await store.subscriptions.of_channel(HERE) == []
    for text, words in (("subscribe xyzzy", "“xyzzy” is not understood"), ("subscribe colour=red", "“colour” is nothing")):
        with pytest.raises(UserError, match=words):
            await talk(text)


async def test_changing_keeps_what_the_form_does_not_show_and_logs_each_field(store: Store) -> None:
    talk = Talk(store)
    hidden = Subscription("c1", HERE, (time(9),), filters=Filters(exclude=("game",), min_score=0.5), owner="U9", mention="77")
    await store.subscriptions.add(hidden)
    opened = await talk("subscribe change c1")
    await talk.send(opened, {"times": ["10:00"], "min_score": [""]})
    assert await only(store) == replace(hidden, times=(time(10),), filters=Filters(exclude=("game",)))
    changes = await store.audit.of_workspace(HERE)
    assert {(one.what, one.before, one.after, one.person) for one in changes} == {
        ("subscription.c1.times", "09:00", "10:00", "U1"),
        ("subscription.c1.min_score", "0.5", "", "U1"),
    }


async def test_pause_resume_and_unsubscribe_act_on_the_only_one_or_offer_the_choice(store: Store) -> None:
    talk = Talk(store)
    with pytest.raises(UserError, match="gets no briefing yet"):
        await talk("pause")
    await talk("subscribe now 09:00 name=morning")
    await talk("pause")
    assert [one.state for one in await store.subscriptions.of_channel(HERE)] == ["paused"]
    listed = await talk("subscriptions")
    assert dict(listed.details)["State"] == "paused: by people in the channel" and "Next briefing" not in dict(listed.details)
    await talk.press(listed, "Resume")
    await talk("subscribe now 18:00 name=evening")
    asked = await talk("pause")
    assert [action.label for action in asked.actions] == ["evening", "morning"] or [action.label for action in asked.actions] == [
        "morning",
        "evening",
    ]
    await talk.press(asked, "evening")
    await talk("unsubscribe Morning")
    (left,) = await store.subscriptions.of_channel(HERE)
    assert (left.subscription.name, left.state) == ("evening", "paused")
    with pytest.raises(UserError, match=r"No briefing is called “noon” here\. There are: evening"):
        await talk("preview noon")


async def test_after_unsubscribing_nothing_that_waited_is_posted_and_one_press_subscribes_again(store: Store) -> None:
    talk = Talk(store)
    await talk('subscribe now 21:00 daily japanese policy name="a b"')
    before = await only(store)
    slot = next_slot(before, NOON.replace(hour=11))
    edition = (await talk("today")).edition
    assert slot is not None and edition is not None
    await store.editions.plan(slot, before, replace(edition, key=slot.key), [Message({"text": "x"})], NOON)
    assert len(await store.deliveries.due(NOON)) == 1
    gone = await talk("unsubscribe")
    assert await store.deliveries.due(NOON) == []
    assert [one.state for one in await store.deliveries.of_edition(slot.key)] == [DeliveryState.DEAD]
    await talk.press(gone, "Subscribe again")
    again = await only(store)
    assert replace(again, id=before.id) == before


async def test_those_of_feeds_yaml_are_shown_and_paused_but_changed_in_the_file(store: Store) -> None:
    talk = Talk(store)
    await store.subscriptions.sync([Subscription("team", HERE, (time(8),))])
    shown = await talk("subscriptions")
    assert shown.title == "team" and "feeds.yaml" in shown.paragraphs[0]
    assert [action.label for action in shown.actions] == ["Preview", "Pause"]
    await talk.press(shown, "Pause")
    await store.subscriptions.sync([Subscription("team", HERE, (time(8),))])
    assert [one.state for one in await store.subscriptions.of_channel(HERE)] == ["paused"]
    for text in ("unsubscribe", "subscribe change team"):
        with pytest.raises(UserError, match="“team” is set in feeds"):
            await talk(text)


async def test_preview_is_the_edition_as_it_would_be_and_counts_as_nothing(store: Store) -> None:
    talk = Talk(store)
    await talk("subscribe now 09:00 policy korean")
    reply = await talk("preview", admin=False)
    assert reply.edition is not None and reply.edition.language == "ko"
    assert [item.story_id for item in reply.edition.items] == ["s2"]
    assert reply.edition.items[0].summary.sources[0].article_id == LAW.id
    assert await store.editions.told_of({HERE}, ["s1", "s2"]) == {} and await store.deliveries.due(NOON) == []


@pytest.mark.parametrize(
    "text", ["subscribe", "subscribe now 09:00", "pause", "resume", "unsubscribe", "merge s1 s2", "split ko"]
)
async def test_only_those_who_manage_may_and_others_are_told_whom_to_ask(store: Store, text: str) -> None:
    await store.subscriptions.add(Subscription("c1", HERE, (time(9),)))
    with pytest.raises(UserError, match=r"Only those who manage this workspace.*its admins.*/brief settings"):
        await Talk(store)(text, admin=False)
    assert [one.state for one in await store.subscriptions.of_channel(HERE)] == ["active"]


async def test_a_person_subscribes_in_a_talk_of_their_own_but_changes_nothing_elsewhere_from_there(store: Store) -> None:
    talk = Talk(store)
    await store.subscriptions.add(Subscription("c1", HERE, (time(9),)))
    for own in (Channel("slack", "D7", "T1"), Channel("discord", "55", "")):
        await talk("subscribe now 08:00", channel=own, admin=False)
    assert len(await store.subscriptions.of_channel(Channel("slack", "D7", "T1"))) == 1
    assert len(await store.subscriptions.of_channel(Channel("discord", "55", "@55"))) == 1
    for text in ("unsubscribe c1", "pause c1", "subscribe now change c1 10:00"):
        with pytest.raises(UserError, match="Only those who manage"):
            await talk(text, channel=Channel("slack", "D7", "T1"), admin=False)
    with pytest.raises(UserError, match="No briefing is called"):
        await talk("unsubscribe c1", channel=Channel("discord", "55", ""), admin=False)
    await talk("settings managers=U1", channel=Channel("discord", "55", ""), admin=False)
    for own in (Channel("slack", "D7", "T1"), Channel("discord", "55", "")):
        for text in ("merge s1 s2", "split ko", "correct s1 topic chips", "feeds add https://example.com/rss"):
            with pytest.raises(UserError, match="Only those who manage"):
                await talk(text, channel=own, admin=False)
    assert (await only(store)).times == (time(9),)


async def test_only_an_admin_sets_a_role_and_names_are_unique_in_a_channel(store: Store) -> None:
    talk = Talk(store)
    await talk("settings managers=U2")
    with pytest.raises(FormError, match="Only an admin"):
        await talk("subscribe now 09:00 mention=123", admin=False, person="U2")
    await talk("subscribe now 09:00 mention=123 name=one")
    with pytest.raises(FormError, match="has this name"):
        await talk("subscribe now 10:00 name=One")
    with pytest.raises(FormError, match="one role"):
        await talk("subscribe now 10:00 mention=everyone")
    discord = Channel("discord", "9", "G1")
    form = (await talk("subscribe", channel=discord)).form
    assert form is not None and {"mention", "publish"} <= {one.name for one in form.fields}
    assert button(await talk("subscriptions"), "Change").text.startswith("change c")
