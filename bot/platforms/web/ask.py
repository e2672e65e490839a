"""Questions in the browser: a cited answer whose numbers lead to its sources, or an honest refusal. For who is signed in."""

from collections import OrderedDict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from starlette.responses import Response

from bot.errors import UserError
from bot.locales import t, wording
from bot.model import Reply
from bot.platforms.web import look
from bot.platforms.web.lists import address
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import Reader

LONGEST = 500  # characters of a question
BEFORE = 4  # questions that a follow-up still knows of
AT_ONCE, SPAN = 10, timedelta(minutes=1)  # questions of a person
_PEOPLE = 5_000  # whose last questions are remembered


class Pace:
    """How many questions a person may still ask; kept in this process alone."""

    def __init__(self) -> None:
        self._asked: OrderedDict[tuple[str, str, str], deque[datetime]] = OrderedDict()

    def may(self, person: tuple[str, str, str], now: datetime) -> bool:
        """Whether one more is taken now; if so, it counts."""
        asked = self._asked.setdefault(person, deque())
        self._asked.move_to_end(person)
        while len(self._asked) > _PEOPLE:
            self._asked.popitem(last=False)
        while asked and asked[0] <= now - SPAN:
            asked.popleft()
        if len(asked) >= AT_ONCE:
            return False
        asked.append(now)
        return True


async def blank(reader: Reader) -> Response:
    """The form, perhaps with a question that another page proposes."""
    about = reader.asked("about", 80)
    return _shown(reader, reader.asked("q", LONGEST), about, (), None)


async def ask(reader: Reader) -> Response:
    """The answer to what was sent, with a form to ask on."""
    sent = await reader.form()
    language = reader.language
    question = sent.get("q", "").strip()[:LONGEST]
    if not question:
        raise UserError(t(language, "Type a question first."))
    before = [line[:LONGEST] for number in range(BEFORE) if (line := sent.get(f"before{number}", "").strip())]
    place = reader.place
    pace: Pace = reader.site.cache.setdefault("pace of questions", Pace())
    if not pace.may((place.platform, place.workspace, reader.request("ask").person), reader.now):
        raise UserError(t(language, "That is many questions in a minute. Wait a little, then ask again."))
    about = sent.get("about", "")[:80]
    reply = await reader.site.talk.handle(reader.request("ask", question, about=about, thread=tuple(before)))
    return _shown(reader, question, about, before, reply)


def _shown(reader: Reader, question: str, about: str, before: Sequence[str], reply: Reply | None) -> Response:
    language, answer = reader.language, reply.answer if reply else None
    page = look.show(
        reader,
        "ask.html.j2",
        title=t(language, "Ask the archive"),
        question=question,
        about=about,
        asked=[*before, question][-BEFORE:] if answer else [],
        answer=answer,
        table=reply.table if reply else None,
        note=wording.answer_note(answer) if answer else "",
        sources={source.number: source for source in answer.sources} if answer else {},
        search=address("/search", {"q": question}),
    )
    page.headers["cache-control"] = "no-store"
    return page


PAGES = (Page("/ask", blank, Access.WORKSPACE), Page("/ask", ask, Access.WORKSPACE, ("POST",)))
