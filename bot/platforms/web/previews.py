"""The next briefing of a subscription as it would be now: the edition that its channel would get, made by the same steps."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.commands import subscriptions
from bot.errors import UserError
from bot.locales import t, wording
from bot.model import Chart, Edition, Subscription
from bot.platforms.web import look
from bot.platforms.web.briefing import laid_out
from bot.platforms.web.page_kinds import Access, Page
from bot.platforms.web.pictures import SOURCES, pictures
from bot.platforms.web.reader import NoSuchPage, Reader
from bot.platforms.web.shelf import shelf_of

_STANDS = 60.0  # seconds


async def preview(reader: Reader) -> Response:
    """Nothing is posted, and nothing counts as told."""
    one, edition = await _previewed(reader, reader.param("id"))
    return look.show(
        reader,
        "issue.html.j2",
        title=wording.heading(edition),
        issue=None,
        edition=edition,
        log=(),
        preview=one,
        it=laid_out(edition),
        pictures=pictures("preview", one.id, edition.charts),
    )


async def _previewed(reader: Reader, id: str) -> tuple[Subscription, Edition]:
    """A subscription of the reader's workspace, and its edition. Raises NoSuchPage."""
    place = reader.place
    standings = await reader.store.subscriptions.of_workspace(place.platform, place.workspace)
    one = next((standing.subscription for standing in standings if standing.subscription.id == id), None)
    if one is None:
        raise NoSuchPage

    async def made() -> Edition | None:
        return (await subscriptions.preview(reader.site.desk, reader.request("preview", id))).edition

    edition = await shelf_of(reader.site).get(("preview", place.platform, place.workspace, id), made, lasts=_STANDS)
    if edition is None:
        raise UserError(t(reader.language, "Which briefing?"))
    return one, edition


async def _charts(reader: Reader, id: str, _: str) -> Sequence[Chart]:
    return (await _previewed(reader, id))[1].charts if reader.visit else ()


SOURCES["preview"] = _charts
PAGES = (Page("/previews/{id}", preview, Access.WORKSPACE),)
