"""A briefing as one HTML page that needs no script, no font and no other file: as on the site, with its style inside."""

from markupsafe import Markup

from bot.model import Edition
from bot.platforms.web import look
from bot.platforms.web.briefing import laid_out


def render(edition: Edition) -> str:
    """The whole page. Text from the network is escaped; only http and https links are made."""
    style = Markup(look.static("style.css")[0].decode())  # noqa: S704 our own file
    stories = f"{edition.site}/stories/" if edition.site else ""
    page = look.TEMPLATES.get_template("briefing.html.j2")
    return page.render(edition=edition, it=laid_out(edition), style=style, stories=stories)
