"""A workspace's briefings: what comes and when, what came, and each edition at an address that stays."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from starlette.responses import Response

from bot.commands import telling
from bot.locales import t, wording
from bot.platforms.web import look
from bot.platforms.web.briefing import laid_out
from bot.platforms.web.deliveries import kind_names, state_names
from bot.platforms.web.lists import with_values
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.pictures import pictures
from bot.platforms.web.reader import NoSuchPage, Reader

A_PAGE = 30


class Coming(NamedTuple):
    """A subscription in a list."""

    id: str
    name: str
    channel: str
    when: str
    what: str
    next: str
    state: str


async def archive(reader: Reader) -> Response:
    """What comes, and what came: of the workspace, or of one of its channels."""
    channel, first = reader.asked("channel", 60), (reader.page - 1) * A_PAGE
    found = await reader.store.issued.editions(reader.place, A_PAGE + 1, first, channel)
    return look.show(
        reader,
        "editions.html.j2",
        title=t(reader.language, "Briefings"),
        coming=await _coming(reader, channel),
        editions=found[:A_PAGE],
        channels=await reader.store.issued.channels(reader.place),
        channel=channel,
        newer=with_values(reader, page=str(reader.page - 1) if reader.page > 2 else "") if reader.page > 1 else "",
        older=with_values(reader, page=str(reader.page + 1)) if len(found) > A_PAGE else "",
    )


async def _coming(reader: Reader, channel: str) -> Sequence[Coming]:
    desk, language, place = reader.site.desk, reader.language, reader.place
    standings = await reader.store.subscriptions.of_workspace(place.platform, place.workspace)
    return [
        Coming(
            one.subscription.id,
            telling.called(one, language),
            one.subscription.channel.id,
            telling.when(one.subscription, language),
            telling.content(one.subscription.filters, language),
            telling.next_line(desk, one, reader.now, language),
            "" if one.state == "active" else telling.state(one, language),
        )
        for one in standings
        if channel in ("", one.subscription.channel.id)
    ]


async def edition(reader: Reader) -> Response:
    """One edition as it was posted, with what was put right in it since."""
    found = await reader.store.issued.edition(reader.place, reader.param("key"))
    if found is None:
        raise NoSuchPage
    issue, shown = found
    log = await reader.store.issued.log(reader.place, 50, edition=issue.key)
    return look.show(
        reader,
        "issue.html.j2",
        title=wording.heading(shown),
        issue=issue,
        edition=shown,
        log=log,
        delivery_kinds=kind_names,
        delivery_states=state_names,
        preview=None,
        it=laid_out(shown),
        pictures=pictures("edition", issue.key, shown.charts),
    )


def path_of(key: str) -> str:
    """Where an edition is."""
    return f"/editions/{quote(key, safe='/:')}"


PAGES = (
    Page("/editions", archive, Access.WORKSPACE),
    Page("/editions/{key:path}", edition, Access.WORKSPACE),
)
