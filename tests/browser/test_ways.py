"""What people come for, by click and by keyboard alone."""

from playwright.async_api import Page

from tests.browser.world import World


async def focused(page: Page) -> str:
    """What the keyboard is at: its text, else its name."""
    return str(await page.evaluate("(document.activeElement.textContent || document.activeElement.name || '').trim()"))


async def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until what ``selector`` names has the keyboard."""
    for _ in range(most):
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {selector}")


def test_a_link_from_the_chat_signs_in_once(world: World) -> None:
    async def way(world: World) -> None:
        async with world.tab(signed_in=False) as (page, _):
            link = world.site.way_in()
            await page.goto(link)
            assert page.url == f"{world.site.address}/"
            await page.click("nav.menu >> text=Briefings")
            assert await page.title() and "/editions" in page.url
            await page.click("text=Sign out")
            assert page.url.endswith("/sign-in")
            answer = await page.goto(link)
            assert answer and answer.status == 403
            assert "used already" in await page.inner_text("main")

    world.run(way)


def test_the_skip_link_comes_first_and_leads_to_the_content(world: World) -> None:
    async def way(world: World) -> None:
        async with world.tab() as (page, _):
            await page.goto(f"{world.site.address}/ledger")
            await page.keyboard.press("Tab")
            assert await focused(page) == "Skip to the content"
            assert await page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
            await page.keyboard.press("Enter")
            await page.keyboard.press("Tab")
            assert await page.evaluate("document.querySelector('main').contains(document.activeElement)")

    world.run(way)


def test_the_keyboard_goes_through_a_page_in_the_order_in_which_it_is_read(world: World) -> None:
    order = """() => { const at = document.activeElement.compareDocumentPosition.bind(document.activeElement);
        const before = window.before; window.before = document.activeElement;
        return !before || before === document.body || !(at(before) & Node.DOCUMENT_POSITION_FOLLOWING); }"""

    async def way(world: World) -> None:
        async with world.tab() as (page, _):
            await page.goto(f"{world.site.address}/policies")
            for _ in range(25):
                await page.keyboard.press("Tab")
                assert await page.evaluate(order)

    world.run(way)


def test_the_language_is_chosen_by_keyboard_and_stays(world: World) -> None:
    async def way(world: World) -> None:
        async with world.tab() as (page, _):
            await page.goto(f"{world.site.address}/policies?country=KR")
            await tab_to(page, "select[name=language]")
            await page.keyboard.press("Home")  # 한국어
            await tab_to(page, ".choose button")
            await page.keyboard.press("Enter")
            await page.wait_for_function("document.documentElement.lang === 'ko'")
            assert page.url.endswith("/policies?country=KR")
            await page.goto(f"{world.site.address}/ledger")
            assert await page.inner_text("h1") == "금액 원장"

    world.run(way)


def test_the_ledger_is_narrowed_and_taken_along(world: World) -> None:
    async def way(world: World) -> None:
        async with world.tab() as (page, complaints):
            await page.goto(f"{world.site.address}/ledger")
            await page.fill("[name=who]", "리벨리온")
            await page.select_option("[name=since]", "365")
            await page.select_option("[name=currency]", "USD")
            await page.click("main form button")
            assert await page.locator(".entry").count() == 1
            assert "Rebellions" in await page.inner_text(".entry-who")
            assert await page.inner_text(".entry mark") == "$20 million"
            async with page.expect_download() as downloading:
                await page.click("text=Download as CSV")
            download = await downloading.value
            text = (await download.path()).read_text("utf-8-sig")
            assert download.suggested_filename.startswith("ledger-") and text.count("\n") == 2
            assert complaints.found == []

    world.run(way)


def test_the_ledger_is_narrowed_by_keyboard(world: World) -> None:
    async def way(world: World) -> None:
        async with world.tab("phone") as (page, _):
            await page.goto(f"{world.site.address}/ledger?since=90")
            await tab_to(page, "main select[name=country]")
            await page.keyboard.press("End")  # Japan
            await page.keyboard.press("Tab")
            await tab_to(page, "main form button")
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/ledger?country=JP*")
            await tab_to(page, "[rel=next]", 400)
            await page.keyboard.press("Enter")
            await page.wait_for_url("**page=2*")
            assert "country=JP" in page.url and await page.locator(".entry").count() > 0

    world.run(way)


def test_a_question_is_answered_with_numbers_that_lead_to_its_sources(world: World) -> None:
    async def way(world: World) -> None:
        async with world.tab() as (page, complaints):
            await page.goto(f"{world.site.address}/ask")
            await page.fill("textarea", "How much does Rebellions invest in Japan?")
            await tab_to(page, "main form button")
            await page.keyboard.press("Enter")
            await page.wait_for_selector(".answer .cite")
            number = (await page.inner_text(".answer .cite >> nth=0")).strip("[]")
            await page.click(".answer .cite >> nth=0")
            assert page.url.endswith(f"#source-{number}")
            assert await page.locator(f"#source-{number} a[href^=https]").count() == 1
            await page.fill("textarea", "And Upstage?")  # goes on with what was asked before
            await page.click("main form button")
            await page.wait_for_selector(".answer .cite")
            assert "Upstage" in await page.inner_text(".answer") or "업스테이지" in await page.inner_text(".answer")
            await page.fill("textarea", "Who won the chess championship of Iceland in 1987?")
            await page.click("main form button")
            await page.wait_for_selector(".answer .quiet")
            assert await page.inner_text(".answer .quiet") == "The archive does not say."
            assert complaints.found == []

    world.run(way)


def test_who_asks_without_end_is_told_to_wait(world: World) -> None:
    async def way(world: World) -> None:
        async with world.tab(signed_in=False) as (page, _):
            await page.goto(world.site.way_in("U-hasty"))
            for _ in range(11):
                await page.goto(f"{world.site.address}/ask")
                await page.fill("textarea", "?")
                await page.click("main form button")
            assert "many questions" in await page.inner_text("main")

    world.run(way)


def test_search_leads_to_a_story_and_back(world: World) -> None:
    async def way(world: World) -> None:
        async with world.tab() as (page, complaints):
            await page.goto(f"{world.site.address}/search")
            await page.fill("[name=q]", "AI 데이터센터 country:JP")
            await page.keyboard.press("Enter")
            await page.wait_for_selector(".hits li")
            assert await page.inner_text(".bounds") == "Country\nJapan"
            first = await page.inner_text(".hits li:first-child a >> nth=0")
            await page.click("[rel=next]")
            assert await page.get_attribute(".hits", "start") == "11"
            await page.go_back()
            await page.click(".hits li:first-child a >> nth=0")
            assert "/stories/" in page.url and first.split()[0] in await page.inner_text("main")
            assert complaints.found == []

    world.run(way)


def test_another_writing_of_a_name_leads_to_its_one_page(world: World) -> None:
    async def way(world: World) -> None:
        async with world.tab() as (page, _):
            await page.goto(f"{world.site.address}/names")
            await page.fill("[name=q]", "リベリオン")
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/names/Rebellions")
            text = await page.inner_text("main")
            assert "리벨리온" in text and "リベリオン" in text and "Followed in C1" in text

    world.run(way)


def test_a_story_lists_its_reports_by_language_for_the_keyboard_too(world: World) -> None:
    async def way(world: World) -> None:
        async with world.tab("phone", "ko") as (page, _):
            await page.goto(world.site.address + world.addresses["/stories/{id}"][0])
            room = page.locator("section[aria-labelledby=languages]")
            assert await room.locator("summary").all_inner_texts() == ["한국어 보도 1건", "일본어 보도 1건"]
            own, other = room.locator("details", has_text="한국어"), room.locator("details", has_text="일본어")
            assert await own.locator("a[lang=ko]").is_visible() and not await other.locator("a[lang=ja]").is_visible()
            await tab_to(page, "section[aria-labelledby=languages] details:not([open]) > summary")
            await page.keyboard.press("Enter")
            assert await other.locator("a[lang=ja]").is_visible()
            assert "アップステージ" in await other.inner_text() and "업스테이지" not in await other.inner_text()

    world.run(way)


def test_a_company_has_its_timeline_as_a_picture_with_its_words(world: World) -> None:
    async def way(world: World) -> None:
        for language, said in (("ko", "업스테이지"), ("ja", "アップステージ"), ("en", "Upstage")):
            async with world.tab("phone", language) as (page, complaints):
                await page.goto(f"{world.site.address}/names/Upstage")
                shown = page.locator("section[aria-labelledby=timeline] figure.chart img")
                assert said in (await shown.get_attribute("alt") or "")
                await page.wait_for_function("document.querySelector('figure.chart img').naturalWidth > 500")
                assert complaints.found == []

    world.run(way)
