"""A briefing as one HTML page that needs no script, no font and no other file: as on the site, with its style inside."""

from base64 import b64encode

from markupsafe import Markup

from bot.charts import alt, png
from bot.model import Chart, Edition
from bot.platforms.web import look
from bot.platforms.web.briefing import laid_out
from bot.platforms.web.pictures import Picture


def render(edition: Edition) -> str:
    """The whole page. Text from the network is escaped; only http and https links are made."""
    style = Markup(look.static("style.css")[0].decode())  # noqa: S704 our own file
    stories = f"{edition.site}/stories/" if edition.site else ""
    page = look.TEMPLATES.get_template("briefing.html.j2")
    pictures = [Picture(_inside(chart, dark=False), _inside(chart, dark=True), alt(chart)) for chart in edition.charts]
    return page.render(edition=edition, it=laid_out(edition), style=style, stories=stories, pictures=pictures)


def _inside(chart: Chart, *, dark: bool) -> str:
    return f"data:image/png;base64,{b64encode(png(chart, dark=dark)).decode('ascii')}"
