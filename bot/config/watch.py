"""The feeds.yaml of a running bot: a good change takes effect, a broken one keeps what was and is told once."""

from pathlib import Path

from bot import log
from bot.config.feeds_file import FeedsFile, load_feeds
from bot.errors import ConfigError


class WatchedFeeds:
    """Reads the file at once; raises ConfigError where even the first reading fails."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = self._stamp_now()
        self.current: FeedsFile = load_feeds(path)

    def refresh(self) -> bool:
        """Read the file again if it was touched. True when ``current`` changed."""
        stamp = self._stamp_now()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            changed = load_feeds(self._path)
        except ConfigError as exc:
            for problem in exc.problems:
                log.warning("feeds.rejected", problem=problem, effect="the feeds of before stay in use")
            return False
        log.event("feeds.changed", feeds=len(changed.enabled), digests=len(changed.digests))
        self.current = changed
        return True

    def _stamp_now(self) -> tuple[int, int]:
        try:
            stat = self._path.stat()
        except OSError:
            return (0, 0)
        return (stat.st_mtime_ns, stat.st_size)
