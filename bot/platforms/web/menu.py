"""The menu: which pages stand at the top of every page, in which order, and whether they are a workspace's own."""

from bot.locales import t
from bot.platforms.web.reader import Reader


def menu(reader: Reader) -> list[tuple[str, str, bool]]:
    """Path, name, and whether only who is signed in has it."""
    language = reader.language
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


def here_is(reader: Reader, path: str) -> bool:
    """Whether the page is at ``path`` or below it."""
    here = reader.http.url.path
    return here == path or (path != "/" and here.startswith(f"{path}/"))
