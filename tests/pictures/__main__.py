"""The pictures of the README: the sample briefing as Slack and Discord show it, drawn from the payloads that they are sent, and a
chart of an invented week as the bot draws it.

    python -m tests.pictures [--out docs/pictures] [--chromium /usr/bin/chromium]

Needs Chromium. The sample feeds are invented; the pipeline, the renderers and the payloads are those of `bot run`.
"""

import argparse
import asyncio
import io
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, async_playwright

from bot import charts
from bot.config import Settings
from bot.model import Edition
from bot.once import sample_edition
from bot.platforms.discord.render import edition_messages as of_discord
from bot.platforms.slack.render import edition_messages as of_slack
from tests.charts import weeks
from tests.pictures import discord_look, slack_look
from tests.pictures.emoji import drawn

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # half past seven in Seoul and Tokyo
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip
WIDTH, TALLEST, COLOURS = 720, 1180, 96
# Where a picture may end: below the buttons of a story that is still whole, or below the message.
LAST_EDGE = """most => Math.max(...[...document.querySelectorAll(".actions, .row, .box, .message")]
  .map(one => one.getBoundingClientRect().bottom).filter(bottom => bottom <= most))"""


async def payloads() -> dict[str, tuple[Callable[[Mapping[str, Any]], str], Mapping[str, Any]]]:
    """By platform: what draws it, and the first message of the sample briefing: Slack's in Korean, Discord's in Japanese."""
    return {
        "slack": (slack_look.page, of_slack(await _edition("ko"))[0].payload),
        "discord": (discord_look.page, of_discord(await _edition("ja"))[0].payload),
    }


async def _edition(language: str) -> Edition:
    return await sample_edition(replace(Settings(), language=language, prompts_dir=ROOT / "prompts", rates_url=""), AT)


async def photograph(browser: Browser, html: str) -> bytes:
    """A PNG of the page, cut below a story where it would get too tall for a README."""
    page = await browser.new_page(viewport={"width": WIDTH, "height": TALLEST})
    await page.set_content(drawn(html))
    edge = await page.evaluate(LAST_EDGE, TALLEST - 12)
    shot = await page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": edge + 4})
    await page.close()
    return shot


def small(png: bytes) -> bytes:
    """The same with few colours."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    options.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    found = await payloads()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=given.chromium, args=list(FLAGS))
        for name, (look, payload) in found.items():
            (given.out / f"{name}.png").write_bytes(small(await photograph(browser, look(payload))))
        await browser.close()
    (given.out / "chart.png").write_bytes(small(charts.png(weeks.charts("en")[0])))


if __name__ == "__main__":
    asyncio.run(main())
