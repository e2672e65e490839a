"""A conversation over a real database, and short ways to talk with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.archive.search import Archive
from bot.commands.handlers import Commands
from bot.model import Action, Feed, Reply, Request, Slot, Subscription
from bot.pipeline.briefing import Briefer
from bot.schedule import upcoming
from bot.store import Store
from tests.builders import feed
from tests.commands.test_handlers import said
from tests.fakes import FixedPages


def next_slot(subscription: Subscription, now: datetime) -> Slot | None:
    return next(iter(upcoming(subscription, now, 1)), None)


class Talk:
    """Says things as an admin of workspace T1 in channel C1, unless told otherwise."""

    def __init__(self, store: Store, feeds: Callable[[], Sequence[Feed]] = lambda: [feed("good")], **more: Any) -> None:
        self.commands = Commands(store, Briefer(store), Archive(store), FixedPages(), None, feeds, next_slot=next_slot, **more)

    async def __call__(self, text: str, language: str = "en", **changes: Any) -> Reply:
        return await self.commands.handle(self.request(text, language, **changes))

    async def press(self, reply: Reply, label: str, **changes: Any) -> Reply:
        action = button(reply, label)
        asked = self.request("help", **changes)
        return await self.commands.handle(
            replace(asked, verb=action.verb, text=action.text, about=action.about, page=action.page)
        )

    async def send(self, reply: Reply, filled: Mapping[str, Sequence[str]], **changes: Any) -> Reply:
        """Fill in the form of ``reply``: what is not in ``filled`` stays as the form showed it."""
        assert reply.form is not None
        values = {one.name: one.value for one in reply.form.fields} | {key: tuple(value) for key, value in filled.items()}
        asked = self.request("help", **changes)
        return await self.commands.handle(replace(asked, verb=reply.form.verb, text=reply.form.text, values=values))

    def request(self, text: str, language: str = "en", **changes: Any) -> Request:
        return said(text, language, **({"admin": True} | changes))


def button(reply: Reply, label: str) -> Action:
    return next(action for action in reply.actions if action.label == label)
