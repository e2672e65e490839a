"""The pages in the browser: the verb web, a link that signs in who asks and nobody else; and buttons that open a page."""

from bot.commands.desk import Desk
from bot.errors import UserError
from bot.locales import t
from bot.model import Action, Reply, Request


async def web(desk: Desk, request: Request) -> Reply:
    """The link, where only who asks sees it. Raises UserError where others would, or where there are no pages."""
    language = request.language
    if desk.way_in is None:
        raise UserError(t(language, "There are no pages in the browser yet: whoever runs the bot has to set BOT_BASE_URL."))
    if not request.alone:
        raise UserError(t(language, "The link signs you in: only you may see it. Say /brief web, or ask me in a direct message."))
    told = t(language, "This link signs you in, and works once within 15 minutes. Do not pass it on.")
    opens = Action(t(language, "Open in the browser"), "web", style="primary", url=desk.way_in(request))
    title = t(language, "Briefings, stories and the ledger in your browser")
    return Reply(title=title, paragraphs=(told,), actions=(opens,), secret=True)


def page(desk: Desk, path: str, language: str) -> tuple[Action, ...]:
    """A button that opens the page at ``path``; none where people reach no pages."""
    return (Action(t(language, "Open in the browser"), "web", url=f"{desk.site}{path}"),) if desk.site else ()
