"""What many readers ask for is made once: results stand here until something changed, and whoever comes meanwhile waits for one.

A result that takes long may be shown for a while after a change, while the next one is being made.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from bot import log
from bot.platforms.web.reader import Site

_T = TypeVar("_T")

MOST = 2_000  # results
LASTS = 300.0  # seconds after which a result is made anew although nothing changed: the time itself moves on
LOOKED = 1.0  # seconds for which it is believed that nothing changed


@dataclass(slots=True)
class _Result:
    value: Any
    mark: Hashable
    made: float
    weight: int


class Shelf:
    """``mark``: in what state the archive is; two equal ones mean that nothing changed. ``most``: results that are kept, or what
    they may weigh together by ``weigh``.
    """

    def __init__(
        self,
        mark: Callable[[], Awaitable[Hashable]],
        *,
        most: int = MOST,
        weigh: Callable[[Any], int] = lambda _: 1,
        timer: Callable[[], float] = monotonic,
    ) -> None:
        self._most, self._weigh, self._weight = most, weigh, 0
        self._ask = mark
        self._timer = timer
        self._mark: Hashable = None
        self._looked: float | None = None
        self._looking = asyncio.Lock()
        self._results: OrderedDict[Hashable, _Result] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Any]] = {}

    async def get(
        self,
        key: Hashable,
        make: Callable[[], Awaitable[_T]],
        *,
        lasts: float = LASTS,
        patient: float = 0.0,
        rests: float = 0.0,
    ) -> _T:
        """What ``make`` made under ``key`` since the last change, else what it makes now.

        ``lasts``: seconds for which a result stands, ``rests``: for which it does although something changed. ``patient``:
        for how many seconds more an old one is shown, while the next one is made behind it.
        """
        mark = await self.mark()
        known = self._results.get(key)
        if known is None:
            return await self._made(key, make, mark)  # type: ignore[no-any-return]
        self._results.move_to_end(key)
        age = self._timer() - known.made
        if age < rests or (known.mark == mark and age < lasts):
            return known.value  # type: ignore[no-any-return]
        if age < lasts + patient and patient:
            self._start(key, make, mark).add_done_callback(_noted)
            return known.value  # type: ignore[no-any-return]
        return await self._made(key, make, mark)  # type: ignore[no-any-return]

    async def mark(self) -> Hashable:
        """The state of the archive, looked at no more than once a second."""
        async with self._looking:
            now = self._timer()
            if self._looked is None or now - self._looked >= LOOKED:
                self._mark, self._looked = await self._ask(), now
        return self._mark

    async def close(self) -> None:
        """End what is being made."""
        for task in self._making.values():
            task.cancel()
        await asyncio.gather(*self._making.values(), return_exceptions=True)

    async def _made(self, key: Hashable, make: Callable[[], Awaitable[Any]], mark: Hashable) -> Any:
        # Who asked first may go away; those who wait with them still want it.
        return await asyncio.shield(self._start(key, make, mark))

    def _start(self, key: Hashable, make: Callable[[], Awaitable[Any]], mark: Hashable) -> "asyncio.Task[Any]":
        task = self._making.get(key)
        if task is None:
            # In a context of its own: it may outlive whoever asked first, and must not use what that one has open.
            task = self._making[key] = asyncio.create_task(self._make(key, make, mark), context=Context())
            task.add_done_callback(lambda ended: self._ended(key, ended))
        return task

    def _ended(self, key: Hashable, task: "asyncio.Task[Any]") -> None:
        self._making.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever waits for it is told; where nobody is left, nobody is to be told

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[Any]], mark: Hashable) -> Any:
        value = await make()
        self._drop(key)
        self._results[key] = made = _Result(value, mark, self._timer(), self._weigh(value))
        self._weight += made.weight
        while self._weight > self._most:
            self._drop(next(iter(self._results)))
        return value

    def _drop(self, key: Hashable) -> None:
        known = self._results.pop(key, None)
        self._weight -= known.weight if known else 0


def shelf_of(site: Site) -> Shelf:
    """The one of the site."""
    found: Shelf = site.cache.setdefault("shelf", Shelf(site.store.changes.mark))
    return found


def _noted(task: "asyncio.Task[Any]") -> None:
    """Nobody waits for what is made behind an old result: that it failed is at least written down."""
    if not task.cancelled() and (error := task.exception()):
        log.bug("page.not_renewed", error)
