"""Buttons: below a story, for pages, for everyone; and values that are none of ours."""

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import UserError
from bot.model import Action, Channel, Reply, Request
from bot.platforms.slack.buttons import Errand, written
from bot.store import Store
from tests.platforms.slack.desk import CHANNEL, NOW, Desk, KeptNotes, briefing, serving, shown, view
from tests.platforms.slack.editions import edition, item
from tests.platforms.slack.persons import inputs, labels
from tests.platforms.slack.server import SlackServer


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.open.set()
    return desk


# ---- below a story ----


@pytest.mark.parametrize(("label", "verb"), [("Sources", "sources"), ("Why", "why"), ("👍", "good"), ("👎", "bad")])
async def test_a_button_below_a_story_answers_the_one_who_pressed_it(
    slack: SlackServer, desk: Desk, label: str, verb: str
) -> None:
    async with serving(slack, desk):
        message = await briefing(slack)
        ack = await slack.press(label, message, person="U0OTHER")
        await slack.until(lambda: shown(slack, ack) == ["Eleven stories."])
    (request,) = desk.asked
    assert (request.verb, request.text, request.person, request.channel) == (verb, "s1", "U0OTHER", CHANNEL)
    assert ack.seconds < 3 and len(slack.posted()) == 1


async def test_ask_below_a_story_opens_a_line_and_answers_there(slack: SlackServer, desk: Desk) -> None:
    async with serving(slack, desk):
        message = await briefing(slack)
        ack = await slack.press("Ask", message)
        opened = await view(slack)
        (field,) = inputs(opened)
        assert field["label"]["text"] == "Your question about this story"
        assert not desk.asked, "nothing is asked before there is a question"
        sent = await slack.submit(opened, {field["block_id"]: "When does it open? <!channel>"})
        assert sent.seconds < 3 and not slack.views, "the view closes"
        await slack.until(lambda: shown(slack, ack) == ["Eleven stories."])
    (request,) = desk.asked
    assert (request.verb, request.text, request.about) == ("ask", "When does it open? <!channel>", "s1")
    assert request.channel == CHANNEL


async def test_a_question_that_opens_too_late_says_so(slack: SlackServer, desk: Desk) -> None:
    slack.fail("views.open", error="expired_trigger_id")
    async with serving(slack, desk):
        ack = await slack.press("Ask", await briefing(slack))
        await slack.until(lambda: "press the button again" in str(shown(slack, ack)))


async def test_in_a_thread_the_answer_stays_there(slack: SlackServer, desk: Desk) -> None:
    async with serving(slack, desk):
        message = await briefing(slack) | {"thread_ts": "1.1"}
        ack = await slack.press("Why", message)
        await slack.until(lambda: slack.shown(ack))
    assert slack.shown(ack)[0]["thread_ts"] == "1.1"
    assert desk.asked[0].root == "1.1"


async def test_in_a_talk_of_two_the_answer_stands_below(slack: SlackServer, desk: Desk) -> None:
    slack.add_room("D0PERSON", im=True)
    desk.reply = Reply(paragraphs=("Found.",), actions=(Action("More", "search", "tokyo", page=2),))
    async with serving(slack, desk):
        said = await slack.direct("search tokyo")
        await slack.until(lambda: slack.posted("D0PERSON", said.ts))
        (answer,) = slack.posted("D0PERSON", said.ts)
        await slack.press("More", answer, channel="D0PERSON")
        await slack.until(lambda: len(slack.posted("D0PERSON", said.ts)) == 2)
    assert "Show everyone" not in labels(answer["blocks"])
    assert (desk.asked[1].verb, desk.asked[1].page) == ("search", 2)


# ---- pages, long and hostile values ----


async def test_to_page_through_a_private_list_is_to_stay_in_its_message(slack: SlackServer, desk: Desk) -> None:
    def page(request: Request) -> Reply:
        more = Action("Next", "search", request.text, page=request.page + 1)
        return Reply(paragraphs=(f"Page {request.page}",), actions=(more, Action("Why", "why", "s1")))

    desk.answers["search"] = page
    async with serving(slack, desk):
        ack = await slack.command("search tokyo")
        await slack.until(lambda: slack.shown(ack))
        again = await slack.press("Next", slack.shown(ack)[0], ephemeral=True)
        await slack.until(lambda: slack.shown(again))
        other = await slack.press("Why", slack.shown(ack)[0], ephemeral=True)
        await slack.until(lambda: slack.shown(other))
    assert shown(slack, again) == ["Page 2"]
    assert [said["replace_original"] for said in slack.responses[again.envelope_id].history] == [True]
    assert [said["replace_original"] for said in slack.responses[other.envelope_id].history] == [False]


async def test_what_is_too_long_for_a_button_is_kept_in_the_database(slack: SlackServer, desk: Desk, store: Store) -> None:
    long = "업스테이지 " * 900
    desk.reply = Reply(paragraphs=("Found.",), actions=(Action("Again", "search", long.strip()),))
    async with serving(slack, desk, store.notes):
        ack = await slack.command("search x")
        await slack.until(lambda: slack.shown(ack))
    async with serving(slack, desk, store.notes):  # a restart
        again = await slack.press("Again", slack.shown(ack)[0], ephemeral=True)
        await slack.until(lambda: slack.shown(again))
    assert desk.asked[1].text == long.strip()


HOSTILE: list[Any] = [
    "",
    "x" * 9000,
    "[" * 5000,
    "null",
    "[1]",
    '{"v":2,"verb":"help"}',
    '{"v":1,"verb":"no such verb"}',
    '{"v":1,"verb":"search","text":["x"]}',
    '{"v":1,"verb":"search","page":0}',
    '{"v":1,"verb":"search","page":true}',
    '{"v":1,"verb":"search","page":1e9}',
    '{"v":1,"verb":"help","more":"x"}',
    '{"v":1,"verb":"help","again":"yes"}',
    '{"v":1,"verb":"search","text":"' + "y" * 7000 + '","about":"' + "z" * 300 + '"}',
    '{"v":1,"note":"nobody kept this"}',
    None,
    7,
]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: str(value)[:30])
async def test_a_value_that_is_none_of_ours_does_nothing_and_says_what_to_do(slack: SlackServer, desk: Desk, value: Any) -> None:
    async with serving(slack, desk):
        ack = await slack.press("Why", await briefing(slack), value=value)
        await slack.until(lambda: "too old" in str(shown(slack, ack)))
    assert not desk.asked


async def test_a_note_of_another_workspace_is_none_of_ours(slack: SlackServer, desk: Desk) -> None:
    notes = KeptNotes()
    key = await notes.keep(Channel("slack", "", "T0OTHER"), Errand("search", "secret").data(), NOW + timedelta(days=1), NOW)
    async with serving(slack, desk, notes):
        ack = await slack.press("Why", await briefing(slack), value=written(Errand(note=key)))
        await slack.until(lambda: "too old" in str(shown(slack, ack)))
    assert not desk.asked


# ---- show everyone ----


async def test_show_everyone_posts_what_only_one_saw_once_and_after_a_restart(
    slack: SlackServer, desk: Desk, store: Store
) -> None:
    desk.reply = Reply(edition=edition(item(1), item(2)))
    async with serving(slack, desk, store.notes):
        ack = await slack.command("today")
        await slack.until(lambda: slack.shown(ack))
        (private,) = slack.shown(ack)
        assert labels(private["blocks"])[-1] == "Show everyone" and not slack.posted()
    async with serving(slack, desk, store.notes):
        pressed = await slack.press("Show everyone", private, ephemeral=True)
        await slack.until(lambda: slack.posted())
        await slack.until(lambda: slack.responses[pressed.envelope_id].history)
        await slack.press("Show everyone", private, ephemeral=True)
        await slack.command("help")
        await slack.until(lambda: len(desk.asked) == 2)
    (posted,) = slack.posted()
    assert "Show everyone" not in labels(posted["blocks"]) and "Sources" in labels(posted["blocks"])
    assert posted["blocks"][-1]["elements"][-1]["text"] == "<@U0PERSON>"
    assert slack.responses[pressed.envelope_id].history == [{"delete_original": True}]
    assert len(desk.asked) == 2, "what was answered is shown, not answered again"


async def test_show_everyone_works_where_nobody_invited_us(slack: SlackServer, desk: Desk) -> None:
    slack.rooms["C0BRIEF"].member = False
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: slack.shown(ack))
        await slack.press("Show everyone", slack.shown(ack)[0], ephemeral=True)
        await slack.until(lambda: slack.shown_to_all)
    assert slack.shown_to_all[0]["text"] == "Eleven stories."


async def test_what_could_not_be_shown_can_be_tried_again(slack: SlackServer, desk: Desk) -> None:
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: slack.shown(ack))
        (private,) = slack.shown(ack)
        slack.fail("chat.postMessage", status=500)
        slack.fail("respond", status=500)
        failed = await slack.press("Show everyone", private, ephemeral=True)
        await slack.until(lambda: slack.shown(failed))
        await slack.press("Show everyone", private, ephemeral=True)
        await slack.until(lambda: slack.posted())


async def test_mistakes_are_not_for_everyone(slack: SlackServer, desk: Desk) -> None:
    desk.error = UserError("Wrong.")
    async with serving(slack, desk):
        ack = await slack.command("search x")
        await slack.until(lambda: slack.shown(ack))
    assert labels(slack.shown(ack)[0]["blocks"]) == []


# ---- pages ----


async def test_a_secret_answer_is_offered_to_nobody_else_and_opens_a_page(slack: SlackServer, desk: Desk, store: Store) -> None:
    url = "https://briefings.example.com/sign-in?token=abc"
    desk.reply = Reply(title="Pages", actions=(Action("Open", "web", url=url),), secret=True)
    async with serving(slack, desk, store.notes):
        ack = await slack.command("web")
        await slack.until(lambda: slack.shown(ack))
        (private,) = slack.shown(ack)
        assert labels(private["blocks"]) == ["Open"]
        assert [one["url"] for block in private["blocks"] for one in block.get("elements", ()) if "url" in one] == [url]
        await slack.press("Open", private, ephemeral=True)  # Slack tells us of it; there is nothing to do
        await slack.command("help")
        await slack.until(lambda: len(desk.asked) == 2)
    assert not slack.posted()


async def test_who_else_sees_the_answer_is_told(slack: SlackServer, desk: Desk, store: Store) -> None:
    slack.add_room("D0PERSON", "direct", im=True)
    async with serving(slack, desk, store.notes):
        for number, say in enumerate((slack.mention, slack.direct, slack.command), 1):
            await say("web")
            await slack.until(lambda wanted=number: len(desk.asked) == wanted)
    assert [request.alone for request in desk.asked] == [False, True, True]
