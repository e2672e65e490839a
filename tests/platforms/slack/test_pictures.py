"""Charts of posted messages: uploaded without being shared, shown by the one post; no trouble with them costs or doubles it."""

from dataclasses import replace
from typing import Any

import pytest

from bot import charts
from bot.errors import DeliveryError
from bot.model import Channel, Message, Reply
from bot.platforms.slack.pictures import Pictures
from bot.platforms.slack.render import edition_messages
from bot.platforms.slack.replies import Prepared, reply_messages
from bot.platforms.slack.send import SlackMessenger
from tests.charts.weeks import charts as week
from tests.platforms.slack.editions import edition, item
from tests.platforms.slack.server import SlackServer

BRIEF = Channel("slack", "C0BRIEF", "T0LOOP")
STORIES, AMOUNTS, *_ = week("ko")
Json = dict[str, Any]


def message() -> Message:
    return edition_messages(edition(item(1), item(2), charts=(STORIES, AMOUNTS)))[0]


def messenger(slack: SlackServer, *pauses: float) -> SlackMessenger:
    return SlackMessenger(slack.bot_token, base_url=slack.url, timeout=2, pictures=Pictures(pauses))


def images(posted: Json) -> list[Json]:
    return [block for block in posted["blocks"] if block["type"] == "image"]


def refusal() -> Json:
    return {"errors": ["invalid slack file [json-pointer:/blocks/1/slack_file]"]}


def test_the_first_chart_stands_before_the_stories_and_the_others_behind_them() -> None:
    kinds = [block["type"] for block in message().payload["blocks"]]
    first, second = (place for place, kind in enumerate(kinds) if kind == "image")
    stories = [place for place, kind in enumerate(kinds) if kind == "actions"]
    assert first < min(stories) and max(stories) < second


def test_a_frozen_message_holds_the_data_of_the_charts_that_it_shows() -> None:
    many = edition_messages(edition(*(item(n, text="긴 문장입니다. " * 150) for n in range(1, 12)), charts=(STORIES, AMOUNTS)))
    assert len(many) > 1
    named = [list(one.payload.get("charts", {})) for one in many]
    assert named[0] == ["FCHART000"] and named[-1] == ["FCHART001"] and not any(named[1:-1])
    for one in many:
        shown = [block["slack_file"]["id"] for block in images(dict(one.payload))]
        assert shown == list(one.payload.get("charts", {}))
    assert "charts" not in edition_messages(edition(item(1)))[0].payload


async def test_pictures_are_uploaded_unshared_and_shown_by_the_one_post(slack: SlackServer) -> None:
    await messenger(slack).send(BRIEF, message(), "delivery0001", None)
    (posted,) = slack.posted()
    assert [block["alt_text"] for block in images(posted)] == [charts.alt(STORIES), charts.alt(AMOUNTS)]
    files = [slack.files[block["slack_file"]["id"]] for block in images(posted)]
    assert [file["content"] for file in files] == [charts.png(STORIES), charts.png(AMOUNTS)]
    assert all(file["shared"] == [] and file["alt"] for file in files)
    assert "charts" not in posted["asked"]
    assert slack.count("chat.postMessage") == 1


async def test_channels_of_one_workspace_share_an_upload(slack: SlackServer) -> None:
    one = messenger(slack)
    for delivery in ("delivery0001", "delivery0002"):
        await one.send(BRIEF, message(), delivery, None)
    assert len(slack.files) == 2 and len(slack.posted()) == 2
    await one.send(replace(BRIEF, workspace="T0OTHER"), message(), "delivery0003", None)
    assert len(slack.files) == 4, "a file of one workspace is never shown in another"


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_without_the_scope_the_message_goes_out_without_pictures(
    slack: SlackServer, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail(method, times=2, error="missing_scope")
    await messenger(slack, 0, 0).send(BRIEF, message(), "delivery0001", None)
    (posted,) = slack.posted()
    assert images(posted) == [] and len(posted["blocks"]) == len(message().payload["blocks"]) - 2
    assert slack.count(method) == 2, "asked once for each, not again and again"
    assert "slack.picture_lost" in caplog.text


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}, {"error": "ratelimited", "status": 429, "retry_after": 0}])
async def test_what_passes_is_tried_again(slack: SlackServer, fault: Json) -> None:
    slack.fail("files.getUploadURLExternal", times=2, **fault)
    await messenger(slack, 0, 0).send(BRIEF, message(), "delivery0001", None)
    assert len(images(slack.posted()[0])) == 2


async def test_what_does_not_pass_costs_the_picture_and_not_the_message(slack: SlackServer) -> None:
    slack.fail("files.getUploadURLExternal", times=3, status=503)
    await messenger(slack, 0, 0).send(BRIEF, message(), "delivery0001", None)
    assert len(images(slack.posted()[0])) == 1


async def test_a_picture_that_slack_has_not_processed_yet_is_waited_for(slack: SlackServer) -> None:
    slack.fail("chat.postMessage", error="invalid_blocks", more=refusal())
    await messenger(slack, 0, 0).send(BRIEF, message(), "delivery0001", None)
    assert len(images(slack.posted()[0])) == 2 and slack.count("chat.postMessage") == 2


async def test_one_that_it_never_takes_is_left_out_and_uploaded_anew_the_next_time(slack: SlackServer) -> None:
    one = messenger(slack, 0, 0)
    slack.fail("chat.postMessage", times=3, error="invalid_blocks", more=refusal())
    await one.send(BRIEF, message(), "delivery0001", None)
    (posted,) = slack.posted()
    assert images(posted) == [] and posted["blocks"] and slack.count("chat.postMessage") == 4
    await one.send(BRIEF, message(), "delivery0002", None)
    assert len(slack.files) == 4 and len(images(slack.posted()[1])) == 2


async def test_blocks_that_are_refused_for_themselves_leave_the_text(slack: SlackServer) -> None:
    slack.fail("chat.postMessage", times=2, error="invalid_blocks")
    await messenger(slack, 0, 0).send(BRIEF, message(), "delivery0001", None)
    (posted,) = slack.posted()
    assert not posted.get("blocks") and posted["text"] == message().payload["text"]
    assert slack.count("chat.postMessage") == 3


async def test_an_edit_keeps_the_pictures(slack: SlackServer) -> None:
    one = messenger(slack)
    ts = await one.send(BRIEF, message(), "delivery0001", None)
    fresh = messenger(slack)  # after a restart
    changed = edition_messages(edition(item(1, text="정정했다."), item(2), charts=(STORIES, AMOUNTS)))[0]
    await fresh.edit(BRIEF, ts, changed, None, "delivery0001")
    (posted,) = slack.posted()
    assert len(images(posted)) == 2 and "정정했다." in str(posted["blocks"])


async def test_an_edit_waits_for_its_pictures_where_the_trouble_passes(slack: SlackServer) -> None:
    one = messenger(slack)
    ts = await one.send(BRIEF, message(), "delivery0001", None)
    slack.fail("files.getUploadURLExternal", status=503)
    with pytest.raises(DeliveryError) as caught:
        await messenger(slack).edit(BRIEF, ts, message(), None, "delivery0001")
    assert caught.value.posted is False and not caught.value.permanent
    assert slack.count("chat.update") == 0


def test_replies_show_their_charts_in_their_place() -> None:
    reply = Reply(title="T", paragraphs=("below",), charts=(STORIES,), edition=edition(item(1), charts=(AMOUNTS,)))
    ids = {"stories.png": "F0000001", "amounts.png": "F0000002"}
    blocks = [block for one in reply_messages(reply, "ko", Prepared(pictures=ids)) for block in one.payload["blocks"]]
    shown = [block["slack_file"]["id"] for block in blocks if block["type"] == "image"]
    assert shown == ["F0000001", "F0000002"]
    without = [block for one in reply_messages(reply, "ko") for block in one.payload["blocks"]]
    assert [block for block in without if block["type"] == "image"] == []
