"""Strings made to break pages, as titles, summaries, outlets, quotes and queries: none of them does anything in a browser."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from bot.model import Amount, Article, EventFact, Relevance, StoryDecision, Topic
from tests.browser.world import World
from tests.builders import NOON, article
from tests.conftest import SHARED

HIT = "<script>window.hit=1</script>"
LOOK_ALIKES = (
    HIT, "<img src=x onerror=window.hit=1>", "<svg/onload=window.hit=1>", '"><script>alert(1)</script>', "'-alert(1)-'",
    "</title><script>window.hit=1</script>", "</textarea><img src=x onerror=alert(1)>", "javascript:window.hit=1", "{{7*7}}", "{% raw %}",
    "<iframe src=javascript:alert(1)>", "<a href=javascript:alert(1)>x</a>", "<style>*{display:none}</style>", "&#x3C;script&#x3E;",
    "<base href=//evil.example>", "<meta http-equiv=refresh content=0;url=//evil.example>", "]]><x>", "\u202eelur\u202c", "\u0000\u0001\u001b[31m",
    "\ufeff\u200b", "<form action=//evil.example><button>go</button></form>", "<link rel=stylesheet href=//evil.example/x.css>", "𝕳", "ﷺ" * 40,
    "Z̴̘̈́͝a̸l̵g̶o̷" * 30, "<details open ontoggle=window.hit=1>", "` onmouseover=alert(1) x=`", "${window.hit=1}", "%3Cscript%3E", "<!--", "-->", "<x" * 50,
)  # fmt: skip
A_STORY = 40  # reports
ELEMENTS = """() => [...new Set([...document.querySelectorAll('*')].map(one =>
    [one.tagName, ...[...one.attributes].map(a => a.name).filter(name => name !== 'lang').sort()].join(' ')))]"""
LINKS = "() => [...document.querySelectorAll('[href],[src],[action]')].map(one => one.href || one.src || one.action)"


def strings() -> list[str]:
    """Those of the corpus, where it is there, and ours."""
    path = Path(SHARED) / "corpora" / "naughty" / "blns.json"
    return [*(json.loads(path.read_text(encoding="utf-8")) if path.exists() else ()), *LOOK_ALIKES]


async def tell(world: World, naughty: Sequence[str]) -> list[str]:
    """Stories of reports that hold nothing else; their ids."""
    found = Relevance(0.9, True, (Topic.POLICY,), ("JP",), None, ("Upstage",), tuple(naughty[:3]))
    reports, decisions, facts = [], [], {}
    for number, text in enumerate(naughty):
        report: Article = article(
            f"n{number}",
            text or "–",
            summary=text,
            outlet=text[:80] or "–",
            url=f"https://n.example/{number}" if number % 2 else text,
        )
        reports.append(report)
        decisions.append(StoryDecision(report.id, f"naughty{number // A_STORY}", number % A_STORY > 0, reasons=(text,)))
        whole = report.text
        said = whole[:60]
        facts[report.id] = (
            Amount(None, "KRW", said, 0, len(said), role="investment"),
            EventFact("office_opened", "announced", ("Upstage", text), said, 0, len(said), "JP", text),
        )
    store = world.site.store
    await store.articles.add(reports)
    await store.articles.save_relevance({one.id: found for one in reports})
    await store.facts.save(facts)
    await store.stories.save(decisions, reports, NOON)
    return list(dict.fromkeys(one.story_id for one in decisions))


def test_nothing_that_is_told_or_typed_is_executed(world: World) -> None:
    naughty = [one.encode("utf-8", "replace").decode() for one in strings()]

    async def look(world: World) -> None:
        async with world.tab() as (page, complaints):
            benign: set[str] = set()
            for its in world.addresses.values():
                for address in its:
                    await page.goto(world.site.address + address)
                    benign |= set(await page.evaluate(ELEMENTS))
            complaints.found.clear()
            stories = await tell(world, naughty)
            await asyncio.sleep(1.1)  # for so long a page is believed to be new
            queries = [quote(" ".join(naughty[at : at + 8])[:450], safe="") for at in range(0, len(naughty), 8)]
            addresses = [
                *(f"/stories/{id}" for id in stories),
                "/",
                "/stories",
                "/names/Upstage",
                "/names",
                "/compare",
                "/policies",
            ]
            addresses += [f"/ledger?who=Upstage&page={number}" for number in (1, 2, 3)]
            addresses += [f"/search?q={query}" for query in queries] + [f"/ledger?who={query[:90]}" for query in queries[::4]]
            addresses += [f"/names?q={query[:200]}" for query in queries[::4]] + [f"/ask?q={query}" for query in queries[::6]]
            strange = set()
            for address in addresses:
                if len(address) > 1900:
                    continue
                await page.goto(world.site.address + address)
                strange |= {f"{address}: {one}" for one in set(await page.evaluate(ELEMENTS)) - benign}
                links = await page.evaluate(LINKS)
                assert all(link.startswith(("http://", "https://")) for link in links), address
                assert await page.evaluate("window.hit === undefined"), address
                # Signs that no line can be broken within are clipped; the page stays as wide as the window.
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), address
            assert {one for one in strange if not expected(one)} == set()
            assert [one for one in complaints.found if "400" not in one] == []

    world.run(look)


def expected(one: str) -> bool:
    """What the templates have where a list is long or empty, which the benign pages happen not to show."""
    return any(
        one.endswith(f": {form}") for form in ("DETAILS", "SUMMARY", "SPAN class", "P class", "LI class", "OL class start")
    )


def test_feeds_stay_feeds(world: World) -> None:
    async def look(world: World) -> None:
        async with world.tab() as (page, _):
            for path in ("/stories.atom", "/stories.json", "/stories.feed.json"):
                answer = await page.request.get(world.site.address + path)
                assert answer.ok and answer.headers["x-content-type-options"] == "nosniff"
                assert "html" not in answer.headers["content-type"]

    world.run(look)
