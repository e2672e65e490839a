"""Charts of posted messages: attached to the one request, with its nonce; no trouble with them costs or doubles a message."""

from typing import Any

import pytest

from bot import charts
from bot.charts.pictures import illustrated
from bot.errors import DeliveryError
from bot.model import Channel, Message, Reply, Topic
from bot.platforms.discord import BriefBot, DiscordMessenger
from bot.platforms.discord.render import edition_messages
from bot.platforms.discord.replies import reply_parts
from tests.charts.weeks import charts as week
from tests.platforms.discord.editions import edition, item
from tests.platforms.discord.server import SmallDiscord, answers, hangs_up
from tests.platforms.discord.test_send import at, channel, guild, messenger  # noqa: F401 fixtures

HERE = Channel("discord", "910000000000000009", "")
STORIES, AMOUNTS, *_ = week("ko")
MESSAGE = edition_messages(edition(item(1), item(2), charts=(STORIES, AMOUNTS)))[0]
NAMES = ["stories.png", "amounts.png"]


def galleries(components: Any) -> list[str]:
    return [item["media"]["url"] for one in components if one["type"] == 12 for item in one["items"]]


def test_the_first_chart_stands_before_the_stories_and_the_others_behind_them() -> None:
    kinds = [one["type"] for one in MESSAGE.payload["components"]]
    first, second = (place for place, kind in enumerate(kinds) if kind == 12)
    stories = [place for place, kind in enumerate(kinds) if kind == 17 and place > 1]
    assert first < min(stories) and max(stories) < second
    described = [item["description"] for one in MESSAGE.payload["components"] if one["type"] == 12 for item in one["items"]]
    assert described == [charts.alt(STORIES), charts.alt(AMOUNTS)]
    assert list(MESSAGE.payload["charts"]) == NAMES


def test_each_message_holds_the_data_of_the_charts_that_it_shows() -> None:
    many = edition_messages(edition(*(item(n, Topic.EXPANSION, "x" * 900) for n in range(1, 14)), charts=(STORIES, AMOUNTS)))
    assert len(many) > 1 and list(many[0].payload["charts"]) == NAMES[:1] and list(many[-1].payload["charts"]) == NAMES[1:]


async def test_pictures_go_out_with_the_message_in_one_request_under_its_nonce(small: SmallDiscord, bot: BriefBot) -> None:
    messenger = DiscordMessenger(bot)  # noqa: F811 the real one
    first = await messenger.send(HERE, MESSAGE, "d1", None)
    [(_, body)] = small.posts
    assert body["nonce"] == "d1" and body["enforce_nonce"] is True and body["allowed_mentions"]["parse"] == []
    assert small.files == [dict(zip(NAMES, (charts.png(one, dark=True) for one in (STORIES, AMOUNTS)), strict=True))]
    assert galleries(body["components"]) == [f"attachment://{name}" for name in NAMES]
    assert await messenger.send(HERE, MESSAGE, "d1", None) == first and len(small.messages) == 1
    assert small.files[1] == small.files[0], "the same bytes again"


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (413, 40005), (400, 50035)])
async def test_where_pictures_are_refused_the_message_goes_out_without_them(
    small: SmallDiscord, bot: BriefBot, status: int, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    small.faults = [answers(status, {"message": "no", "code": code})]
    await DiscordMessenger(bot).send(HERE, MESSAGE, "d1", None)
    (_, refused), (_, posted) = small.posts
    assert refused["nonce"] == posted["nonce"] == "d1" and small.files[1] == {}
    assert galleries(posted["components"]) == [] and len(posted["components"]) == len(refused["components"]) - 2
    assert len(small.messages) == 1 and "discord.picture_lost" in caplog.text


async def test_what_is_refused_either_way_is_said_as_before(small: SmallDiscord, bot: BriefBot) -> None:
    small.faults = [answers(403, {"message": "no", "code": 50013})] * 2
    with pytest.raises(DeliveryError) as caught:
        await DiscordMessenger(bot).send(HERE, MESSAGE, "d1", None)
    assert caught.value.permanent and len(small.posts) == 2


@pytest.mark.parametrize("fault", [hangs_up, answers(502, {"message": "oops", "code": 0})])
async def test_an_unknown_outcome_is_not_tried_again_without_pictures(small: SmallDiscord, bot: BriefBot, fault: Any) -> None:
    small.faults = [fault]
    with pytest.raises(DeliveryError) as caught:
        await DiscordMessenger(bot).send(HERE, MESSAGE, "d1", None)
    assert caught.value.posted is None and len(small.posts) == 1


async def test_a_chart_that_cannot_be_drawn_costs_no_message(small: SmallDiscord, bot: BriefBot) -> None:
    data = {name: {**one, "kind": "pie"} if name == NAMES[0] else one for name, one in MESSAGE.payload["charts"].items()}
    await DiscordMessenger(bot).send(HERE, Message({**MESSAGE.payload, "charts": data}), "d1", None)
    assert list(small.files[0]) == NAMES[1:]
    assert galleries(small.posts[0][1]["components"]) == ["attachment://amounts.png"]


@pytest.mark.simcord(shard_count=1)
async def test_an_edit_brings_its_pictures_along(simcord_env: Any, messenger: Any, channel: Any) -> None:  # noqa: F811
    number = await messenger.send(at(channel), MESSAGE, "d1", None)
    changed = edition_messages(edition(item(1, Topic.EXPANSION, "정정했다"), item(2), charts=(STORIES, AMOUNTS)))[0]
    await messenger.edit(at(channel), number, changed, None, "d1")
    [patch] = [entry for entry in simcord_env.http_requests if entry.method == "PATCH"]
    assert [one["filename"] for one in patch.json["attachments"]] == NAMES
    assert galleries(patch.json["components"]) == [f"attachment://{name}" for name in NAMES]


@pytest.mark.simcord(shard_count=1)
@pytest.mark.parametrize(("refusals", "left"), [(1, 2), (2, 0)])
async def test_an_edit_falls_back_to_what_is_attached_and_then_to_none(
    simcord_env: Any,
    messenger: Any,  # noqa: F811
    channel: Any,  # noqa: F811
    refusals: int,
    left: int,
) -> None:
    number = await messenger.send(at(channel), MESSAGE, "d1", None)
    simcord_env.inject_error("PATCH", "/channels/*/messages/*", status=400, code=50035, times=refusals)
    await messenger.edit(at(channel), number, MESSAGE, None, "d1")
    patches = [entry for entry in simcord_env.http_requests if entry.method == "PATCH"]
    assert len(patches) == refusals + 1 and "attachments" not in patches[-1].json
    assert len(galleries(patches[-1].json["components"])) == left


async def test_replies_show_their_charts_in_their_place() -> None:
    reply = Reply(title="T", paragraphs=("below",), charts=(STORIES,), edition=edition(item(1), charts=(AMOUNTS,)))
    (part,) = reply_parts(await illustrated(reply, dark=True), "ko")
    urls = galleries(part.components)
    assert urls == [f"attachment://{file.name}" for file in part.files] and len(urls) == 2
    assert [file.content for file in part.files] == [charts.png(STORIES, dark=True), charts.png(AMOUNTS, dark=True)]
    assert galleries(reply_parts(reply, "ko")[0].components) == []
