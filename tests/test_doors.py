"""Each outside system has one door: its library is imported there and nowhere else."""

import re
from pathlib import Path

BOT = Path(__file__).parents[1] / "bot"
DOORS = {
    "aiohttp": (
        "feeds/fetch",
        "feeds/body",
        "feeds/sample",
        "ping",
        "platforms/slack/",
        "platforms/discord/",
        "platforms/web/oauth",
    ),  # both chat libraries let its errors through
    "ahocorasick_rs": ("knowledge/",),
    "alembic": ("store/",),
    "apscheduler": ("jobs",),
    "babel": ("locales/",),
    "click": ("__main__", "verbs/"),
    "discord": ("platforms/discord/",),
    "feedparser": ("feeds/parse",),
    "holidays": ("knowledge/calendars",),
    "itsdangerous": ("platforms/web/",),
    "jinja2": ("platforms/web/",),
    "lxml": ("feeds/",),
    "matplotlib": ("charts/",),
    "openai": ("llm/client",),
    "procrastinate": ("queue",),
    "psycopg": ("store/engines",),
    "pypdf": ("feeds/",),
    "rich": ("platforms/terminal/", "once", "files", "ledger", "operations", "doctor", "standing", "pages"),
    "slack_bolt": ("platforms/slack/",),
    "slack_sdk": ("platforms/slack/",),
    "sqlalchemy": ("store/",),
    "starlette": ("server", "health", "platforms/slack/", "platforms/web/"),
    "tantivy": ("archive/index",),
    "trafilatura": ("feeds/",),
    "uvicorn": ("server",),
}
_IMPORT = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)


def test_every_library_is_imported_at_its_door_only() -> None:
    used = set()
    for path in BOT.rglob("*.py"):
        module = path.relative_to(BOT).as_posix()
        for library in _IMPORT.findall(path.read_text(encoding="utf-8")):
            if library in DOORS:
                used.add(library)
                assert module.startswith(DOORS[library]), f"bot/{module} imports {library}"
    assert used == set(DOORS)


def test_only_the_clock_reads_the_clock() -> None:
    readers = {
        path.relative_to(BOT).as_posix()
        for path in BOT.rglob("*.py")
        if re.search(r"datetime\.(?:now|utcnow|today)\(|time\.time\(|date\.today\(", path.read_text(encoding="utf-8"))
    }
    assert readers <= {"clock.py"}
