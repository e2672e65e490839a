"""Whether a site wants its pages read by programs such as ours: robots.txt by RFC 9309, fetched like everything else."""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from bot.errors import FetchError
from bot.feeds.fetch import Client, Unreachable
from bot.feeds.urls import Parts, parse

_LONGEST = 500_000  # bytes of a robots.txt that are read
_MOST_RULES = 2_000
_LONGEST_PATTERN = 500  # characters, and
_MOST_STARS = 10  # of a pattern; others are no rules but attacks
_REMEMBERED = 500  # servers
_KEPT, _KEPT_AFTER_FAILURE = 6 * 3600.0, 600.0  # seconds
_LINE = re.compile(r"\s*(?P<key>user-agent|allow|disallow)\s*:\s*(?P<value>[^#]*)", re.IGNORECASE)
_TOKEN = re.compile(r"[\w-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """``pattern``: of a path with its query; * is anything, a $ at the end is the end."""

    allows: bool
    pattern: str

    def matches(self, path: str) -> bool:
        """In time that grows with the lengths only."""
        whole = self.pattern.endswith("$")
        first, *rest = self.pattern.removesuffix("$").split("*")
        if not path.startswith(first):
            return False
        at = len(first)
        if not rest:
            return not whole or at == len(path)
        *middle, last = rest
        for part in middle:
            at = path.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return path[at:].endswith(last) if whole else path.find(last, at) >= 0


Rules = tuple[Rule, ...]
_EVERYTHING: Rules = ()
_NOTHING: Rules = (Rule(False, "/"),)


class Robots:
    """Asks each server once in a while. ``agent``: how we introduce ourselves; its first word is our name in robots.txt."""

    def __init__(self, client: Client, agent: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        found = _TOKEN.match(agent)
        self._name = found.group().lower() if found else ""
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Rules]] = OrderedDict()

    async def allow(self, url: str) -> bool:
        """Whether we may read ``url``. A server that fails to say is taken to say no; one that cannot be reached says nothing."""
        parts = parse(url)
        if parts is None:
            return True  # no address that is ever asked
        return allows(await self._rules(parts), f"{parts.path}{'?' if parts.query else ''}{parts.query}")

    async def _rules(self, parts: Parts) -> Rules:
        server = f"{parts.scheme}://{parts.origin}"
        until, rules = self._known.get(server, (0.0, _EVERYTHING))
        if self._clock() < until:
            self._known.move_to_end(server)
            return rules
        rules, seconds = await self._asked(f"{server}/robots.txt")
        self._known[server] = (self._clock() + seconds, rules)
        self._known.move_to_end(server)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return rules

    async def _asked(self, url: str) -> tuple[Rules, float]:
        try:
            fetched = await self._client.get(url, accept="text/plain, */*;q=0.1")
        except Unreachable:
            return _EVERYTHING, 0.0
        except FetchError as exc:
            if exc.status and 400 <= exc.status < 500 and exc.status != 429:
                return _EVERYTHING, _KEPT
            return _NOTHING, _KEPT_AFTER_FAILURE
        return read(fetched.body[:_LONGEST].decode("utf-8", "replace"), self._name), _KEPT


def allows(rules: Rules, target: str) -> bool:
    """Whether ``rules`` allow a path with its query: the longest that matches decides, and of two as long the one that allows."""
    path = _plain(target or "/")
    found = [(len(rule.pattern), rule.allows) for rule in rules if rule.matches(path)]
    return max(found, default=(0, True))[1]


def read(text: str, name: str) -> Rules:
    """The rules of a robots.txt for ``name`` (in small letters): those of its own groups, else those for everybody."""
    groups: dict[str, list[Rule]] = {}
    for names, rule in _lines(text):
        for each in names:
            groups.setdefault(each, []).extend([rule] if rule else [])
    return tuple(groups.get(name, groups.get("*", ()))[:_MOST_RULES])


def _lines(text: str) -> Iterator[tuple[list[str], Rule | None]]:
    """Each rule with the names that it is for; a None says only that a group names them."""
    names: list[str] = []
    ruled = False
    for line in text.removeprefix("\ufeff").splitlines():
        match = _LINE.match(line)
        if not match:
            continue
        key, value = match["key"].lower(), match["value"].strip()
        if key == "user-agent":
            names = [] if ruled else names
            ruled = False
            token = _TOKEN.match(value)
            names = [*names, "*" if value.startswith("*") else token.group().lower() if token else ""]
            yield names, None
        else:
            ruled = True
            if value.startswith(("/", "*")) and len(value) <= _LONGEST_PATTERN and value.count("*") <= _MOST_STARS:
                yield names, Rule(key == "allow", _plain(value))


def _plain(path: str) -> str:
    """One writing for each path: /%7Ea and /~a are the same."""
    return quote(unquote(path), safe="/?&=;:@!$'()*+,~#[]-._")
