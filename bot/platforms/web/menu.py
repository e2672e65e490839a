"""The menu: which pages stand at the top of every page, in which order, and whether they are a workspace's own."""

from bot.locales import t


def menu(language: str) -> list[tuple[str, str, bool]]:
    """Path, name, and whether only who is signed in has it."""
    return [
        ("/", t(language, "Today"), False),
        ("/stories", t(language, "Stories"), False),
        ("/names", t(language, "Names"), False),
        ("/policies", t(language, "Policies"), False),
        ("/ledger", t(language, "Ledger"), False),
        ("/compare", t(language, "Comparison"), False),
        ("/search", t(language, "Search"), False),
        ("/ask", t(language, "Ask"), True),
        ("/editions", t(language, "Briefings"), True),
        ("/feeds", t(language, "Feeds"), False),
        ("/deliveries", t(language, "Deliveries"), True),
    ]


def part_of(path: str) -> str:
    """Where in the menu the page at ``path`` or one that it is below stands; empty where none does."""
    first = "/" + path.removeprefix("/").partition("/")[0]
    return first if first in _PATHS else ""


_PATHS = frozenset(path for path, _, _ in menu("en"))
