"""Every page at the size of a phone and of a desk, light and dark, in three languages."""

from collections.abc import Iterator

import pytest

from bot.platforms.web.site import PAGES
from tests.browser.world import SIZES, World

LANGUAGES = ("ko", "ja", "en")
SCHEMES = ("light", "dark")
# Nothing that a browser shows by itself; the charts are fetched by the pages that they stand on.
FILES = frozenset(("/ledger.csv", "/stories.atom", "/stories.feed.json", "/stories.json", "/charts/{kind}/{number}.png"))
ELSEWHERE = frozenset(("/sign-in/{platform}", "/sign-in/{platform}/back"))  # lead to the platform and back, and show no page
POSTED = frozenset(("/preferences", "/sign-out", "/ask"))  # tests/browser/test_ways.py sends these forms
# What is wider than the window, but for tables that scroll by themselves; and the page where it scrolls sideways.
WIDER = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.scroll, .skip'))
    .map(one => one.outerHTML.slice(0, 120))
    .concat(document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [])"""


def test_every_page_of_the_site_is_looked_at(world: World) -> None:
    for page in PAGES:
        if page.path in ELSEWHERE:
            continue
        if "GET" in page.methods:
            assert page.path in FILES or world.addresses.get(page.path), f"{page.path} has no address in tests/browser/world.py"
        else:
            assert page.path in POSTED


def looks(world: World, size: str, scheme: str) -> Iterator[tuple[str, str]]:
    """Address and language: each address in one language here, and in another at another size or light."""
    turn = list(SIZES).index(size) * 2 + SCHEMES.index(scheme)
    every = [address for its in world.addresses.values() for address in its]
    return ((address, LANGUAGES[(place + turn) % 3]) for place, address in enumerate(every))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_no_page_complains_or_overflows(world: World, size: str, scheme: str) -> None:
    async def look(world: World) -> list[str]:
        wrong = []
        async with world.tab(size, "en", scheme) as (page, complaints):
            for address, language in looks(world, size, scheme):
                await page.context.add_cookies([{"name": "language", "value": language, "url": world.site.address}])
                answer = await page.goto(world.site.address + address)
                assert answer and answer.status == (404 if address == "/no-such-page" else 200), address
                assert await page.evaluate("document.documentElement.lang") == language
                wrong += [f"{address} ({language}) overflows: {one}" for one in await page.evaluate(WIDER)]
                wrong += [f"{address} ({language}): {one}" for one in complaints.found if "404" not in one]
                complaints.found.clear()
        return wrong

    assert world.run(look) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_serious(world: World, axe: str, scheme: str) -> None:
    # Light or dark concerns colours alone: the other rules are looked at once.
    options = {"resultTypes": ["violations"]} | ({"runOnly": ["color-contrast"]} if scheme == "dark" else {})
    size = "phone" if scheme == "light" else "desk"

    async def look(world: World) -> list[str]:
        wrong = []
        async with world.tab(size, "en", scheme) as (page, _):
            for address, language in looks(world, size, scheme):
                await page.context.add_cookies([{"name": "language", "value": language, "url": world.site.address}])
                await page.goto(world.site.address + address)
                await page.evaluate(axe)
                found = await page.evaluate("options => axe.run(document, options)", options)
                wrong += [
                    f"{address} ({language}): {one['id']} {[node['html'][:120] for node in one['nodes'][:2]]}"
                    for one in found["violations"]
                    if one["impact"] in ("serious", "critical")
                ]
        return wrong

    assert world.run(look) == []


def test_pages_need_no_script(world: World) -> None:
    async def look(world: World) -> list[str]:
        async with world.tab() as (page, _):
            with_script = []
            for its in world.addresses.values():
                for address in its[:1]:
                    await page.goto(world.site.address + address)
                    with_script += [address] * await page.locator("script").count()
            return with_script

    assert world.run(look) == []
