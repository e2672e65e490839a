"""Interface texts in Korean, Japanese and English.

The English text is the key; ``ko/*.po`` and ``ja/*.po`` hold the others, one file a room (briefing, chat, commands …).
"""

import functools
import gettext
import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


@functools.cache
def _catalog(language: str) -> gettext.NullTranslations:
    paths = sorted((Path(__file__).parent / language).glob("*.po"))
    if not paths:
        return gettext.NullTranslations()
    whole = Catalog(language)
    for path in paths:
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                whole[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def t(language: str, message: str, /, **values: object) -> str:
    """``message`` in ``language`` (ko, ja or en; English where there is no translation), with its {values} filled in."""
    text = _catalog(language).gettext(message)
    return text.format(**values) if values else text


def tn(language: str, one: str, many: str, n: int, /, **values: object) -> str:
    """Like ``t`` for a number of things; ``{n}`` is the number with thousands separators."""
    return _catalog(language).ngettext(one, many, n).format(n=f"{n:,}", **values)
