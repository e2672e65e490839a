"""Forms: opened with what is set, checked at their fields, answered in place, whatever takes long or goes wrong."""

import pytest

from bot.errors import FormError, UserError
from bot.model import Field, Form, Reply, Request
from tests.platforms.slack.desk import CHANNEL, FORM, Desk, serving, view
from tests.platforms.slack.editions import edition, item
from tests.platforms.slack.persons import inputs, labels
from tests.platforms.slack.server import SlackServer


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.open.set()
    return desk


async def test_a_command_opens_its_form_with_what_is_set(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(title="Settings", form=FORM)
    async with serving(slack, desk):
        ack = await slack.command("settings")
        opened = await view(slack)
    assert not slack.shown(ack), "the form is the answer"
    assert opened["title"]["text"] == "Settings of this workspa…"[:23] + "…" or len(opened["title"]["text"]) <= 24
    assert opened["submit"]["text"] == "Keep"
    kinds = {field["block_id"]: field["element"]["type"] for field in inputs(opened)}
    assert kinds == {
        "times": "plain_text_input",
        "language": "static_select",
        "topics": "checkboxes",
        "countries": "multi_static_select",
        "managers": "multi_users_select",
    }
    assert [field["block_id"] for field in inputs(opened) if not field["optional"]] == ["times"]
    assert [block["text"]["text"] for block in opened["blocks"] if block["type"] == "header"] == ["Words"]


async def test_a_form_comes_back_as_values_and_shows_what_came_of_it(slack: SlackServer, desk: Desk) -> None:
    desk.answers["settings"] = lambda request: (
        Reply(form=FORM) if request.values is None else Reply(title="Kept", edition=edition(item(1)))
    )
    async with serving(slack, desk):
        await slack.command("settings")
        opened = await view(slack)
        ack = await slack.submit(opened, {"times": "08:30", "topics": ["t1", "t2"], "countries": [], "language": "ja"})
    asked = desk.asked[1]
    assert (asked.verb, asked.text, asked.channel) == ("settings", "the words", CHANNEL)
    assert asked.values == {
        "times": ("08:30",),
        "language": ("ja",),
        "topics": ("t1", "t2"),
        "countries": (),
        "managers": ("U0PERSON",),
    }
    assert ack.payload["response_action"] == "update"
    preview = slack.views[opened["id"]]
    assert "Kept" in str(preview["blocks"]) and "Story 1" in str(preview["blocks"]) and "submit" not in preview


async def test_what_is_wrong_in_a_form_stands_at_its_fields(slack: SlackServer, desk: Desk) -> None:
    def judge(request: Request) -> Reply:
        if request.values is None:
            return Reply(form=FORM)
        raise FormError({"times": "09:99 is no time", "elsewhere": "and this is wrong too"})

    desk.answers["settings"] = judge
    async with serving(slack, desk):
        await slack.command("settings")
        opened = await view(slack)
        ack = await slack.submit(opened, {"times": "09:99"})
        desk.answers["settings"] = UserError("You may not do that.")
        refused = await slack.submit(opened)
    assert ack.payload == {"response_action": "errors", "errors": {"times": "09:99 is no time"}}
    assert refused.payload == {"response_action": "errors", "errors": {"times": "You may not do that."}}
    assert opened["id"] in slack.views, "what was typed is not lost"


async def test_a_form_that_asks_on_shows_its_next_fields(slack: SlackServer, desk: Desk) -> None:
    second = Form("settings", "More", (Field("name", "Name"),), text="second")
    desk.answers["settings"] = lambda request: (
        Reply(form=FORM if request.values is None else second) if request.text != "second" else Reply(title="Done")
    )
    async with serving(slack, desk):
        await slack.command("settings")
        opened = await view(slack)
        await slack.submit(opened)
        await slack.submit(slack.views[opened["id"]], {"name": "x"})
    assert [asked.text for asked in desk.asked] == ["", "the words", "second"]
    assert "Done" in str(slack.views[opened["id"]]["blocks"])


async def test_a_form_whose_answer_takes_long_is_acknowledged_in_time(slack: SlackServer, desk: Desk) -> None:
    desk.answers["settings"] = lambda request: Reply(form=FORM) if request.values is None else Reply(title="At last")
    async with serving(slack, desk):
        await slack.command("settings")
        opened = await view(slack)
        desk.open.clear()
        ack = await slack.submit(opened)
        assert 1 < ack.seconds < 3 and "One moment" in str(slack.views[opened["id"]]["blocks"])
        desk.open.set()
        await slack.until(lambda: "At last" in str(slack.views[opened["id"]]["blocks"]))


async def test_a_form_that_cannot_open_leaves_a_button_that_does(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(title="Settings", paragraphs=("Nothing is set.",), form=FORM)
    slack.fail("views.open", error="expired_trigger_id")
    async with serving(slack, desk):
        ack = await slack.command("settings")
        await slack.until(lambda: slack.shown(ack))
        assert labels(slack.shown(ack)[0]["blocks"]) == ["Keep"]
        await slack.press("Keep", slack.shown(ack)[0], ephemeral=True)
        opened = await view(slack)
    assert (opened["callback_id"], desk.asked[1].text) == ("form", "the words")


async def test_a_form_that_takes_its_time_still_opens_and_leaves_nothing_behind(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(title="Settings", form=FORM)
    desk.open.clear()
    async with serving(slack, desk):
        ack = await slack.command("settings")
        await slack.until(lambda: slack.shown(ack))
        desk.open.set()
        await view(slack)
        await slack.until(lambda: not slack.shown(ack))


async def test_by_mention_a_form_is_a_button(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(title="Settings", form=FORM)
    async with serving(slack, desk):
        ack = await slack.mention("settings")
        await slack.until(lambda: slack.posted(thread=ack.ts))
        await slack.press("Keep", slack.posted(thread=ack.ts)[0])
        await view(slack)


async def test_a_bug_behind_a_form_shows_a_reference(slack: SlackServer, desk: Desk) -> None:
    async with serving(slack, desk):
        desk.reply = Reply(form=FORM)
        await slack.command("settings")
        opened = await view(slack)
        desk.error, desk.answers = None, {"settings": RuntimeError("secret detail")}
        await slack.submit(opened)
    assert "Reference" in str(slack.views[opened["id"]]["blocks"]) and "secret" not in str(slack.views)


async def test_a_long_text_of_a_form_is_kept_in_the_database(slack: SlackServer, desk: Desk) -> None:
    long = "가" * 4000
    desk.answers["settings"] = lambda request: (
        Reply(form=Form("settings", "Long", (Field("name", "Name"),), text=long))
        if request.values is None
        else Reply(title="Kept")
    )
    async with serving(slack, desk):
        await slack.command("settings")
        opened = await view(slack)
        assert len(opened["private_metadata"]) < 100
        await slack.submit(opened, {"name": "x"})
    assert desk.asked[1].text == long
