"""Buttons, forms, shortcuts and the Home tab over a real connection, every view checked as Slack checks it."""

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import FormError, UserError
from bot.model import Action, Channel, Field, File, Form, Option, Reply, Request, Table
from bot.platforms.slack import SlackMessenger, surface
from bot.platforms.slack.buttons import Errand, written
from bot.store import Store
from tests.platforms.slack.desk import NOW, Desk, KeptNotes, serving
from tests.platforms.slack.editions import edition, item
from tests.platforms.slack.persons import buttons, inputs, labels
from tests.platforms.slack.server import Json, SlackServer
from tests.platforms.slack.socket_mode import Ack

CHANNEL = Channel("slack", "C0BRIEF", "T0LOOP")
FORM = Form(
    "settings",
    "Settings of this workspace, all of them",
    (
        Field("times", "Times", value=("09:00",), hint="Such as 09:00", required=True),
        Field("language", "Language", "choice", ("ko",), (Option("ko", "한국어"), Option("ja", "日本語")), section="Words"),
        Field(
            "topics",
            "Topics",
            "choices",
            ("policy",),
            (*(Option(f"t{n}", f"Topic {n}") for n in range(5)), Option("policy", "P")),
        ),
        Field("countries", "Countries", "choices", (), tuple(Option(f"c{n}", f"Country {n}") for n in range(12))),
        Field("managers", "Managers", "people", ("U0PERSON",)),
        Field("nothing", "Nothing to choose", "choice"),
    ),
    text="the words",
    submit="Keep",
)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.open.set()
    return desk


def shown(slack: SlackServer, ack: Ack) -> list[str]:
    return [message["text"] for message in slack.shown(ack)]


async def briefing(slack: SlackServer) -> Json:
    """A posted edition with two stories."""
    messenger = SlackMessenger(slack.bot_token, base_url=slack.url)
    (message,) = messenger.render(edition(item(1), item(2)))
    await messenger.send(CHANNEL, message, "d1", None)
    return slack.posted()[0]


async def view(slack: SlackServer, number: int = 1) -> Json:
    """The view that is open after ``number`` openings and changes."""
    await slack.until(lambda: len(slack.view_history) >= number)
    return slack.views[slack.view_history[-1]["id"]]


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


# ---- forms ----


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
        assert labels(slack.shown(ack)[0]["blocks"]) == ["Keep", "Show everyone"]
        await slack.press("Keep", slack.shown(ack)[0], ephemeral=True)
        opened = await view(slack)
    assert (opened["callback_id"], desk.asked[1].text) == ("form", "the words")


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


# ---- shortcuts ----


async def test_the_links_of_a_message_are_summarized(slack: SlackServer, desk: Desk) -> None:
    message = slack.say(
        "See <https://example.com/a?b=1&amp;c=2|this> and <https://example.com/b>, <mailto:x@example.com>", "C0BRIEF"
    )
    async with serving(slack, desk):
        ack = await slack.message_shortcut(surface.SUMMARIZE_MESSAGE, message)
        await slack.until(lambda: len(slack.shown(ack)) == 2)
    assert [(asked.verb, asked.text) for asked in desk.asked] == [
        ("summarize", "https://example.com/a?b=1&c=2"),
        ("summarize", "https://example.com/b"),
    ]


async def test_links_in_rich_text_are_found_and_their_number_is_bounded(slack: SlackServer, desk: Desk) -> None:
    links = [{"type": "link", "url": f"https://example.com/{n}"} for n in range(50)] + [{"type": "link", "url": "javascript:x"}]
    message = slack.say("", "C0BRIEF") | {
        "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": links}]}]
    }
    async with serving(slack, desk):
        ack = await slack.message_shortcut(surface.SUMMARIZE_MESSAGE, message)
        await slack.until(lambda: len(slack.shown(ack)) == 3)
    assert [asked.text for asked in desk.asked] == [f"https://example.com/{n}" for n in range(3)]


async def test_a_message_without_links_says_so(slack: SlackServer, desk: Desk) -> None:
    async with serving(slack, desk):
        ack = await slack.message_shortcut(surface.SUMMARIZE_MESSAGE, slack.say("Lunch?", "C0BRIEF"))
        await slack.until(lambda: "no link" in str(shown(slack, ack)))


async def test_why_this_story_knows_the_briefing_and_the_link(slack: SlackServer, desk: Desk) -> None:
    async with serving(slack, desk):
        message = await briefing(slack)
        ack = await slack.message_shortcut(surface.WHY_MESSAGE, message)
        await slack.until(lambda: slack.shown(ack))
        ack = await slack.message_shortcut(surface.WHY_MESSAGE, slack.say("<https://example.com/a>", "C0BRIEF"))
        await slack.until(lambda: slack.shown(ack))
    assert [(asked.verb, asked.text) for asked in desk.asked] == [("why", ""), ("why", "https://example.com/a")]
    assert desk.asked[0].root == message["ts"]


async def test_a_question_from_anywhere_is_answered_in_its_view(slack: SlackServer, desk: Desk) -> None:
    async with serving(slack, desk):
        await slack.global_shortcut(surface.ASK)
        opened = await view(slack)
        (field,) = inputs(opened)
        await slack.submit(opened, {field["block_id"]: "Who?"})
        await slack.until(lambda: "Eleven stories." in str(slack.views[opened["id"]]["blocks"]))
    assert (desk.asked[0].verb, desk.asked[0].text, desk.asked[0].channel.id) == ("ask", "Who?", "")


async def test_to_subscribe_from_anywhere_is_to_choose_a_channel_first(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(form=FORM)
    async with serving(slack, desk):
        await slack.global_shortcut(surface.SUBSCRIBE)
        opened = await view(slack)
        (field,) = inputs(opened)
        await slack.submit(opened, {field["block_id"]: "C0BRIEF"})
        form = slack.views[opened["id"]]
        assert form["callback_id"] == "form"
        await slack.submit(form)
    assert [(asked.channel, asked.values is None) for asked in desk.asked] == [(CHANNEL, True), (CHANNEL, False)]


# ---- the Home tab ----


async def test_the_home_tab_is_drawn_and_drawn_anew_after_each_change(slack: SlackServer, desk: Desk) -> None:
    paused: list[str] = []

    def home(request: Request) -> Reply:
        state = "paused" if paused else "active"
        table = Table(("Feed", "State"), (("ETNews", "<!channel>"),))
        return Reply(title="Home", table=table, details=(("Subscription", state),), actions=(Action("Pause", "pause", "x"),))

    def pause(request: Request) -> Reply:
        paused.append(request.text)
        return Reply(paragraphs=("Paused.",))

    desk.answers |= {"home": home, "pause": pause}
    async with serving(slack, desk):
        await slack.open_tab()
        await slack.until(lambda: slack.homes)
        drawn = slack.homes["U0PERSON"]
        assert "active" in str(drawn["blocks"]) and "table" not in {block["type"] for block in drawn["blocks"]}
        await slack.press_in_view("Pause", drawn)
        await slack.until(lambda: "paused" in str(slack.homes["U0PERSON"]["blocks"]))
    assert paused == ["x"]
    assert "Paused." in str(slack.view_history[-1]["blocks"]), "what came of it is said in a view"
    assert desk.asked[1].channel == Channel("slack", "D0PERSON", "T0LOOP")


async def test_a_form_opened_from_the_home_tab_draws_it_anew(slack: SlackServer, desk: Desk) -> None:
    desk.answers["home"] = Reply(title="Home", actions=(Action("Settings", "settings"),))
    desk.answers["settings"] = lambda request: Reply(form=FORM) if request.values is None else Reply(title="Kept")
    async with serving(slack, desk):
        await slack.open_tab()
        await slack.until(lambda: slack.homes)
        await slack.press_in_view("Settings", slack.homes["U0PERSON"])
        opened = await view(slack)
        drawn = slack.count("views.publish")
        await slack.submit(opened)
        await slack.until(lambda: slack.count("views.publish") > drawn)
    assert "Kept" in str(slack.views[opened["id"]]["blocks"])


async def test_the_messages_tab_suggests_first_questions(slack: SlackServer, desk: Desk) -> None:
    desk.language = "ko"
    slack.add_room("D0PERSON", im=True)
    async with serving(slack, desk):
        await slack.open_tab("messages")
        await slack.until(lambda: slack.prompts)
    assert "thread_ts" not in slack.prompts[0], "with one, Slack does nothing"
    assert len(slack.prompts[0]["prompts"]) == 4 and "오늘" in str(slack.prompts[0]["prompts"])


# ---- files ----

PICTURE = File("chart.png", b"\x89PNG chart", "Korea 9, Japan 11")
SHEET = File("ledger.csv", b"a,b\n1,2\n")


async def test_a_picture_is_part_of_the_message_and_a_sheet_comes_by_direct_message(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(title="Compared", files=(PICTURE, SHEET))
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: slack.shown(ack))
    blocks = slack.shown(ack)[0]["blocks"]
    (image,) = [block for block in blocks if block["type"] == "image"]
    files = {file["name"]: file for file in slack.files.values()}
    assert image["alt_text"] == "Korea 9, Japan 11" and image["slack_file"]["id"] == files["chart.png"]["id"]
    assert files["chart.png"]["content"] == PICTURE.content and not files["chart.png"]["shared"]
    assert files["ledger.csv"]["shared"] == [("D0PERSON", None)]
    assert "direct messages" in str(blocks)


async def test_in_a_thread_a_sheet_is_posted_below_the_answer(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(title="Ledger", files=(SHEET,))
    async with serving(slack, desk):
        ack = await slack.mention("today")
        await slack.until(lambda: [file for file in slack.files.values() if file["shared"]])
    assert [file["shared"] for file in slack.files.values()] == [[("C0BRIEF", ack.ts)]]


async def test_a_file_that_cannot_be_handed_over_does_not_lose_the_answer(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(title="Ledger", files=(PICTURE, SHEET))
    slack.fail("files.getUploadURLExternal", times=2, error="missing_scope")
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: slack.shown(ack))
    assert "could not be handed over" in str(slack.shown(ack))


async def test_a_table_that_a_client_does_not_know_is_shown_as_lines(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(table=Table(("Day", "KRW"), (("Mon", "1,000"),), frozenset({1})))
    slack.fail("respond", status=400)
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: slack.shown(ack))
        threaded = await slack.mention("today")
        slack.fail("chat.postMessage", error="invalid_blocks")
        await slack.until(lambda: slack.posted(thread=threaded.ts))
    assert "rich_text_preformatted" in str(slack.shown(ack)[0]["blocks"])


# ---- who may what ----


@pytest.mark.parametrize(
    ("known", "admin"),
    [
        ({"is_admin": True}, True),
        ({"is_owner": True}, True),
        ({"is_admin": False}, False),
        ({"is_admin": True, "team_id": "T0OTHER"}, False),
        ({"is_admin": True, "deleted": True}, False),
        ({"is_admin": True, "is_bot": True}, False),
    ],
    ids=str,
)
async def test_slack_says_who_manages_the_workspace(slack: SlackServer, desk: Desk, known: Json, admin: bool) -> None:
    slack.people["U0PERSON"] = known
    async with serving(slack, desk):
        for _ in range(2):
            ack = await slack.command("today")
            await slack.until(lambda ack=ack: slack.shown(ack))
    assert [asked.admin for asked in desk.asked] == [admin, admin]
    assert slack.count("users.info") == 1, "asked once a person and a few minutes"


async def test_whom_slack_does_not_vouch_for_manages_nothing(slack: SlackServer, desk: Desk) -> None:
    slack.fail("users.info", error="missing_scope")
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: slack.shown(ack))
    assert not desk.asked[0].admin


@pytest.mark.parametrize(
    ("event", "gone"),
    [
        ({"type": "app_uninstalled"}, [("slack", "T0LOOP")]),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U0LOOPBOT"], "oauth": []}}, [("slack", "T0LOOP")]),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U0PERSON"], "bot": []}}, []),
    ],
    ids=str,
)
async def test_a_workspace_that_removes_us_is_left(
    slack: SlackServer, desk: Desk, event: Json, gone: list[tuple[str, str]]
) -> None:
    async with serving(slack, desk):
        await slack.event(event)
        await slack.command("help")
        await slack.until(lambda: desk.asked)
    assert desk.gone == gone


def test_every_shortcut_of_the_manifest_is_listened_to() -> None:
    assert set(surface.SHORTCUTS) == {surface.SUMMARIZE_MESSAGE, surface.WHY_MESSAGE, surface.ASK, surface.SUBSCRIBE}


async def test_buttons_are_at_most_five_beside_one_another(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(actions=tuple(Action(f"Button {n}", "why", f"s{n}") for n in range(12)))
    async with serving(slack, desk):
        ack = await slack.command("today")
        await slack.until(lambda: slack.shown(ack))
    rows = [block["elements"] for block in slack.shown(ack)[0]["blocks"] if block["type"] == "actions"]
    assert [len(row) for row in rows] == [5, 5, 2, 1]
    assert len({each["action_id"] for each in buttons(slack.shown(ack)[0]["blocks"])}) == 13
