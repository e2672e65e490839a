"""A page of the site and who may see it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from starlette.responses import Response

from bot.platforms.web.own import nothing
from bot.platforms.web.reader import Reader
from bot.platforms.web.shelf import LASTS


class Access(Enum):
    """OPEN: anybody. ARCHIVE: anybody where the operator says so, else who is signed in. WORKSPACE: who is signed in."""

    OPEN = "open"
    ARCHIVE = "archive"
    WORKSPACE = "workspace"

    def needs_session(self, public: bool) -> bool:
        """Whether nobody sees it without signing in. ``public``: the operator lets everybody read the archive."""
        return self is Access.WORKSPACE or (self is Access.ARCHIVE and not public)


@dataclass(frozen=True, slots=True)
class Page:
    """What ``show`` makes is at ``path``. ``kept``: it tells of the archive alone, but for what ``own`` finds: whether it shows
    anything of the workspace that the reader is signed in to. ``lasts``: seconds for which it stands where nothing new comes.
    """

    path: str
    show: Callable[[Reader], Awaitable[Response]]
    access: Access = Access.ARCHIVE
    methods: Sequence[str] = ("GET",)
    kept: bool = True
    lasts: float = LASTS
    own: Callable[[Reader], Awaitable[bool]] = nothing
