"""What a text is made of, for comparing texts of one language: words of Latin text, character pairs and triples of the rest."""

import re

_RUNS = re.compile(r"[a-z0-9]+(?:[.\-'’&+][a-z0-9]+)*|[가-힣]+|[ァ-ヴー]+|[ぁ-ん]+|[一-鿿々]+")
_SUFFIXES = ("'s", "’s", "ing", "ed", "es", "s")
_STOP = frozenset(
    re.findall(
        r"\w+",
        """
        a an the of to in on at by for and or as is are was were be been it its this that with from has have had will would said
        say says he she they we you i not but which who their his her our more than also about after new into over up out can
        could
        """,
    )
)


def terms(text: str) -> dict[str, None]:
    """The distinct terms of normalised ``text`` in order of first appearance."""
    found: dict[str, None] = {}
    for run in _RUNS.findall(text):
        if run[0] < "\u0250":
            if run not in _STOP and (len(run) > 1 or run.isdigit()):
                found[_stem(run)] = None
        elif not "ぁ" <= run[0] <= "ん":
            for start in range(len(run) - 1):
                found[run[start : start + 2]] = None
                if start + 3 <= len(run):
                    found[run[start : start + 3]] = None
    return found


def _stem(word: str) -> str:
    if word[-1].isdigit() or len(word) < 5:
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word
