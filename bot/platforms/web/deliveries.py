"""The log of what was posted in a workspace: each message, how often it was tried, and what became of it."""

from starlette.responses import Response

from bot.locales import t
from bot.model import DeliveryState
from bot.platforms.web import look
from bot.platforms.web.lists import with_values
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.reader import Reader

A_PAGE = 50


async def deliveries(reader: Reader) -> Response:
    """The newest first; those in one state where it is asked for."""
    asked, language = reader.asked("state", 20), reader.language
    state = asked if asked in set(DeliveryState) else ""
    counts = await reader.store.deliveries.counts(reader.place)
    found = await reader.store.issued.log(reader.place, A_PAGE + 1, (reader.page - 1) * A_PAGE, state)
    return look.show(
        reader,
        "deliveries.html.j2",
        title=t(language, "Deliveries"),
        rows=found[:A_PAGE],
        counted=" · ".join(f"{said}: {counts[name]:,}" for name, said in state_names(language).items() if counts.get(name)),
        state=state,
        states=state_names(language),
        kinds=kind_names(language),
        newer=with_values(reader, page=str(reader.page - 1) if reader.page > 2 else "") if reader.page > 1 else "",
        older=with_values(reader, page=str(reader.page + 1)) if len(found) > A_PAGE else "",
    )


def state_names(language: str) -> dict[str, str]:
    """What people call the states of a message."""
    return {
        "pending": t(language, "waiting"),
        "sending": t(language, "under way"),
        "sent": t(language, "posted"),
        "held": t(language, "held for a person"),
        "dead": t(language, "given up"),
    }


def kind_names(language: str) -> dict[str, str]:
    """What people call the kinds of a message."""
    return {"post": t(language, "message"), "edit": t(language, "correction"), "answer": t(language, "reply in the thread")}


PAGES = (Page("/deliveries", deliveries, Access.WORKSPACE),)
