"""What pages with lists share: the choices of a form in an address, and the way from page to page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from bot.platforms.web.reader import LAST_PAGE, Reader

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a list stands: ``first`` to ``last`` of ``count``, and the addresses of the pages beside it."""

    first: int
    last: int
    count: int
    earlier: str
    later: str


def paged(reader: Reader, found: Sequence[_T], size: int) -> tuple[Sequence[_T], Pager]:
    """The page of ``found`` that is asked for; one behind the end is the last."""
    number = min(reader.page, max(1, -(-len(found) // size)))
    first = (number - 1) * size
    page = found[first : first + size]
    more = found[first + size :] and number < LAST_PAGE
    return page, Pager(
        first + 1 if page else 0,
        first + len(page),
        len(found),
        with_values(reader, page=str(number - 1) if number > 2 else "") if number > 1 else "",
        with_values(reader, page=str(number + 1)) if more else "",
    )


def with_values(reader: Reader, /, path: str = "", **changes: str) -> str:
    """This page's address with other values in its query; an empty one goes. ``path``: of another page with the same query."""
    values = {name: value for name, value in reader.http.query_params.items() if value} | changes
    return address(path or reader.http.url.path, values)


def address(path: str, values: Mapping[str, str]) -> str:
    """``path`` with those ``values`` that say something."""
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{path}?{query}" if query else path
