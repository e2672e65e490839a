"""Soon."""

from bot.platforms.web.page_kinds import Page

PAGES: tuple[Page, ...] = ()
