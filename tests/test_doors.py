"""Each outside system has one door: its library is imported there and nowhere else."""

import re
import tomllib
from pathlib import Path

BOT = Path(__file__).parents[1] / "bot"
DOORS = {
    "aiohttp": (
        "feeds/fetch",
        "feeds/sample",
        "ping",
        "platforms/slack/",
        "platforms/discord/",
        "platforms/web/oauth",
    ),  # both chat libraries let its errors through
    "ahocorasick_rs": ("knowledge/",),
    "aiosqlite": ("store/sqlite_connection",),
    "alembic": ("store/",),
    "apscheduler": ("jobs",),
    "babel": ("locales/",),
    "chardet": ("feeds/encoding",),
    "click": ("__main__", "verbs/"),
    "discord": ("platforms/discord/",),
    "feedparser": ("feeds/parse",),
    "holidays": ("knowledge/calendars",),
    "itsdangerous": ("platforms/web/",),
    "jinja2": ("platforms/web/",),
    "jsonschema": ("llm/",),
    "lxml": ("feeds/",),
    "matplotlib": ("charts/",),
    "openai": ("llm/client",),
    "procrastinate": ("queue",),
    "psycopg": ("store/engines",),
    "pypdf": ("feeds/",),
    "rapidfuzz": ("llm/verify",),
    "rich": ("platforms/terminal/", "once", "files", "operations", "doctor", "standing"),
    "slack_bolt": ("platforms/slack/",),
    "slack_sdk": ("platforms/slack/",),
    "sqlalchemy": ("store/",),
    "starlette": ("server", "health", "platforms/slack/", "platforms/web/"),
    "tantivy": ("archive/index",),
    "trafilatura": ("feeds/",),
    "uvicorn": ("server",),
    "yaml": ("config/", "knowledge/tables", "llm/prompts", "platforms/slack/manifest"),
}
MODULES = {"discord.py": "discord", "pyyaml": "yaml"}  # where it has another name than its package
FOR_FILES = {"koreanize-matplotlib", "matplotlib-fontja", "tzdata"}  # fonts that charts/fonts finds, zones that zoneinfo does
_IMPORT = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)


def test_every_library_is_imported_at_its_door_only() -> None:
    used, places = set(), set()
    for path in BOT.rglob("*.py"):
        module = path.relative_to(BOT).as_posix()
        for library in _IMPORT.findall(path.read_text(encoding="utf-8")):
            if library in DOORS:
                used.add(library)
                assert module.startswith(DOORS[library]), f"bot/{module} imports {library}"
                places |= {(library, place) for place in DOORS[library] if module.startswith(place)}
    assert used == set(DOORS)
    assert {(library, place) for library, doors in DOORS.items() for place in doors} == places


def test_every_dependency_is_used() -> None:
    project = tomllib.loads((BOT.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[\[<>=;]", one)[0].strip() for one in project["dependencies"]}
    assert {MODULES.get(name, name.replace("-", "_")) for name in names - FOR_FILES} == set(DOORS)
    fonts = (BOT / "charts/fonts.py").read_text(encoding="utf-8")
    assert all(name.replace("-", "_") in fonts for name in FOR_FILES & names - {"tzdata"})


def test_only_the_clock_reads_the_clock() -> None:
    readers = {
        path.relative_to(BOT).as_posix()
        for path in BOT.rglob("*.py")
        if re.search(r"datetime\.(?:now|utcnow|today)\(|time\.time\(|date\.today\(", path.read_text(encoding="utf-8"))
    }
    assert readers <= {"clock.py"}
