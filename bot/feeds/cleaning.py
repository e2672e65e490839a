"""Turns what feeds put into titles and descriptions (HTML, escaped once or twice, invisible characters) into clean text."""

import html
import re
import unicodedata

TITLE_LENGTH = 300  # characters
SUMMARY_LENGTH = 2_000
_ENOUGH_HTML = 100_000  # characters of markup that are read for a summary

_INLINE = """a abbr acronym b bdi bdo big cite code data dfn em font i ins kbd mark nobr o:p q rp rt ruby s samp small span strike
strong sub sup time tt u var wbr"""
_BLOCK = """address article aside audio blockquote body br button canvas caption center col colgroup dd details dialog div dl dt
embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html img input label legend li link
main map menu meta nav ol optgroup option p param picture pre section select source summary svg table tbody td template tfoot th
thead tr track ul video"""
_SILENT = "script style iframe noscript object applet textarea title xml rt rp"  # their content is no text; rt: readings of kanji
HTML_NAMES = {name: kind for kind, names in (("", _INLINE), (" ", _BLOCK), ("silent", _SILENT)) for name in names.split()}
# A tag needs a known name: Korean headlines use <…> as brackets. Possessive, so that no input makes it try twice.
_TAG = re.compile(r"""<(?:!--.*?(?:-->|\Z)|(/?)([a-zA-Z][\w:]*+)((?:\s|/)(?:[^<>"']|"[^"<]*"|'[^'<]*'|["'])*+)?>)""", re.DOTALL)
_CUT_TAG = re.compile(r"<(?:!--|/?[a-zA-Z][\w:]*\s)[^<>]*\Z")
# Tags without attributes and of no consequence for what stands around them: most of all, and quick to take away.
_INLINE_TAGS = re.compile(r"</?(?:b|i|u|em|strong|span|a|font)>")
_BLOCK_TAGS = re.compile(r"</?(?:p|br|div|li|ul|tr|td|h\d)\s?/?>")
# C0, C1, soft hyphen, zero width, direction marks, tag characters, surrogates, noncharacters. U+200D stays: it joins emoji.
_INVISIBLE_RANGES = (
    r"\x00-\x08\x0b\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    r"\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_MARKS = r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_INVISIBLE = re.compile(f"[{_INVISIBLE_RANGES}]")
_PILED_MARKS = re.compile(f"([{_MARKS}]{{2}})[{_MARKS}]+")
_ODD = re.compile(f"[{_INVISIBLE_RANGES}{_MARKS}]")  # one look instead of two: nearly no text has any


def title(raw: str) -> str:
    """``raw``, which may hold markup, as one line of at most 300 characters."""
    return shorten(clean(raw[: TITLE_LENGTH * 20]), TITLE_LENGTH)


def summary(raw: str) -> str:
    """``raw``, which may hold markup, as one paragraph of at most 2,000 characters."""
    return shorten(clean(raw[:_ENOUGH_HTML], SUMMARY_LENGTH), SUMMARY_LENGTH)


def clean(raw: str, enough: int = 0) -> str:
    """The text of ``raw`` without markup, entities and invisible characters, in NFC, with single spaces.

    ``enough``: stop reading after about so many characters of text; 0 reads all.
    """
    text = raw.replace("<![CDATA[", " ").replace("]]>", " ") if "]]>" in raw else raw
    for _ in range(3):  # escaped once, twice, and by mistake a third time
        before = text
        if "<" in text:
            text = _BLOCK_TAGS.sub(" ", _INLINE_TAGS.sub("", text))
        if "<" in text:
            text = _without_tags(text, enough)
        if "&" in text:
            text = html.unescape(text)
        if text == before:
            break
    if "<" in text:
        text = _without_tags(text, enough)
    return tidy(text)


def tidy(text: str) -> str:
    """``text`` without invisible characters, in NFC, with single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if _ODD.search(text):
        text = _INVISIBLE.sub("", _PILED_MARKS.sub(r"\1", text))
    return " ".join(text.split())


def shorten(text: str, length: int) -> str:
    """``text`` with at most ``length`` characters, cut between words where there are words."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    space = head.rfind(" ", length * 4 // 5)
    head = head[:space] if space > 0 else head
    while unicodedata.combining(text[len(head)]) and head:
        head = head[:-1]
    return head.rstrip(" ,;:、，-–—") + "…"


def _without_tags(text: str, enough: int) -> str:
    parts: list[str] = []
    at = length = 0
    silent = ""  # the element whose content is being skipped
    for tag in _TAG.finditer(text):
        slash, name, attributes = tag.groups(default="")
        name = name.lower() or "br"  # a comment parts words as <br> does
        kind = HTML_NAMES.get(name)
        start, end = tag.span()
        if silent:
            if slash and name == silent:
                silent, at = "", end
        elif kind is not None:
            parts += (text[at:start], " " if kind == " " else "")
            length += start - at
            at = end
            if kind == "silent" and not slash and not attributes.endswith("/"):
                silent = name
        if enough and length > enough * 2:
            return "".join(parts)
    rest = "" if silent else _CUT_TAG.sub("", text[at:])
    return "".join(parts) + rest
