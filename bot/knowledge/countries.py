"""Countries as headlines shorten them to one character: 美·中 in Korean, 米エヌビディア or 英政府 in Japanese."""

import re
from collections.abc import Iterator

_SIGNS = dict(
    zip(
        "美米中日韓英佛仏獨独北露豪印伊加欧台",
        ("US", "US", "CN", "JP", "KR", "GB", "FR", "FR", "DE", "DE", "KP", "RU", "AU", "IN", "IT", "CA", "EU", "TW"),
        strict=True,
    )
)
# In Korean text Han characters are rare: one that stands by itself, or beside another of them (美中, 韓日), is a country.
_KOREAN = re.compile(r"(?<![一-鿿])[美中日韓英佛獨北露豪印·]{1,4}(?![一-鿿])")
_JAPANESE = re.compile(
    r"(?<![一-鿿々])[米英仏独韓露豪印伊加欧台中](?=[ァ-ヺＡ-Ｚ「]|[A-Z]|政府|商務|議会|国務|大統領|首相|当局|司法|軍|国防|財務|連邦|下院|上院|"
    r"新興|大手|半導体|企業|テック|紙|国内|株|製|系|企業|国|国際|特許|研究|最高裁|地裁|裁|経済|市場)|"
    r"(?<![一-鿿々])(?!日中の)[日米中韓台欧英]{2,4}(?=[ァ-ヺ、の首間企が3３両三と]|$)"
)


def signs(text: str, language: str) -> Iterator[tuple[str, int]]:
    """Country code and place of every one-character country in a Korean or Japanese text."""
    pattern = {"ko": _KOREAN, "ja": _JAPANESE}.get(language)
    if pattern is None:
        return
    for match in pattern.finditer(text):
        for at, sign in enumerate(match.group(), match.start()):
            if sign in _SIGNS:
                yield _SIGNS[sign], at
