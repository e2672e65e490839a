"""Shortcuts, the Home tab, files, and who manages a workspace, over a real connection."""

import pytest

from bot.model import Action, Channel, File, Reply, Request, Table
from bot.platforms.slack import surface
from tests.platforms.slack.desk import CHANNEL, FORM, Desk, briefing, serving, shown, view
from tests.platforms.slack.persons import buttons, inputs
from tests.platforms.slack.server import Json, SlackServer


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.open.set()
    return desk


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


async def test_a_sheet_comes_with_the_first_page_only(slack: SlackServer, desk: Desk) -> None:
    desk.reply = Reply(title="Ledger", files=(SHEET,), actions=(Action("Next", "ledger", page=2),))
    async with serving(slack, desk):
        ack = await slack.command("ledger")
        await slack.until(lambda: slack.shown(ack))
        again = await slack.press("Next", slack.shown(ack)[0], ephemeral=True)
        await slack.until(lambda: slack.shown(again))
    assert [file["shared"] for file in slack.files.values()] == [[("D0PERSON", None)]]


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
