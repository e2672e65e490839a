"""What a question asks for, in its own words: "물 사용량" of "… 물 사용량은 몇 톤인가?", "bank" of "Which bank financed it?"."""

import re

_WORDS = 3  # the last ones before the question word
_KO_AFTER = re.compile(r"(?:어느|어떤|무슨)\s+([가-힣A-Za-z0-9]+)")
_KO_BEFORE = re.compile(r"([^?？,.]{1,60}?)\s*(?:얼마|몇|누구|누가|어디|언제|무엇|뭐)|([^?？,.]{1,60}[은는])\s*[?？]")
_KO_PHRASES = re.compile(r"의\s|에서\s|에게\s|에\s|[을를]\s|[한된할]\s|[은는이가]\s+(?=\S)")
_JA_AFTER = re.compile(r"(?:どの|どんな|どのような)([^のはがをにへとで、]{1,12})")
_JA_BEFORE = re.compile(
    r"([^、。?？のはがをにへとで「」]{1,15})(?:[はが](?:[^はがの]{0,2})?(?:いくら|誰|だれ|何|いつ|どこ|いくつ|どれ)|は\s*[?？])"
)
_EN = re.compile(
    r"(?i)\b(?:which|how many|how much|what(?: kind of| type of)?)\s+"
    r"((?!(?:is|was|are|were|did|does|do|will|would|has|have|can|of)\b)[\w\-’' ]{2,40}?)\s+"
    r"(?:is|was|are|were|did|does|do|will|would|has|have|had|can|to|in|on|at|of|by|for|[a-z]+ed|make|work|covers?)\b"
    r"|\b(?:what|who)\s+(?:is|was|are|were)\s+(?:the\s+|[\w\- ]+?[’']s\s+)([\w\- ]{2,40}?)\s*"
    r"(?:\?|$|\b(?:of|in|for|that|at|to|on|by|from)\b)"
)


def focus(question: str, language: str) -> str:
    """What ``question`` asks for; empty where its grammar does not tell."""
    if language == "ko":
        return _korean(question)
    match = (_JA_AFTER.search(question) or _JA_BEFORE.search(question)) if language == "ja" else _EN.search(question)
    return next((part for part in match.groups() if part), "").strip() if match else ""


def _korean(question: str) -> str:
    after = _KO_AFTER.search(question)
    if after:
        return after[1]
    before = _KO_BEFORE.search(question)
    if not before:
        return ""
    phrase = _KO_PHRASES.split(before[1] or before[2])[-1]
    return " ".join(phrase.split()[-_WORDS:])
