"""Compares foreign names by their sound: what Latin, hangul and katakana writings share when vowels and near consonants fall."""

import re
from functools import lru_cache
from itertools import pairwise

_LATIN = re.compile(r"[A-Za-zÀ-ɏ]{2,}")
_HANGUL = re.compile(r"[가-힣]{2,}")
_KATAKANA = re.compile(r"[ァ-ヺー]{2,}")
_ROMAJI = re.compile(
    r"(?:(?:[kgsztdnhbpmyrwj]|sh|ch|ts|[kgnhbmpr]y)?(?:[aeiou]|ō|ū)|n(?![aeiouy])|[kpst](?=[kpst]|ch))+h?", re.IGNORECASE
)

# One letter a class: P lips, T teeth, K throat, S hissing, M and N nasals, R liquids.
_LETTERS = {"P": "bpfv", "T": "dt", "K": "gkqc", "S": "jsz", "M": "m", "N": "n", "R": "lr"}
_CLASSES = {letter: sign for sign, letters in _LETTERS.items() for letter in letters}
_CLUSTERS = (
    (r"c(?=[eiy])|sch|sh|ch|tsch|ts(?=u)", "s"), (r"ph", "f"), (r"th", "s"), (r"dg|g(?=e$)", "j"), (r"x", "ks"),
    (r"ck|gh", "k"), (r"ng(?![aeiou])", "n"),
)  # fmt: skip
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_JAMO_LETTERS = {"P": "ㅂㅃㅍ", "T": "ㄷㄸㅌ", "K": "ㄱㄲㅋ", "S": "ㅅㅆㅈㅉㅊ", "M": "ㅁ", "N": "ㄴ", "R": "ㄹ"}
_JAMO = {letter: sign for sign, letters in _JAMO_LETTERS.items() for letter in letters}
_KANA = {
    "K": "カキクケコガギグゲゴ", "S": "サシスセソザジズゼゾチヂツ", "T": "タテトダデドヅ", "N": "ナニヌネノン",
    "P": "ハヒヘホフバビブベボパピプペポヴ", "M": "マミムメモ", "R": "ラリルレロ",
}  # fmt: skip
_KANA_CLASS = {char: sign for sign, chars in _KANA.items() for char in chars if char not in "ハヒヘホ"}


def is_heard(name: str, passage: str) -> bool:
    """Whether some foreign or hangul word of ``passage`` sounds like ``name``, which is in Latin letters or katakana."""
    wanted = skeleton(name)
    if not wanted:
        return True
    return any(_near(wanted, heard) for heard in _skeletons(passage))


def is_given_name(name: str, passage: str) -> bool:
    """Whether a Korean given name as English writes it (Sung-hoon) stands in ``passage`` in hangul or katakana."""
    wanted = _spoken_latin(name)
    runs = [[_spoken_hangul(char) for char in run] for run in _HANGUL.findall(passage)]
    pairs = {first + second for run in runs for first, second in pairwise(run)}
    return wanted in pairs or any(wanted == _spoken_katakana(run) for run in _KATAKANA.findall(passage))


def may_be_kanji(name: str) -> bool:
    """Whether ``name`` is made of Japanese syllables: it may be the reading of Han characters, which nothing here tells."""
    return _ROMAJI.fullmatch(name) is not None


def skeleton(word: str) -> str:
    """The classes of the consonants of a word in Latin letters, hangul or katakana; the same one twice in a row counts once."""
    if _HANGUL.search(word):
        classes = "".join(_of_syllable(char) for char in word)
    elif _KATAKANA.search(word):
        classes = "".join(_KANA_CLASS.get(char, "") for char in word)
    else:
        word = word.lower()
        for pattern, plain in _CLUSTERS:
            word = re.sub(pattern, plain, word)
        classes = "".join(_CLASSES.get(char, "") for char in word)
    return re.sub(r"(.)\1+", r"\1", classes)


# Vowels fall into four classes; romanisations of 어, 오 and 우 mix them all.
_VOWELS = "AEAEOEOEOAEEOOOEIOOII"  # in the order of Unicode: ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ
_KANA_VOWELS = {"A": "アカサタナハマヤラワガザダバパャ", "I": "イキシチニヒミリギジビピィ", "E": "エケセテネヘメレゲゼデベペェ",
                "O": "オコソトノホモヨロゴゾドボポョウクスツヌフムユルグズヅブプュォ"}  # fmt: skip
_KANA_VOWEL = {char: sign for sign, chars in _KANA_VOWELS.items() for char in chars}


def _spoken_latin(name: str) -> str:
    plain = re.sub(r"[^a-z]", "", name.lower()).replace("ae", "e").replace("ay", "e").replace("ui", "i")
    plain = re.sub(r"eo|oo|ou|ee|yi", lambda found: "i" if found[0] in ("ee", "yi") else "o", plain)
    plain = re.sub(r"sh|ch", "s", plain.replace("ng", "n"))
    vowels = {"a": "A", "e": "E", "i": "I", "o": "O", "u": "O", "h": "H"}
    return re.sub(r"(.)\1+", r"\1", "".join(vowels.get(char, _CLASSES.get(char, "")) for char in plain))


def _spoken_hangul(char: str) -> str:
    code = ord(char) - 0xAC00
    initial, vowel, final = _INITIALS[code // 588], _VOWELS[code % 588 // 28], _FINALS[code % 28]
    return ("H" if initial == "ㅎ" else _JAMO.get(initial, "")) + vowel + ("N" if final == "ㅇ" else _JAMO.get(final, ""))


def _spoken_katakana(run: str) -> str:
    spoken = ""
    for char in run:
        if char in "ャュョ":
            spoken = spoken[:-1]
        consonant = "N" if char == "ン" else "H" if char in "ハヒヘホ" else _KANA_CLASS.get(char, "")
        spoken += consonant + _KANA_VOWEL.get(char, "")
    return re.sub(r"(.)\1+", r"\1", spoken)


def _of_syllable(char: str) -> str:
    if not "가" <= char <= "힣":
        return ""
    code = ord(char) - 0xAC00
    final = _FINALS[code % 28]
    return _JAMO.get(_INITIALS[code // 588], "") + ("N" if final == "ㅇ" else _JAMO.get(final, ""))


@lru_cache(maxsize=16)
def _skeletons(passage: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(skeleton(found) for words in (_LATIN, _KATAKANA, _HANGUL) for found in words.findall(passage)))


def _near(wanted: str, heard: str) -> bool:
    """Equal at the beginning of ``heard`` (Korean adds particles), but for vowels that became consonants in long names."""
    if heard.startswith(wanted):
        return True
    slack = len(wanted) // 3
    return slack > 0 and any(
        _distance(wanted, heard[:length]) <= slack for length in range(len(wanted) - slack, len(wanted) + slack + 1)
    )


def _distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]
