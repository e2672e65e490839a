"""Which outlets belong to one publisher: a house counts once in a story, however many of its titles report."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

# A house and what names or addresses of its outlets hold, in lower case.
_HOUSES = {
    "chosun": ("chosun", "조선일보", "조선비즈", "朝鮮日報", "tv조선"),
    "joongang": ("joongang", "joins", "중앙일보", "中央日報"),
    "donga": ("donga", "동아일보", "東亜日報"),
    "yonhap": ("yonhap", "yna", "연합뉴스", "聯合ニュース"),
    "newsis": ("newsis", "뉴시스"),
    "news1": ("news1", "뉴스1"),
    "maeil business": ("mk", "매일경제", "毎日経済", "pulse by maeil", "maeil business", "매경"),
    "hankyung": ("hankyung", "kedglobal", "한국경제", "韓国経済"),
    "herald": ("koreaherald", "korea herald", "헤럴드경제", "heraldcorp", "heraldk"),
    "hankook": ("hankookilbo", "koreatimes", "korea times", "한국일보"),
    "etnews": ("etnews", "전자신문", "電子新聞"),
    "edaily": ("edaily", "이데일리"),
    "money today": ("mt", "moneytoday", "money today", "머니투데이"),
    "digital daily": ("ddaily", "디지털데일리"),
    "zdnet korea": ("zdnet.co.kr", "zdnet korea"),
    "hani": ("hani", "한겨레", "ハンギョレ"),
    "kbs": ("kbs",),
    "nikkei": ("nikkei", "日本経済新聞", "日経", "닛케이", "日経クロステック"),
    "asahi": ("asahi", "朝日新聞", "テレビ朝日", "tv-asahi"),
    "yomiuri": ("yomiuri", "読売新聞", "japan news", "日本テレビ", "ntv"),
    "mainichi": ("mainichi", "毎日新聞"),
    "sankei": ("sankei", "産経新聞", "japan forward", "フジテレビ", "サンケイスポーツ"),
    "kyodo": ("kyodo", "共同通信", "nna", "nna asia"),
    "jiji": ("jiji", "時事通信", "時事ドットコム", "jiji press"),
    "nhk": ("nhk",),
    "tbs": ("tbs", "tbsテレビ"),
    "itmedia": ("itmedia",),
    "impress": ("impress", "クラウド watch"),
    "toyo keizai": ("toyokeizai", "東洋経済"),
    "reuters": ("reuters", "ロイター", "로이터"),
    "bloomberg": ("bloomberg", "ブルームバーグ", "블룸버그"),
    "the verge": ("the verge", "theverge"),
}
_HOST_TAIL = re.compile(
    r"^(?:www|news|rss|feeds?|en|jp|biz|m|n)\.|\.(?:com|net|org|co\.kr|co\.jp|or\.jp|go\.jp|go\.kr|kr|jp|io|ai)\b.*$"
)


def _pattern(name: str) -> str:
    """Short Latin names stand alone: "mk", not the "mk" of another word; "chosun" is also in ChosunBiz."""
    short = name.isascii() and len(name) <= 5
    return rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])" if short else re.escape(name)


_WORDS = re.compile("|".join(f"(?P<h{n}>{'|'.join(map(_pattern, names))})" for n, names in enumerate(_HOUSES.values())))
_NAMES = tuple(_HOUSES)
# Sites that pass on what others wrote: their address says nothing about the publisher.
_CARRIERS = ("news.google.com", "n.news.naver.com", "news.yahoo.co.jp", "prtimes.jp", "news.livedoor.com", "msn.com")


@lru_cache(maxsize=4096)
def house(outlet: str, url: str = "") -> str:
    """The publisher behind an outlet's name, or behind the address where the name is none that we know."""
    return _house(outlet.lower(), urlsplit(url).hostname or "" if "://" in url else "")


@lru_cache(maxsize=4096)  # every article has an address of its own; outlets and hosts are few
def _house(outlet: str, host: str) -> str:
    for text in (outlet, "" if host in _CARRIERS else host):
        found = _WORDS.search(text)
        if found and found.lastgroup:
            return _NAMES[int(found.lastgroup[1:])]
    return _HOST_TAIL.sub("", outlet).strip() or _HOST_TAIL.sub("", host)


def is_government(outlet: str, url: str) -> bool:
    """Whether a state speaks: a ministry's or agency's own site."""
    host = urlsplit(url).hostname or "" if "://" in url else ""
    return (
        host.endswith((".go.jp", ".go.kr"))
        or host in ("korea.kr", "www.korea.kr")
        or outlet.lower() in ("korea.kr", "정책브리핑")
    )
