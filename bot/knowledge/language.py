"""What a language is made of: detection by script, folding for matching, search tokens and sentences (ko, ja, en)."""

import re
import unicodedata
from collections.abc import Iterator
from operator import add

_HANGUL = r"\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff"
_KANA = r"\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_HAN = r"\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_HANGUL_CHARS = re.compile(f"[{_HANGUL}]")
_KANA_CHARS = re.compile(f"[{_KANA}]")
_HAN_CHARS = re.compile(f"[{_HAN}]")
_LATIN_WORDS = re.compile(r"[A-Za-zÀ-ɏ]{2,}")
_OTHER_SCRIPTS = (
    ("ru", re.compile(r"[\u0400-\u052f]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
# Characters of one writing only: they decide where a text has Han characters and the feed gives no hint.
_CHINESE_ONLY = re.compile(r"[们这对发见现为产业华东车龙来时说还没么个开关门问间难电网讯际带给让從國會發對這們個說還沒麼圖應實]")
_JAPANESE_ONLY = re.compile(r"[円気図売価変応実県区広辺込峠働畑畠々〆ヶ]")

_TOKENS = re.compile(rf"([{_HANGUL}{_KANA}{_HAN}]+)|(\d+(?:[.,]\d+)*|[^\W\d_]+)")


def detect(text: str, hint: str = "") -> str:
    """The language code of ``text`` ("ko", "ja", "en", "zh", …), by script; ``hint``, the feed's language, decides the rest."""
    hangul = len(_HANGUL_CHARS.findall(text))
    kana = len(_KANA_CHARS.findall(text))
    words = _LATIN_WORDS.findall(text)
    if hangul or kana:
        return _of_syllables(hangul, kana, words, text, hint)
    han = len(_HAN_CHARS.findall(text))
    if han and han * 4 >= sum(map(len, words)):
        return _of_han(text, hint)
    if not words:
        for code, script in _OTHER_SCRIPTS:
            if script.search(text):
                return code
        return hint or "en"
    return hint if hint and hint not in ("ko", "ja", "zh") else "en"


def _of_syllables(hangul: int, kana: int, words: list[str], text: str, hint: str) -> str:
    if kana:
        han = len(_HAN_CHARS.findall(text))
        native, code = (hangul, "ko") if hangul > kana + han else (kana + han, "ja")
    else:
        native, code = hangul, "ko"
    # An English text that spells one name in Hangul or kana stays English; a Korean headline full of product names stays Korean.
    if len(words) >= 8 and native * 6 < sum(map(len, words)) and hint != code:
        return "en"
    return code


def _of_han(text: str, hint: str) -> str:
    if hint in ("ko", "ja", "zh"):
        return hint
    if _JAPANESE_ONLY.search(text):
        return "ja"
    return "zh" if _CHINESE_ONLY.search(text) else "ja"


def normalise(text: str) -> str:
    """``text`` for comparing: NFKC (so one width), lower case, single spaces. Lengths change: for offsets use ``fold``."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def fold(text: str) -> tuple[str, list[int] | None]:
    """``text`` in NFKC (… is one stop) and lower case, and each character's offset in ``text`` plus the end.

    None instead of the offsets: they are equal.
    """
    single = text.translate(_ONE_TO_ONE)
    if unicodedata.is_normalized("NFKC", single):
        folded = single.lower()
        if len(folded) == len(text):
            return folded, None
    parts: list[str] = []
    offsets: list[int] = []
    for start, cluster in _clusters(text):
        part = unicodedata.normalize("NFKC", cluster.translate(_ONE_TO_ONE)).lower()
        parts.append(part)
        offsets.extend([start] * len(part))
    offsets.append(len(text))
    return "".join(parts), offsets


# Full-width forms and the like that fold to one character: they need no table of offsets. An ellipsis counts as one full stop.
_ONE_TO_ONE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0xA0: " ",
    0xFFE5: "¥",
    0xFFE6: "₩",
    0x2026: ".",
}


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """A base character with the marks and jamo that compose with it."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _joins(text[at]):
            if text[start:at]:
                yield start, text[start:at]
            start = at


def _joins(char: str) -> bool:
    return unicodedata.combining(char) > 0 or char in "ﾞﾟ" or "\u1160" <= char <= "\u11ff"


def tokens(text: str) -> list[str]:
    """Search tokens in order: bigrams of Hangul, kana and Han runs (a lone character stays), whole Latin words and numbers."""
    return tokens_of(normalise(text))


def tokens_of(normal: str) -> list[str]:
    """As ``tokens``, of a text that is normalised already."""
    found: list[str] = []
    for run, word in _TOKENS.findall(normal):
        if word:
            found.append(word.replace(",", ""))
        elif len(run) == 1:
            found.append(run)
        else:
            found.extend(map(add, run, run[1:]))
    return found


# ---- sentences ----

_END = re.compile(r"[.!?。！？．…]+[\"'”’」』）)\]】》〉]*")
_QUOTED = re.compile(
    r"「[^「」\n]*」|『[^『』\n]*』|（[^（）\n]*）|\([^()\n]*\)|“[^“”\n]{0,300}”|【[^【】\n]*】|(?<!\w)\"[^\"\n]{0,300}\""
)
_ABBREVIATIONS = frozenset(
    re.findall(
        r"\S+",
        "mr mrs ms dr prof sr jr st gen sen rep gov col lt co corp inc ltd llc plc bros dept univ assn vs etc no vol fig "
        "est jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun e.g i.e a.m p.m u.s u.k u.n e.u ph.d",
    )
)
_LAST_WORD = re.compile(r"[A-Za-z][A-Za-z.]*$")
# After "U.S." or "Inc." only a word that opens sentences starts a new one.
_OPENERS = re.compile(
    r"\s+[\"'“‘(]?(?:The|This|That|These|Those|It|Its|He|She|They|We|But|And|In|On|At|As|For|However|Meanwhile|A|An|Under|According|With|If)\b"
)
_KOREAN_TAIL = re.compile(r"\s*(?:라고|라며|라는|이라고|이라며|이라는|고 |며 |는 |란 |이란 )")
_JAPANESE_TAIL = re.compile(r"[とのをはがにでもや、]")


def sentences(text: str) -> list[str]:
    """The sentences of a news text, word for word. Line ends always part; 3.5, U.S., Co. and what is quoted do not."""
    found: list[str] = []
    for line in text.splitlines():
        start = 0
        for end in _ends(line):
            found.append(line[start:end].strip())
            start = end
        found.append(line[start:].strip())
    return [sentence for sentence in found if sentence]


def _ends(line: str) -> Iterator[int]:
    quotes = [match.span() for match in _QUOTED.finditer(line)]
    for match in _END.finditer(line):
        inside = next((span for span in quotes if span[0] < match.start() < span[1]), None)
        if inside and match.end() < inside[1]:
            continue
        if _is_end(line, match, closes_quote=inside is not None):
            yield match.end()


def _is_end(line: str, match: re.Match[str], *, closes_quote: bool) -> bool:
    after = line[match.end() : match.end() + 24]
    if not after.strip():
        return True
    if closes_quote and (_KOREAN_TAIL.match(after) or _JAPANESE_TAIL.match(after)):
        return False
    mark = match.group()[0]
    if mark in "。！？．":
        return True
    if mark == "…":
        return after[0].isspace() and not after.lstrip()[0].islower()
    return _is_western_end(line, match, after)


def _is_western_end(line: str, match: re.Match[str], after: str) -> bool:
    before = line[max(0, match.start() - 16) : match.start()]
    if not after[0].isspace():
        # Korean copy sometimes forgets the space: "밝혔다.이어"
        return before.endswith(("다", "요")) and _HANGUL_CHARS.match(after) is not None
    follower = after.lstrip()[0]
    if follower.islower() or follower in ",;:":
        return False
    return match.group()[0] != "." or _period_ends(before, after)


def _period_ends(before: str, after: str) -> bool:
    word = _LAST_WORD.search(before)
    if word is None:
        # "1. 개요": a list number at the head of a line is no sentence
        return re.fullmatch(r"\s*\d{1,2}", before) is None
    known = word.group().lower().rstrip(".") in _ABBREVIATIONS or (len(word.group()) == 1 and word.group().isupper())
    return not known or _OPENERS.match(after) is not None
