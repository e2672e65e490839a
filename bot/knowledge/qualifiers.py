"""Reads how an amount is meant, from the words and verbs around it: up to, at least, more than, about."""

import re

# In the order in which they count where several are said.
ORDER = ("up_to", "at_least", "more_than", "about")

_IN_FRONT = re.compile(
    r"(?:(?P<up_to>최대|최고|많게는|最大|最高|"
    r"(?<![a-z])(?:up to|as much as|as high as|under|less than|no more than|at most|below))"
    r"|(?P<at_least>최소|적어도|적게는|최저|最低|少なくとも|(?<![a-z])(?:at least|no less than))"
    r"|(?P<more_than>(?<![a-z])(?:over|more than|above|in excess of|upwards of|north of))"
    r"|(?P<about>(?<![가-힣])(?:약(?:\s?(?:미화|한화|우리\s?돈))?|대략|거의|얼추)|約|およそ|おおよそ|ほぼ|"
    r"(?<![a-z])(?:about|around|approximately|approx\.?|roughly|nearly|almost|some|close to|an estimated|circa))"
    r"|(?P<per>(?<![가-힣\d])(?:연간|연|매년|월평균|매월|월)|(?<![\d一-龥])(?:年間|年額|月額|毎年|毎月|年|月)))\s?$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?P<at_least>\s?이상|以上|\+| or more)"
    r"|(?P<more_than>\s?초과|超え?(?!え?る|え?た|え?て|過)|余り|余|あまり|\s?남짓|여(?![가-힣]))"
    r"|(?P<about>\s?가량|\s?정도|\s?안팎|\s?내외|前後|程度|(?<=[円ドル])規模|弱|台|대(?![출비학만표회상가형]))"
    r"|(?P<up_to>\s?이하|\s?미만|以下|未満)"
)
_VERB_BEHIND = re.compile(
    r"(?:\s?(?:선|고지|の大台|規模))?\s?(?:을|를|이|가|도|은|는|を|も)?\s?(?:훌쩍\s?|크게\s?|大きく|大幅に)?"
    r"(?:(?P<more_than>넘|돌파|상회|웃돌|초과|超|突破|上回)|(?P<about>에\s?(?:육박|근접|달할\s전망|가까)|\s?수준|\s?육박|に迫|に近|近く|近い))"
)
_VERB_IN_FRONT = re.compile(
    r"(?:exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|top(?:s|ped|ping)?|cross(?:es|ed|ing)?) $", re.IGNORECASE
)


def touching(text: str, start: int, end: int) -> tuple[int, int, list[str]]:
    """text[start:end] is an amount: its place with the words that touch it and belong to its quote, and what they say."""
    said: list[str] = []
    for _ in range(2):
        front = _IN_FRONT.search(text, max(0, start - 17), start)
        if front:
            start = front.start()
            said.append(str(front.lastgroup))
    behind = _BEHIND.match(text, end)
    if behind:
        end = behind.end()
        said.append(str(behind.lastgroup))
    return start, end, said


def verbs(text: str, start: int, end: int) -> list[str]:
    """What the verb behind (넘다, 육박, を超える) or in front (exceed) says: it does not belong to the quote."""
    verb = _VERB_BEHIND.match(text, end)
    if verb:
        return [str(verb.lastgroup)]
    return ["more_than"] if _VERB_IN_FRONT.search(text, max(0, start - 11), start) else []
