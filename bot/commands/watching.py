"""What a channel follows: names of the register in any script, and words. It comes first in briefings and makes alerts."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commands import names
from bot.commands.desk import Desk
from bot.errors import UserError
from bot.knowledge import register
from bot.knowledge.language import normalise
from bot.locales import t, tn
from bot.model import LANGUAGES, Action, Entity, Reply, Request
from bot.store.audit import Change
from bot.store.watchlist import Watched

MOST = 100
A_PAGE = 10
LONGEST = 60
SHORTEST = 2
_ADD = frozenset(("add", "추가", "追加"))
_REMOVE = frozenset(("remove", "delete", "삭제", "제거", "削除"))
_LIST = frozenset(("list", "목록", "一覧", "リスト", ""))


async def watch(desk: Desk, request: Request) -> Reply:
    """``add NAME``, ``remove NAME`` or ``list``; a name alone is added. "in=CHANNEL" in front means another channel's list."""
    there = await _elsewhere(desk, request)
    reply = await _watch(desk, there)
    if there.channel == request.channel:
        return reply
    actions = tuple(replace(one, text=f"in={there.channel.id} {one.text}") for one in reply.actions if not one.asks)
    return replace(reply, actions=actions)


async def _watch(desk: Desk, request: Request) -> Reply:
    head, _, rest = request.text.strip().partition(" ")
    word, rest = head.lower(), rest.strip()
    if word in _LIST and not rest:
        return await _listing(desk, request)
    if word in _REMOVE:
        return await _remove(desk, request, _given(rest, request))
    return await _add(desk, request, _given(rest if word in _ADD else request.text.strip(), request))


async def _elsewhere(desk: Desk, request: Request) -> Request:
    """The request as if it were made in the channel that it names. Raises UserError where this person may not."""
    head, _, rest = request.text.strip().partition(" ")
    if not head.startswith("in="):
        return request
    await desk.refuse_unless_managing(request, elsewhere=True)
    return replace(request, channel=replace(request.channel, id=head.removeprefix("in=")), text=rest)


def _given(text: str, request: Request) -> str:
    name = " ".join(text.strip("\"'“”").split())
    if not SHORTEST <= len(name) <= LONGEST or not any(char.isalnum() for char in name):
        message = t(request.language, "Give a name or word of 2 to 60 characters, for example: /brief watch add 업스테이지")
        raise UserError(message)
    return name


async def _add(desk: Desk, request: Request, name: str) -> Reply:
    language, channel = request.language, request.channel
    meant = names.meant(name)
    watched = Watched(meant[0].id, entity=True) if meant else Watched(name, entity=False)
    listed = await desk.store.watchlist.of_channel(channel)
    if _on(listed, watched):
        return _told(request, watched, t(language, "It is on the watchlist already."), meant[1:])
    if len(listed) >= MOST:
        raise UserError(t(language, "The watchlist is full ({n}). Take something off it first.", n=MOST))
    async with desk.store.transaction():
        await desk.store.watchlist.add(channel, watched, request.person, request.at)
        await desk.store.audit.add(channel, [Change(request.at, request.person, f"watchlist.{channel.id}", None, watched.name)])
    if meant:
        said = t(language, "On the watchlist: its stories come first here, under all its names.")
    else:
        said = t(language, "On the watchlist as a word: stories with it in a title or summary come first here.")
    return _told(request, watched, said, meant[1:], names.near(name) if not meant else ())


def _told(request: Request, watched: Watched, said: str, others: Sequence[Entity] = (), near: Sequence[str] = ()) -> Reply:
    """The entry, with what else may have been meant."""
    language = request.language
    alike = [*(names.show_name(entity.id, language) for entity in others), *near][:3]
    add = [Action(t(language, "Watch {name}", name=name), "watch", f"add {name}") for name in alike]
    remove = Action(t(language, "Remove"), "watch", f"remove {watched.name}", style="danger")
    return Reply(title=shown(watched, language), paragraphs=(said,), actions=(remove, *add, _all(language)))


def _all(language: str) -> Action:
    return Action(t(language, "Watchlist"), "watch", "list")


def _on(listed: Sequence[Watched], watched: Watched) -> bool:
    return any(one.entity == watched.entity and normalise(one.name) == normalise(watched.name) for one in listed)


async def _remove(desk: Desk, request: Request, name: str) -> Reply:
    language, channel = request.language, request.channel
    listed = await desk.store.watchlist.of_channel(channel)
    ids = [entity.id for entity in names.meant(name)]
    found = [one for one in listed if (one.entity and one.name in ids) or normalise(one.name) == normalise(name)]
    if not found:
        raise UserError(t(language, "“{name}” is not on this channel's watchlist.", name=name))
    gone = min(found, key=lambda one: (one.name != name, ids.index(one.name) if one.name in ids else len(ids)))
    async with desk.store.transaction():
        await desk.store.watchlist.remove(channel, gone.name)
        await desk.store.audit.add(channel, [Change(request.at, request.person, f"watchlist.{channel.id}", gone.name, None)])
    again = Action(t(language, "Watch again"), "watch", f"add {gone.name}")
    said = t(language, "No longer on the watchlist.")
    return Reply(title=shown(gone, language), paragraphs=(said,), actions=(again, _all(language)))


async def _listing(desk: Desk, request: Request) -> Reply:
    language = request.language
    listed = await desk.store.watchlist.of_channel(request.channel)
    asked = t(language, "A company, ministry, law or any word")
    add = Action(t(language, "Add"), "watch", style="primary", asks=asked)
    if not listed:
        said = t(
            language,
            "This channel watches nothing yet. What it watches comes first in briefings, and in alerts.",
        )
        return Reply(title=t(language, "Watchlist"), paragraphs=(said,), actions=(add,))
    start = (max(request.page, 1) - 1) * A_PAGE
    page = listed[start : start + A_PAGE]
    removes = [Action(f"✕ {short(one, language)}", "watch", f"remove {one.name}") for one in page]
    more = [Action(t(language, "More"), "watch", "list", page=max(request.page, 1) + 1)] if len(listed) > start + A_PAGE else []
    title = tn(language, "{n} on this channel's watchlist", "{n} on this channel's watchlist", len(listed))
    return Reply(title=title, paragraphs=tuple(f"• {shown(one, language)}" for one in page), actions=(add, *removes, *more))


def short(one: Watched, language: str) -> str:
    """A name as the reader's language has it, or the word."""
    return names.show_name(one.name, language) if one.entity else one.name


def shown(one: Watched, language: str) -> str:
    """A name in its three scripts, the reader's first; a word in quotation marks."""
    if not one.entity:
        return f"“{one.name}”"
    try:
        entity = register.load().get(one.name)
    except KeyError:
        return one.name
    return " · ".join(dict.fromkeys(entity.name(code) for code in (language, *LANGUAGES)))
