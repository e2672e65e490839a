"""What a running process remembers: events already taken, and what people said in threads. Bounded; gone with a restart."""

from collections import OrderedDict, deque
from collections.abc import Hashable

_EVENTS = 20_000
_THREADS = 1_000
_LINES = 12


class Seen:
    """Tells the first delivery of an event from its repetitions."""

    def __init__(self) -> None:
        self._keys: OrderedDict[Hashable, None] = OrderedDict()

    def first(self, *keys: Hashable) -> bool:
        """Whether none of the names of this event was met before; from now on, all were."""
        known = any(key in self._keys for key in keys)
        self._keys.update(dict.fromkeys(keys))
        while len(self._keys) > _EVENTS:
            self._keys.popitem(last=False)
        return not known


class Threads:
    """What people said in each thread, oldest first; below a briefing, the briefing comes first."""

    def __init__(self) -> None:
        self._lines: OrderedDict[tuple[str, str], deque[str]] = OrderedDict()

    def recall(self, channel: str, root: str) -> tuple[str, ...]:
        """The lines of a thread; none where it is not known."""
        return tuple(self._lines.get((channel, root), ()))

    def remember(self, channel: str, root: str, *lines: str) -> None:
        """Add ``lines`` to a thread; the thread that was quiet longest is forgotten when there are too many."""
        self._lines.setdefault((channel, root), deque(maxlen=_LINES)).extend(lines)
        self._lines.move_to_end((channel, root))
        while len(self._lines) > _THREADS:
            self._lines.popitem(last=False)
