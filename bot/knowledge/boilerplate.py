"""What in a news text is no news: tags and outlets around a headline, datelines and bylines, notices, sentences cut off."""

import re

_TAG_WORDS = (
    "속보|단독|종합|긴급|[1-9]보|상보|포토|영상|특징주|공식|이슈|현장|인터뷰|기획|리포트|업데이트|오피셜|그래픽|카드뉴스|"
    "速報|独自|独占|号外|続報|動画|写真|図解|更新|単独|特集|PR|AD|"
    "Exclusive|Breaking|Updated?|Video|Watch|Photos?|LEAD"
)
_TAGS = re.compile(
    rf"^(?:[\[［【<〈(（]\s?(?:{_TAG_WORDS})[^\]］】>〉)）]{{0,6}}[\]］】>〉)）]"
    r"|(?:速報|BREAKING|EXCLUSIVE|Exclusive|UPDATE \d|PR)\s?[-:：|]|[■◆◇●▶▲△☞※★・*]+)\s*",
    re.IGNORECASE,
)
_TAGS_BEHIND = re.compile(
    r"\s*(?:[(\[（［](?:종합\d?보?|[1-9]보|상보|속보|단독|완료|動画あり|写真|有料会員限定|会員限定|video)[)\]）］])\s*$",
    re.IGNORECASE,
)
_OUTLET_BEHIND = re.compile(r"\s*(?:\s[-–—|｜:]\s|\s?[|｜]\s?|\s::\s| - )(?P<name>[^|｜]{2,40})$")
_OUTLET_LIKE = re.compile(
    r"新聞|日報|ニュース|オンライン|通信|テレビ|ビジネス$|ジャーナル|ドットコム|Impress|Watch$|일보$|신문$|뉴스$|경제$|타임스$|데일리|투데이|방송$|매거진|"
    r"\bNews\b|\bTimes\b|Herald|\bDaily\b|\bPost\b|Journal|Tribune|Bloomberg|Reuters|Nikkei|Yonhap|Kyodo|\bNHK\b|ZDNET|ITmedia|CNET|TechCrunch|"
    r"\.(?:com|net|kr|jp|org|io)$|Magazine|Online$|Press$|\bWire\b",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[^0-9a-z가-힣ぁ-んァ-ヶ一-龥]+")


def headline(title: str, outlet: str = "") -> str:
    """``title`` without tags ([속보], 【独自】), dateline and the outlet's name behind it; a part of it but for folded spaces."""
    text = " ".join(title.split())
    while (shorter := _TAGS_BEHIND.sub("", _TAGS.sub("", text))) != text and shorter:
        text = shorter
    for _ in range(2):
        found = _OUTLET_BEHIND.search(text)
        if found and found.start() >= 4 and _is_outlet(found["name"], outlet):
            text = text[: found.start()].rstrip()
    return bare(_TAGS_BEHIND.sub("", text) or text)


def _is_outlet(name: str, outlet: str) -> bool:
    plain, known = _PLAIN.sub("", name.lower()), _PLAIN.sub("", outlet.lower())
    if plain and known and (plain in known or known.removesuffix("com") in plain):
        return True
    return len(name) <= 30 and _OUTLET_LIKE.search(name) is not None


_REPORTER = r"[가-힣]{2,4}(?:[·, ][가-힣]{2,4}){0,3}\s?(?:선임|수습|인턴|전문|객원)?(?:기자|특파원|통신원|논설위원|에디터)"
_AGENCY_KO = r"(?:연합뉴스|뉴시스|뉴스1|[가-힣]{1,6}(?:뉴스|일보|신문|데일리|투데이|경제|비즈))"
_AGENCY_JA = r"(?:時事|共同|ロイター|ブルームバーグ|通信|新聞|ニュース|CNN|AFP|NNA|編集部|支局)"
_AGENCY_EN = r"(?:Reuters|AP|AFP|Yonhap|Kyodo|Jiji|Bloomberg|IANS|UPI|Xinhua|ANI|News|Press|Wire)"
_OPEN, _CLOSE, _INSIDE = r"[(\[（［【]", r"[)\]）］】]", r"[^)\]）］】]"
_BYLINES = tuple(
    re.compile(pattern)
    for pattern in (
        # (서울=연합뉴스) 홍길동 기자 = ; [이데일리 홍길동 기자] ; 홍길동 기자 =
        rf"^{_OPEN}{_INSIDE}{{0,20}}[=＝]{_INSIDE}{{1,24}}{_CLOSE}\s*(?:{_REPORTER}\s*)?=?\s*",
        rf"^{_OPEN}{_INSIDE}{{0,24}}(?:기자|특파원|{_AGENCY_KO}){_INSIDE}{{0,14}}{_CLOSE}\s*(?:{_REPORTER}\s*)?=?\s*",
        rf"^(?:[가-힣]{{2,4}}\s?)?{_AGENCY_KO}\s{_REPORTER}\s*=?\s*",
        rf"^{_REPORTER}\s*=\s*",
        # 【慶州聯合ニュース】 ; （東京＝時事）
        rf"^{_OPEN}{_INSIDE}{{0,16}}{_AGENCY_JA}{_INSIDE}{{0,12}}{_CLOSE}\s?[:：]?\s*",
        # what stands before a byline: subheadings, captions
        rf"^.{{1,200}}?\s{_AGENCY_KO}\s[가-힣]{{2,4}}\s?기자\s(?=\S)",
        # Tokyo, Dec. 25 (Jiji Press)-- ; SEOUL Feb 13 (Reuters) - ; (Bloomberg) -- ; TOKYO --
        rf"^(?:[A-Z][A-Za-z .,'/]{{1,40}}(?:\d{{1,2}})?,? ?)?\([^()]{{0,16}}{_AGENCY_EN}[^()]{{0,16}}\)\s?(?:--?|–|—|:)+\s?",
        r"^[A-Z]{3,}(?:[,/ ]+[A-Z][\w. ]{1,20})?\s?(?:--|—|–|:)\s?(?:[A-Z][a-z]+ \d{1,2}, 20\d\d\s?[—–-]+\s?)?(?=\S)",
        r"^[–—-]{1,2}\s+",
        # 2026.08.14 09:30
        r"^\[?(?:20\d\d[-./]\d{1,2}[-./]\d{1,2}\.?)\s?(?:\d{1,2}:\d{2}(?::\d{2})?)?\]?\s+",
    )
)
_NOTICE = re.compile(
    r"무단\s?(?:전재|복제|배포)|재배포\s?금지|저작권자\s?[(ⓒ©]|기사\s?제보|제보는|카카오톡(?:으로|에서) 제보|구독하기|구독중|"
    r"뉴스레터\s?(?:구독|신청)|더보기|기사 원문|관련기사|자료\s?사진|사진\s?(?:=|제공)|/사진|\[사진|"
    r"기념\s?촬영|이 기사는 [^.]{0,60}표출|일러스트\s?=|기자$|"
    r"無断転載|無断複製|転載を禁|続きを読む|記事全文|この記事は有料|会員限定|会員登録|ログインし|関連記事|記者(?:が|は)?$|"
    r"(?:画像|写真|提供)[:：=]|read more|continue reading|subscribe (?:to|now)|sign up (?:for|to)|our newsletter|"
    r"all rights reserved|copyright (?:©|\(c\)|\d)|©|ⓒ|appeared first on|first appeared on|"
    r"poses? for (?:a )?photo|\b(?:is|are) (?:seen|pictured|on display) (?:at|in|during)\b|"
    r"image credit|image:|photo:|photo by|illustration by|"
    r"comments url|click here|view original|https?://|www\.|[\w.+-]@[\w-]{1,60}\.\w|opens new tab|^key points|▶|☞|\[\.\.\.\]|"
    r"<[@!#&]|@(?:everyone|here|channel)\b|(?:^|\s)/[a-z]{3,}\s",
    re.IGNORECASE,
)
# Feeds of aggregators give the headlines of several outlets, one behind the other, as if they were a text.
_OUTLET_NAMES = re.compile(
    r"조선일보|중앙일보|동아일보|한겨레|경향신문|한국일보|매일경제|한국경제|서울경제|머니투데이|이데일리|연합뉴스|뉴시스|뉴스1|전자신문|아시아경제|파이낸셜뉴스"
    r"|헤럴드경제|조선비즈|지디넷|디지털데일리|JTBC|YTN|KBS|MBC|SBS|日本経済新聞|日経|読売新聞|朝日新聞|毎日新聞|産経|共同通信|時事通信|ロイター|ブルームバーグ|NHK"
    r"|Reuters|Bloomberg|CNBC|Nikkei|Yonhap|Korea (?:Herald|Times|JoongAng Daily)|TechCrunch|The Verge|Financial Times"
)
_QUOTES_OUTLETS = re.compile(r"따르면|보도|전했|によると|によれば|報じ|伝え|according|report|told|said", re.IGNORECASE)
_MANGLED = re.compile(r"[했됐였혔졌] 언급|보도진행")  # what machines that shorten Korean texts leave behind
_CUT = re.compile(r"\s*(?:\.{2,}|…+|‥+|\[…\]|\[\.\.\.\])\s*$")
_ENDED = re.compile(r"(?:[.!?。！？][\"'”’」』）)\]】》〉]*|[다요음함됨임까]|[\"”」』])$")


def bare(sentence: str) -> str:
    """``sentence`` without dateline, byline and bullets in front: always its end, word for word."""
    text = sentence.strip()
    for _ in range(4):
        shorter = text
        for pattern in _BYLINES:
            shorter = pattern.sub("", shorter, count=1)
        shorter = _TAGS.sub("", shorter)
        if shorter == text or not shorter:
            break
        text = shorter
    return text


def is_notice(sentence: str) -> bool:
    """Whether a sentence speaks of the page and not of the world: copyright, captions, links; or is a list of headlines."""
    return _NOTICE.search(sentence) is not None or _lists_headlines(sentence)


def _lists_headlines(sentence: str) -> bool:
    return len(set(_OUTLET_NAMES.findall(sentence))) > 1 and _QUOTES_OUTLETS.search(sentence) is None


def is_cut(sentence: str) -> bool:
    """Whether a sentence breaks off: dots at its end, or no end at all."""
    return _CUT.search(sentence) is not None or _ENDED.search(sentence) is None or _MANGLED.search(sentence) is not None


def without_dots(sentence: str) -> str:
    """``sentence`` without the dots that say it was cut."""
    return _CUT.sub("", sentence)


def is_balanced(sentence: str) -> bool:
    """Whether it begins like a sentence and all that is opened is closed: pieces of a text often begin inside a quotation."""
    if re.match(r"[a-z]+ ", sentence):
        return False
    # A single closing quote is an apostrophe as well: it says nothing.
    pairs = ("“”", "「」", "『』", "()", "（）", "【】", "[]")
    if any(sentence.count(pair[0]) != sentence.count(pair[1]) for pair in pairs):
        return False
    return sentence.count('"') % 2 == 0
