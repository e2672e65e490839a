"""The documents and the code say the same."""

import operator
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import bot.model
import bot.ports
from bench.figures import BENCHES
from bot.__main__ import cli
from bot.commands.verbs import VERBS
from bot.config import QUIRKS
from bot.config.digests import ALERTS, DIGEST, NESTED
from bot.config.feeds_file import _FEED
from bot.config.filters import FILTER_KEYS
from bot.locales import t
from bot.model import LANGUAGES
from bot.platforms.slack.surface import SCOPES
from tests import document_lines, error_texts

ROOT = Path(__file__).parents[1]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_key_of_feeds_yaml_and_every_quirk_is_explained() -> None:
    explained = set(re.findall(r"^\| `([\w-]+)` \|", text("docs/feeds.md"), re.MULTILINE))
    assert explained == {*_FEED, *DIGEST, *NESTED, *ALERTS, *FILTER_KEYS, *QUIRKS}


def test_every_verb_has_a_heading() -> None:
    assert re.findall(r"^## (\w+)", text("docs/commands.md"), re.MULTILINE) == [verb.name for verb in VERBS]


def _paths(command: click.Command, path: str = "bot") -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield path
        return
    for name, one in command.commands.items():
        yield from _paths(one, f"{path} {name}")


def test_every_verb_of_the_command_line_is_explained() -> None:
    document = text("docs/cli.md")
    missing = [path for path in _paths(cli) if not re.search(rf"(^|`){path}\b", document, re.MULTILINE)]
    assert missing == []
    headings = re.findall(r"^## (.+)$", document, re.MULTILINE)
    known = {name for path in _paths(cli) for name in path.split()}
    assert {word for heading in headings for word in re.findall(r"(?<![\w-])\w+", heading)} <= known


def test_every_interface_text_exists_in_korean_and_japanese() -> None:
    used: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        used |= set(re.findall(r"\btn?\(\s*[\w.]+,\s*\"((?:[^\"\\]|\\.)+)\"", path.read_text(encoding="utf-8")))
    used |= {verb.description for verb in VERBS}
    assert len(used) > 40
    for language in set(LANGUAGES) - {"en"}:
        # A plural's text is looked up by its singular, so one lookup serves both.
        missing = [message for message in used if t(language, message) == message and not _has_plural(language, message)]
        assert missing == [], language


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_no_interface_text_is_translated_twice(language: str) -> None:
    paths = sorted((ROOT / "bot/locales" / language).glob("*.po"))
    found = [(id, path.name) for path in paths for id in re.findall(r'^msgid "(.+)"$', path.read_text("utf-8"), re.MULTILINE)]
    places: dict[str, list[str]] = {}
    for id, name in found:
        places.setdefault(id, []).append(name)
    assert len(places) > 400
    assert {id: names for id, names in places.items() if len(names) > 1} == {}


def _has_plural(language: str, message: str) -> bool:
    return any(
        f'msgid "{message}"' in path.read_text(encoding="utf-8") for path in (ROOT / "bot/locales" / language).glob("*.po")
    )


def test_every_scope_of_slack_is_explained() -> None:
    assert dict(re.findall(r"^\| `([a-z_]+:?[a-z]*)` \| (.+) \|$", text("docs/slack.md"), re.MULTILINE)) == dict(SCOPES)


def test_every_error_that_an_operator_meets_is_explained() -> None:
    tables = [line.split(" | ")[0] for line in text("docs/errors.md").splitlines() if line.startswith("| `")]
    explained = {one for cell in tables for one in re.findall(r"`([^`]+)`", cell)}
    said = set().union(*error_texts.texts().values())
    assert explained == said


def _targets(document: Path) -> Iterator[str]:
    found = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    yield from (target for target in re.findall(r"\]\(([^)\s]+)\)", found) if not target.startswith(("http", "mailto")))


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", document_lines.documents(), ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in _targets(document):
        file, _, anchor = target.partition("#")
        there = (document.parent / file).resolve() if file else document
        assert there.exists(), target
        assert not anchor or anchor in _anchors(there), target


def test_every_document_is_in_the_index() -> None:
    listed = {(ROOT / "docs" / target).resolve() for target in _targets(ROOT / "docs/README.md")}
    assert {path.resolve() for path in (ROOT / "docs").rglob("*.md")} - listed == {(ROOT / "docs/README.md").resolve()}


def test_the_tour_passes_every_room() -> None:
    shown = set(re.findall(r"\]\(\.\./bot/(\w+)", text("docs/tour.md")))
    rooms = {path.stem for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert rooms - shown == {"__init__"}


def test_every_word_of_the_glossary_is_where_it_says() -> None:
    places = [line.split(" | ")[-1] for line in text("docs/glossary.md").splitlines() if line.startswith("| ")]
    named = [one for cell in places for one in re.findall(r"`([^`]+)`", cell)]
    assert len(named) > 40
    for one in named:
        if one.endswith((".py", "/")):
            assert (ROOT / "bot" / one).exists(), one
        else:
            operator.attrgetter(one)(bot)


@pytest.mark.parametrize(
    "line", [*document_lines.mentioned(), *(one for one in document_lines.fenced() if one.startswith("bot "))]
)
def test_every_command_that_is_mentioned_exists_with_its_options(line: str) -> None:
    command: click.Command = cli
    for word in line.split()[1:]:
        if isinstance(command, click.Group) and not word.startswith("-"):
            assert word in command.commands, word
            command = command.commands[word]
        elif word.startswith("--"):
            known = {name for parameter in command.params for name in parameter.opts} | {"--help", "--version"}
            assert word in known, word


def test_every_other_command_line_names_what_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    for line in document_lines.fenced():
        program, *words = line.split()
        if program == "make":
            assert set(words) <= targets
        elif program == "pytest":
            assert all((ROOT / word).exists() for word in words)
        elif program == "python":
            assert words[0] == "-m", line  # by its path it would not find the others of its folder
            file = ROOT / (words[1].replace(".", "/") + ".py")
            assert file.exists(), line
            options = set(re.findall(r"--[a-z-]+", line))
            assert all(f'"{option}"' in file.read_text(encoding="utf-8") for option in options), line


def test_every_figure_of_the_performance_table_has_its_command() -> None:
    document = text("docs/performance.md")
    table = document.partition("<!-- figures: begin -->")[2].partition("<!-- figures: end -->")[0]
    known = {bench.command: {figure.words for figure in bench.figures} for bench in BENCHES}
    assert all((ROOT / "bench" / f"{bench.module}.py").exists() for bench in BENCHES)
    for command, rows in re.findall(r"^`(python -m bench[^`]*)`.*?\n(.*?)(?=^`python|\Z)", table, re.DOTALL | re.MULTILINE):
        figures = {line.split(" | ")[0].removeprefix("| ") for line in rows.splitlines() if line.startswith("| ")} - {"figure"}
        assert figures == known[command], command
