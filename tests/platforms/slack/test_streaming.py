"""Answers that grow in a thread: streamed, edited where that is refused, stopped, rated; and nothing of them lost."""

from dataclasses import replace
from typing import Any

import pytest

from bot.model import Answer, CitedSentence, Reply
from tests.platforms.slack.desk import Desk, serving
from tests.platforms.slack.editions import source
from tests.platforms.slack.server import Json, SlackServer

SAID = tuple(CitedSentence(f"Sentence {n} <!channel>.", (1,)) for n in range(1, 4))
WHOLE = Answer("Who?", "en", True, SAID, (source(1, title="An office"),))


def so_far(count: int) -> Reply:
    return Reply(answer=replace(WHOLE, sentences=SAID[:count]))


@pytest.fixture
def desk() -> Desk:
    """Grows by a sentence a step, and then is whole."""
    desk = Desk(reply=Reply(answer=WHOLE), grows=(so_far(1), so_far(2)))
    desk.open.set()
    return desk


@pytest.fixture
def talk(slack: SlackServer) -> str:
    slack.add_room("D0PERSON", im=True)
    return "D0PERSON"


def words(message: Json) -> str:
    return str(message["blocks"])


async def grown(slack: SlackServer, desk: Desk, talk: str, fault: dict[str, Any] | None = None, method: str = "") -> Json:
    """The answer to a question in the Messages tab, at the end."""
    async with serving(slack, desk):
        if fault:
            slack.fail(method, **fault)
        ack = await slack.direct("Who?")
        for _ in desk.grows:
            desk.step.release()
        await slack.until(lambda: any("context_actions" in words(each) for each in slack.posted(talk, ack.ts)))
    (message,) = slack.posted(talk, ack.ts)
    assert [words(message).count(f"Sentence {n}") for n in (1, 2, 3)] == [1, 1, 1], "each sentence once"
    assert message["blocks"][-1]["type"] == "context_actions", "with buttons to say whether it helped"
    return message


async def test_an_answer_is_streamed_as_it_grows(slack: SlackServer, desk: Desk, talk: str) -> None:
    message = await grown(slack, desk, talk)
    assert message["streamed"] == 2 and slack.count("chat.update") == 0
    (started,) = [call.body for call in slack.calls if call.method == "chat.startStream"]
    assert (started["recipient_user_id"], started["recipient_team_id"]) == ("U0PERSON", "T0LOOP")
    assert "<!channel>" not in str([b for b in message["blocks"] if b["type"] != "rich_text"]), "only where nothing is parsed"


@pytest.mark.parametrize(
    "fault", [{"error": "channel_type_not_supported"}, {"error": "unknown_method"}, {"status": 500}, {"drop": True}], ids=str
)
async def test_where_streams_are_refused_the_message_is_edited(
    slack: SlackServer, desk: Desk, talk: str, fault: dict[str, Any]
) -> None:
    message = await grown(slack, desk, talk, fault, "chat.startStream")
    assert "streamed" not in message and message["edits"]
    assert slack.count("chat.update") == 1, "at a polite rate: the second growth came too soon"


async def test_a_stream_that_slack_has_closed_is_finished_by_an_edit(slack: SlackServer, desk: Desk, talk: str) -> None:
    message = await grown(slack, desk, talk, {"error": "message_not_in_streaming_state"}, "chat.appendStream")
    assert message["streamed"] == 1 and message["edits"]


async def test_a_stream_that_cannot_be_ended_is_finished_by_an_edit(slack: SlackServer, desk: Desk, talk: str) -> None:
    message = await grown(slack, desk, talk, {"error": "message_not_in_streaming_state", "times": 2}, "chat.stopStream")
    assert message["edits"]


async def test_a_sentence_that_was_taken_back_is_not_left_standing(slack: SlackServer, desk: Desk, talk: str) -> None:
    other = Reply(answer=replace(WHOLE, sentences=(CitedSentence("Another one.", (1,)),)))
    desk.grows = (other, so_far(2))
    message = await grown(slack, desk, talk)
    assert "Another one" not in words(message)


async def test_an_answer_that_is_there_at_once_is_not_streamed(slack: SlackServer, desk: Desk, talk: str) -> None:
    desk.grows = ()
    message = await grown(slack, desk, talk)
    assert slack.count("chat.startStream") == 0 and "edits" not in message


async def test_a_long_wait_shows_a_status_and_a_session_that_ends(slack: SlackServer, desk: Desk, talk: str) -> None:
    async with serving(slack, desk):
        ack = await slack.direct("Who?")
        await slack.until(lambda: slack.statuses and slack.sessions)
        assert slack.sessions[0]["status"] == "processing" and slack.statuses[0]["thread_ts"] == ack.ts
        for _ in desk.grows:
            desk.step.release()
        await slack.until(lambda: len(slack.sessions) == 2)
    assert slack.sessions[1]["status"] == "active"


@pytest.mark.parametrize("how", ["button", "멈춰", "stop", "anew"])
async def test_a_person_can_stop_an_answer(slack: SlackServer, desk: Desk, talk: str, how: str) -> None:
    async with serving(slack, desk):
        ack = await slack.direct("Who?")
        await slack.until(lambda: slack.statuses)
        if how == "button":
            await slack.event({"type": "agent_session_stopped", "channel": talk, "thread_ts": ack.ts, "user": "U0PERSON"})
        elif how == "anew":
            await slack.direct("止めて")
        else:
            await slack.direct(how, thread=ack.ts)
        await slack.until(lambda: "Stopped." in str(slack.posted(talk, ack.ts)))
    assert len(desk.asked) == 1, "to stop is no question"


async def test_stop_without_anything_to_stop_is_a_question(slack: SlackServer, desk: Desk, talk: str) -> None:
    desk.grows = ()
    async with serving(slack, desk):
        await slack.direct("stop")
        await slack.until(lambda: desk.asked)


async def test_a_private_answer_grows_within_the_uses_of_its_address(slack: SlackServer, desk: Desk) -> None:
    desk.grows = tuple(so_far(1 + n % 2) for n in range(9))
    async with serving(slack, desk):
        ack = await slack.command("ask Who?")
        for _ in desk.grows:
            desk.step.release()
        await slack.until(lambda: "An office" in str(slack.shown(ack)))
    assert len(slack.shown(ack)) == 1 and slack.responses[ack.envelope_id].uses <= 5


@pytest.mark.parametrize("wanted", [True, False])
async def test_whether_an_answer_helped_is_noted(
    slack: SlackServer, desk: Desk, talk: str, wanted: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    message = await grown(slack, desk, talk)
    async with serving(slack, desk):
        ack = await slack.rate(message, wanted)
        await slack.until(lambda: [record for record in caplog.records if record.getMessage() == "slack.answer_rated"])
    assert ack.seconds < 3
    (record,) = [record for record in caplog.records if record.getMessage() == "slack.answer_rated"]
    assert record.fields["wanted"] is wanted  # type: ignore[attr-defined]
