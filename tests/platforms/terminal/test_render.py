"""The briefing in the terminal."""

import io

from rich.console import Console

from bot.model import Answer, CitedSentence, Reply, Source, Table
from bot.platforms.terminal.render import answered, briefing
from tests.builders import edition, item


def shown(one: object) -> str:
    out = io.StringIO()
    Console(file=out, width=100, color_system=None, highlight=False).print(one)
    return out.getvalue()


def test_a_briefing_shows_its_stories_with_citations_and_sources() -> None:
    text = shown(briefing(edition(item())))
    for part in (
        "Upstage opens a Tokyo office",
        "NEW",
        "Upstage opened a Tokyo office. [1]",
        "¥45bn",
        "https://example.com/1",
        "1,204",
    ):
        assert part in text


def test_markup_in_a_headline_stays_text() -> None:
    assert "[bold]not bold[/bold] [/]" in shown(briefing(edition(item(headline="[bold]not bold[/bold] [/]"))))


def test_a_quiet_day_and_a_sample_say_so() -> None:
    assert "A quiet day" in shown(briefing(edition()))
    assert "SAMPLE" in shown(briefing(edition(item(), sample=True)))


def test_an_answer_shows_its_sentences_their_sources_and_the_table_beside_it() -> None:
    source = Source(1, "a1", "ETNews", "Upstage [bold]opens[/bold]", "https://example.com/1")
    answer = Answer("?", "en", True, (CitedSentence("It opened [sic] an office.", (1,)),), (source,))
    lines = shown(answered(Reply(answer=answer, table=Table(("who", "how much"), (("Upstage", "[5]"),))))).splitlines()
    assert lines[0] == "It opened [sic] an office. [1]"
    assert lines[1] == "[1] Upstage [bold]opens[/bold] · ETNews · https://example.com/1"
    assert lines[2] == "quoted extracts, no model used" and lines[-1].split() == ["Upstage", "[5]"]
    assert shown(answered(Reply(answer=Answer("?", "ja", False)))).strip() == "アーカイブに答えはありません。"
