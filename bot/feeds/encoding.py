"""Decides which text the bytes of a feed are, by byte order mark, declaration, HTTP header and the bytes themselves.

Declarations lie: they are believed only as far as the bytes agree with them.
"""

import codecs
import re
from collections.abc import Iterator

_SAMPLE = 4_000  # bytes that are enough to judge an encoding by
_CONVINCING = 0.75  # plausibility that makes comparing other encodings needless
_EXPECTED = 0.5  # the same, for an encoding of the feed's own language
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BARE_UTF16 = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_ESCAPES = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_2"), (b"\x1b(", "iso2022_jp_2"))
# What a name stands for in practice: the superset that browsers use for it.
_SUPERSETS = {
    **dict.fromkeys(("euc-kr", "euckr", "ks_c_5601-1987", "ks_c_5601", "ksc5601", "ksc_5601", "cp949", "ms949", "uhc"), "cp949"),
    **dict.fromkeys(("x-windows-949", "windows-949", "korean", "iso-ir-149"), "cp949"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "cp932", "ms932", "ms_kanji"), "cp932"),
    **dict.fromkeys(("euc-jp", "eucjp", "x-euc-jp", "x-euc", "cp51932"), "euc_jis_2004"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "cp936", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "cp950"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "windows-1252"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
}
_DOUBLE_BYTE = ("cp949", "cp932", "euc_jis_2004", "gb18030", "big5hkscs")
_OF_LANGUAGE = {"ko": ("cp949",), "ja": ("cp932", "euc_jis_2004"), "zh": ("gb18030", "big5hkscs")}
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{2,40})", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_WESTERN = ("cp1250", "iso8859-1", "iso8859-2", "iso8859-15", "mac-roman")  # undeclared, these are nearly always cp1252
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")

# How much a character speaks for the encoding that gave it; what is not listed speaks neither way.
_VERDICTS = (
    (re.compile(r"[가-힣ぁ-ゖァ-ヺー]+"), 1.0),
    (re.compile(r"[\u4e00-\u9fff、。「」『』・…“”‘’〈〉《》【】①-⑳㈜]+"), 0.6),
    (re.compile(r"[À-ÖØ-öø-ɏΑ-ωЁА-яё]+"), 0.5),
    (re.compile(r"[\uff61-\uff9f\u3130-\u318f¤-¶¸-¿]+"), -0.5),
    (re.compile(r"[\ufffd\x80-\x9f\ue000-\uf8ff]+"), -10.0),
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def decode(body: bytes, content_type: str | None = None, language: str = "") -> tuple[str, str]:
    """The text of ``body`` and the name of the codec that gave it. Bytes that fit nowhere become U+FFFD; nothing is raised.

    ``content_type``: the HTTP header; ``language``: that of the feed, to choose between encodings that both fit.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace"), codec
    codec = _BARE_UTF16.get(body.lstrip()[:2], "")
    if codec:
        return body.decode(codec, "replace"), codec
    for escape, codec in _ESCAPES:
        if escape in body and body.isascii():
            return body.decode(codec, "replace"), codec
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        damaged = _damaged_utf8(body, error.start)
    if damaged is not None:
        return damaged, "utf-8"
    codec = _most_plausible(body, list(_named(body, content_type)), language)
    return body.decode(codec, "replace"), codec


def _damaged_utf8(body: bytes, start: int) -> str | None:
    """The text, if it is UTF-8 in which at most one byte in a thousand is bad (or two in all), among many more good characters.

    ``start``: the first bad byte.
    """
    most = max(2, len(body) // 1000)
    if body[start : start + _SAMPLE].decode("utf-8", "replace").count("\ufffd") > most + 1:  # the sample may end in a character
        return None
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = _count(_BEYOND_ASCII, text) - bad
    return text if bad <= most and good >= 4 * bad else None


def _named(body: bytes, content_type: str | None) -> Iterator[str]:
    """The codecs that the declaration and the header name, as far as they exist; never UTF-8, which was tried before."""
    declared = _DECLARED.search(body[:1000])
    charset = _CHARSET.search(content_type or "")
    for name in (declared[1].decode("ascii") if declared else "", charset[1] if charset else ""):
        codec = _codec(name)
        if codec:
            yield codec


def _codec(name: str) -> str | None:
    name = name.lower()
    try:
        found = codecs.lookup(_SUPERSETS.get(name, name))
    except (LookupError, ValueError):
        return None
    text_codec = getattr(found, "_is_text_encoding", True)
    return str(found.name) if text_codec and not found.name.startswith("utf") else None


def _most_plausible(body: bytes, named: list[str], language: str) -> str:
    start = _HIGH_RUN.search(body)
    sample = body[start.start() if start else 0 :][:_SAMPLE]
    for codec in named[:1]:
        enough = _EXPECTED if codec in _OF_LANGUAGE.get(language, ()) else _CONVINCING
        if _plausibility(sample, codec) > enough:
            return codec
    doubles = _DOUBLE_BYTE if _has_double_bytes(sample) else ()
    found = {codec: _plausibility(sample, codec) for codec in doubles}
    if max(found.values(), default=0.0) < _CONVINCING:
        found |= {codec: _plausibility(sample, codec) for codec in (*named, _guess(sample), "cp1252")}
    # Large bonuses: kanji alone speak less loudly than wrong Hangul.
    for preferred, bonus in ((named, 0.4), (_OF_LANGUAGE.get(language, ()), 0.45)):
        found |= {codec: found[codec] + bonus for codec in preferred if codec in found}
    return max(found, key=lambda codec: found[codec])


def _guess(sample: bytes) -> str:
    import chardet  # few feeds need it, and each parsing process would load it

    guess = _codec(str(chardet.detect(sample).get("encoding") or "")) or "cp1252"
    return "cp1252" if guess in _WESTERN else guess


def _has_double_bytes(sample: bytes) -> bool:
    """True where bytes beyond ASCII stand in runs, as in CJK text; accented letters stand alone."""
    runs = _HIGH_RUN.findall(sample)
    return bool(runs) and sum(map(len, runs)) / len(runs) >= 1.7


def _plausibility(sample: bytes, codec: str) -> float:
    """Mean verdict on the characters beyond ASCII: 1 for Hangul or kana throughout, far below 0 for what is no text."""
    text = sample.decode(codec, "replace").removesuffix("\ufffd")  # the sample may end within a character
    count = _count(_BEYOND_ASCII, text)
    return sum(_count(pattern, text) * verdict for pattern, verdict in _VERDICTS) / count if count else 0.0


def _count(runs: re.Pattern[str], text: str) -> int:
    """How many characters the runs in ``text`` have together."""
    return sum(map(len, runs.findall(text)))
