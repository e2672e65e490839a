"""Every verb of the grammar, with the real commands over the sample feeds: answered in words, in buttons and in forms."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.app import App, opened
from bot.commands.verbs import VERBS, Verb
from bot.config import Settings
from bot.feeds import sample
from bot.model import Channel, Subscription
from bot.pipeline.briefing import Wanted
from bot.platforms.slack import SlackMessenger
from tests.platforms.slack.desk import NOW, serving
from tests.platforms.slack.persons import buttons, inputs
from tests.platforms.slack.server import Json, SlackServer

_URL = re.compile(r"https://example\.com/\S+")
LANGUAGES = ("en", "ko", "ja")


@dataclass
class Town:
    """A workspace in which the bot knows a day of news; ``urls``: of its articles; ``page``: one that can be read."""

    slack: SlackServer
    app: App
    urls: list[str]
    page: str
    feed: str

    def example(self, words: str) -> str:
        """An example of the help with addresses that exist here."""
        urls = iter(self.urls * 3)
        if words.startswith(("summarize", "feeds")):
            return _URL.sub(self.page if words.startswith("summarize") else self.feed, words)
        return _URL.sub(lambda _: next(urls), words)

    async def say(self, words: str) -> list[Json]:
        """What the person who typed ``words`` sees, or the view that opened."""
        before = len(self.slack.view_history)
        ack = await self.slack.command(words)
        assert ack.seconds < 3
        await self.slack.until(lambda: self._settled(self.slack.shown(ack)) or len(self.slack.view_history) > before)
        return self.slack.shown(ack) or [self.slack.view_history[-1]]

    def _settled(self, messages: list[Json]) -> bool:
        return bool(messages) and "…" not in messages[-1]["text"][-2:]


_PAGE = (
    "<html><head><title>도쿄 사무소</title></head><body><article>"
    + "".join(
        f"<p>업스테이지는 {day}일 도쿄에 사무소를 열고 일본 기업에 생성형 AI를 공급한다고 밝혔다. 직원 {day}명을 채용한다.</p>"
        for day in range(10, 20)
    )
    + "</article></body></html>"
)


@pytest.fixture
async def page() -> AsyncIterator[str]:
    """The address of a page with an article."""

    async def shown(request: web.Request) -> web.Response:
        return web.Response(text=_PAGE, content_type="text/html")

    served = web.Application()
    served.router.add_get("/news", shown)
    runner = web.AppRunner(served)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/news"
    await runner.cleanup()


@pytest.fixture
async def town(slack: SlackServer, page: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/bot.sqlite3", language=getattr(request, "param", "en"))
    slack.people["U0PERSON"] = {"is_admin": True}
    slack.direct_room("U0PERSON")
    async with sample.serve(NOW) as feeds, opened(settings, lambda: feeds, loopback=True) as app:
        await app.pipeline.run(feeds, NOW - timedelta(minutes=5), everything=True)
        articles = await app.store.articles.after(0, 50)
        morning = Subscription("morning", Channel("slack", "C0BRIEF", "T0LOOP"), (NOW.time(),), language=settings.language)
        await app.store.subscriptions.add(morning)
        async with serving(slack, app.commands, app.store.notes):
            yield Town(slack, app, [article.url for _, article in articles], page, feeds[0].url)


def spoken(shown: list[Json]) -> str:
    return json.dumps(shown, ensure_ascii=False)


def no_bug(shown: list[Json]) -> None:
    assert not re.search("Reference: |참조 번호: |参照番号: ", spoken(shown)), spoken(shown)


@pytest.mark.parametrize("town", LANGUAGES, indirect=True)
async def test_every_verb_answers_bare_and_with_its_examples(town: Town) -> None:
    answered: list[tuple[Verb, list[Json]]] = []
    for verb in VERBS:
        for words in (verb.name, verb.example, *verb.more)[: None if town.app.settings.language == "en" else 2]:
            shown = await town.say(town.example(words))
            no_bug(shown)
            assert spoken(shown) != "[]", words
            answered.append((verb, shown))
    assert {verb.name for verb, _ in answered} == {verb.name for verb in VERBS}
    assert not any("quiet day" in spoken(shown) for verb, shown in answered if verb.name == "today" and shown is answered[0][1])


async def test_every_verb_answers_a_mention_and_a_direct_message(town: Town) -> None:
    slack = town.slack
    for verb in VERBS:
        words = town.example(verb.example or verb.name)
        ack = await slack.mention(words)
        await slack.until(lambda ack=ack: slack.posted(thread=ack.ts))
        no_bug(slack.posted(thread=ack.ts))
    ack = await slack.direct("help")
    await slack.until(lambda: slack.posted("D0PERSON", ack.ts))


async def test_every_button_that_is_shown_can_be_pressed(town: Town) -> None:
    """Also those that the answers to buttons show, to a depth; the questions they ask are answered."""
    slack = town.slack
    messenger = SlackMessenger(slack.bot_token, base_url=slack.url)
    waiting: list[tuple[Json, bool]] = []
    for verb in VERBS:
        for message in await town.say(town.example(verb.example or verb.name)):
            waiting.append((message, "private_metadata" not in message))
    edition = await town.app.briefer.edition(Wanted(key="k", since=NOW.replace(day=22), until=NOW, language="en"))
    for message in messenger.render(edition):
        await messenger.send(Channel("slack", "C0BRIEF", "T0LOOP"), message, "d1", None)
    waiting += [(message, False) for message in slack.posted()]
    seen: set[str] = set()
    while waiting:
        message, ephemeral = waiting.pop(0)
        for button in buttons(message["blocks"]):
            kind = _kind(button)
            if kind in seen:
                continue
            seen.add(kind)
            shown = await _pressed(town, button["text"]["text"], message, ephemeral)
            no_bug(shown)
            waiting += [(each, "private_metadata" not in each) for each in shown]
    verbs = {kind.split()[0] for kind in seen}
    assert {"sources", "why", "ask", "good", "bad", "show"} <= verbs, verbs


def _kind(button: Json) -> str:
    """Buttons of one kind do the same: verb, whether it asks first, whether it pages."""
    said = json.loads(button["value"])
    if "note" in said:
        return "show everyone"
    return f"{said['verb']} {said.get('text', '').split(' ')[0][:12]} {bool(said.get('asks'))} {said.get('page', 1) > 1}"


async def _pressed(town: Town, label: str, message: Json, ephemeral: bool) -> list[Json]:
    """What pressing a button shows; a question that opens is answered, a form is sent as it is."""
    slack = town.slack
    views, posts = len(slack.view_history), len(slack.posted())
    if "private_metadata" in message:
        ack: Any = await slack.press_in_view(label, message)
    else:
        ack = await slack.press(label, message, ephemeral=ephemeral)
    assert ack.seconds < 3
    answers = slack.responses.get(ack.envelope_id)

    def something() -> bool:
        shown = bool(
            answers
            and answers.history
            and town._settled(answers.history[-1:] if "text" in answers.history[-1] else answers.history)
        )
        return shown or len(slack.view_history) > views or len(slack.posted()) > posts

    await slack.until(something)
    if len(slack.view_history) > views:
        return await _filled_in(town, slack.view_history[-1], answers)
    return [each for each in (answers.shown if answers else [])]


async def _filled_in(town: Town, view: Json, answers: Any) -> list[Json]:
    slack = town.slack
    fields = list(inputs(view))
    if not fields:
        return [view]
    empty = [
        f["block_id"] for f in fields if not f.get("optional") and not any(key.startswith("initial") for key in f["element"])
    ]
    ack = await slack.submit(view, dict.fromkeys(empty, "업스테이지 도쿄"))
    assert ack.seconds < 3
    if view["id"] in slack.views:
        return [slack.views[view["id"]]]
    await slack.until(lambda: answers is None or answers.shown)
    return list(answers.shown) if answers else []


async def test_every_form_can_be_sent_as_it_is_and_shows_what_came_of_it(town: Town) -> None:
    forms = 0
    for verb in VERBS:
        (shown, *_) = await town.say(verb.name)
        if shown.get("callback_id") == "form":
            forms += 1
            result = await _filled_in(town, shown, None)
            no_bug(result)
            assert not list(inputs(result[0])) or result[0] is not shown, "something comes of it"
    assert forms >= 2, "subscribe and settings at least"


async def test_the_home_tab_shows_what_is_set_up(town: Town) -> None:
    await town.slack.open_tab()
    await town.slack.until(lambda: town.slack.homes)
    no_bug([town.slack.homes["U0PERSON"]])
    assert buttons(town.slack.homes["U0PERSON"]["blocks"]), "there are buttons to change it"


async def test_who_manages_nothing_may_not_change_what_concerns_all(town: Town) -> None:
    town.slack.people["U0PERSON"] = {"is_admin": False}
    for verb in VERBS:
        if verb.managing:
            shown = await town.say(town.example(verb.example))
            assert "Only those who manage this workspace" in spoken(shown), verb.name
