"""What the words around an amount say: whether it is money at all, what the money is for, and for which period."""

import re
from decimal import Decimal

_PRICE_IN_FRONT = re.compile(
    r"주당|주가|목표가|종가|환율|시초가|공모가|株価|1株|一株|終値|始値|公募価格|公開価格|為替|円相場|日経平均|ダウ平均|닛케이|코스피|코스닥|"
    r"per share|share price|price target|target price|shares? (?:closed|fell|rose|jumped|dropped|traded)|"
    r"1\s?(?:달러|ドル|dollar|유로|ユーロ|위안|元)(?:당|=|に|あたり|当たり|에)|(?:달러|유로|엔|위안)당|[ドル円]=|(?:달러|엔)\s?=|円[高安]",
    re.IGNORECASE,
)
_PRICE_BEHIND = re.compile(
    r"\s?(?:당\s|=|あたり|当たり|/share|per share|a share|apiece per share|선에서? 거래|で取引|(?:高|安)の|[安高](?![い]))|"
    r"(?:을|를|에|으로|로|に|で|を)?\s?(?:장을? 마|거래를 마|마감|거래되|거래 중|続落|続伸|反発|反落)",
    re.IGNORECASE,
)
_PRICE_CAP = 10_000_000


def is_price(text: str, start: int, end: int, value: Decimal | None) -> bool:
    """Whether the amount is a share price, an exchange rate or an amount per share: no money fact."""
    if value is None or value >= _PRICE_CAP:
        return False
    return bool(_PRICE_IN_FRONT.search(text, max(0, start - 24), start) or _PRICE_BEHIND.match(text, end))


_GAME_WORDS = re.compile(
    r" (?:the|a|an|his|her|its|their|by|gold|silver|bronze|against|in|at|best|first|over|seats?)\b", re.IGNORECASE
)


def is_currency(text: str, start: int, end: int, unit: Decimal | None, currency: str) -> bool:
    """Whether the word behind a number is its currency: not "in 2024 won the race", not "3 불"."""
    if unit is not None or currency != "KRW" or not text[end - 1] == "n":
        return unit is not None or not text[start:end].endswith("불")
    number = text[start:end].split()[0].split("-")[0]
    if "," in number:
        return True
    return len(number) != 4 and not _GAME_WORDS.match(text, end)


_COUNTED_KO = re.compile(
    r"\s?(?:여\s?)?(?:명|개(?!발|시|선|편|최|설|입|혁)|건(?!설|립|강)|톤|회(?!사|복|수|의)|장(?!비|기|부|치|세|학|애|려)|주(?![주문도요택가])|가구|인(?=[이의을 ])|인구|"
    r"배|번|곳|평|㎡|제곱|m|km|k?W|와트|사용자|이용자|회원|팔로|구독|다운|조회|뷰|페이지|단어|토큰|파라미터|매개|화소|픽셀|유저|가입|고객|"
    r"시민|국민|스트리밍|비트|플롭스|연산|년|광년|마리|편(?!성)|권|켤레|병|갑|셀|초|시간|줄|대(?:의|가|를)?\s?(?:판매|출하|보급)|%|항|교대|점|표|"
    r"별|원자|트랜지스터|인민|중국인|인도인|도즈|배럴|입방|리터|그루|세포|염기|데이터|건수|사람|여성|남성|종(?!합|료|목)|쌍|쪽|각|기(?=\s|가|를)|[A-Za-z]{1,3}\b)"
)
_LAW_KO = re.compile(r"(?:제\s?|법\s?|헌법\s?|규칙\s?|약관\s?|시행령\s?|[A-H]조\s?|본선\s?|예선\s?|\d+인\s?)$")
_BARE_KO = re.compile(r"[만]?[억조]\s?[여]?")
_BARE_JA = re.compile(r"(?:規模)?の?(?:投資|調達|出資|融資|補助|支援金|買収|増資|予算|ファンド)")
_GLUED_KO = re.compile(r"[가-힣]")
_PARTICLES_KO = re.compile(
    r"(?:[을를에로도의이가은는씩대여]|규모|이상|투|유|조달|지원|들|확|출자|편성|매출|펀드|예산|손실|적자|흑자|수주|계약|돌파|이하|가량|까지|부터|만에|뿐|벌|빅딜|짜리|어치|넘|클럽|원)"
)


def implied_currency(text: str, start: int, end: int, language: str) -> str | None:
    """The currency of a bare 957조, 1000억 or 最大2.5億 whose context makes it money, else None."""
    last = text[end - 1]
    if last in "여余":
        last = text[end - 2]
    if last in "억조":
        if _COUNTED_KO.match(text, end) or _LAW_KO.search(text, max(0, start - 5), start):
            return None
        if _GLUED_KO.match(text, end) and not _PARTICLES_KO.match(text, end):
            return None
        return "KRW"
    if last in "億兆" and _BARE_JA.match(text, end):
        return _currency_nearby(text)
    return None


def _currency_nearby(text: str) -> str:
    """What the other amounts of a Japanese text are in: won in a translated Korean page, else yen."""
    return "KRW" if "ウォン" in text and "円" not in text else "JPY"


# ---- roles ----

_ROLE_WORDS = {
    "subsidy": r"보조금|지원금|지원한|지원하|지원을|국비|정부\s?지원|무상\s?지원|사업화|補助|助成|支援(?!者)|subsid|grants?\b|state aid|incentive|aid\b",
    "budget": r"예산|추경|편성|배정|기금|국고|공약|予算|予備費|概算要求|計上|budget|earmark|allocat|appropriat|stimulus|fund for",
    "funding_raised": r"투자\s?유치|유치|시리즈\s?[A-H]|시드|프리\s?A|조달|자금\s?조달|공모|IPO|라운드|투자받|투자를?\s?받|調達|資金調達|シリーズ[A-H]|"
    r"シード|上場で|投資誘致|誘致|rais(?:e|es|ed|ing)\b|secur(?:e|es|ed|ing)\b|funding|lands?\b|round\b|series [a-h]\b|seed\b|closes?\b",
    "loan": r"대출|융자|차입|회사채|채권|보증|융통|신용|融資|社債|借入|債券|保証|ローン|loan|bonds?\b|notes\b|debt|financing|credit",
    "acquisition_price": r"인수|매입|사들|買収|取得|買い取|acqui|takeover|buyout|buys?\b|bought|purchase",
    "valuation": r"기업\s?가치|몸값|시가\s?총액|시총|밸류|지분\s?가치|평가|評価額|時価総額|企業価値|valu(?:ed|ation)|market cap|worth of stake",
    "revenue": r"매출|売上|売り上げ|営業収益|収入|revenue|sales|turnover",
    "tax": r"세액\s?공제|감세|세금|법인세|과세|조세|減税|税額|課税|法人税|tax",
    "market_size": r"시장(?!이|에서|은 )|시장\s?규모|시장은|市場(?:規模)?|market(?! cap)",
    "investment": r"투자|투입|쏟|출자|설비|건설|짓|구축|들여|베팅|投資|出資|投じ|建設|工場|invest|spend|capex|pledg|inject|build|plant|pour|commit|stake",
    "other": r"영업\s?이익|순이익|영업\s?손실|순손실|적자|흑자|이익|수출|수입액|계약|수주|벌금|과징금|기부|연봉|상금|급여|임금|성과급|배상|자사주|배당|"
    r"利益|損失|赤字|黒字|輸出|契約|受注|罰金|制裁金|寄付|賞与|年収|給与|賠償|自社株|還元|取引額|profit|loss|earnings|export|order|contract|fine\b|"
    r"penalt|donat|salary|wage|bonus|dividend|buyback|price",
}
_ROLES = re.compile("|".join(f"(?P<{role}>{words})" for role, words in _ROLE_WORDS.items()), re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？\n]|다\.\s?")


def role(text: str, start: int, end: int) -> str:
    """What the money is (investment, subsidy, revenue …), by the nearest word that tells; "other" where none does."""
    best, role_found = 60.0, "other"
    first = max(0, start - 40)
    for word in _ROLES.finditer(text, first, start):
        distance = (start - word.end()) * _apart(text, word.end(), start)
        if distance <= best:
            best, role_found = distance, str(word.lastgroup)
    for word in _ROLES.finditer(text, end, min(len(text), end + 30)):
        distance = (word.start() - end) * _apart(text, end, word.start())
        if distance < best:
            best, role_found = distance, str(word.lastgroup)
        break
    return role_found


def _apart(text: str, start: int, end: int) -> float:
    """How much farther a word counts: the next sentence is far, the next clause a little."""
    between = text[start:end]
    if _SENTENCE_END.search(between):
        return 4.0
    return 1.6 if "," in between or "、" in between else 1.0


# ---- periods ----

_PERIOD = re.compile(
    r"(?P<years>\d{1,2})\s?(?:년간|年間|개년|か年|[ -]years?\b)|(?P<fy>FY\s?20\d\d|fiscal (?:year )?20\d\d|20\d\d年度|20\d\d\s?회계연도)"
    r"|(?P<half>20\d\d)년\s?(?P<which>상|하)반기|(?P<quarter>20\d\d)[년年]\s?(?:第)?(?P<q>[1-4])(?:분기|四半期)"
    r"|(?P<year>(?<!\d)20\d\d)(?:\s?[년年](?:까지|までに?|에는?|には?)?(?!\s?\d{1,2}[월月])|(?=[^\d\w-]|$))",
    re.IGNORECASE,
)
_PER = re.compile(r"^(?:(?P<year>연간?|매년|年間?|年額|毎年)|(?P<month>매?월(?:평균)?|月額?|毎月))")
_PER_BEHIND = re.compile(r" (?:a|per|every|each) (?P<unit>year|month)\b|\s?/\s?(?P<short>year|month)\b", re.IGNORECASE)


def period(text: str, start: int, end: int) -> str | None:
    """The period that the text itself names for the amount: "5 years", "per year", "2032", "FY2030", "2026-H1"; None without."""
    per = _PER.match(text[start : start + 6])
    if per:
        return f"per {per.lastgroup}"
    behind = _PER_BEHIND.match(text, end)
    if behind:
        return f"per {(behind['unit'] or behind['short']).lower()}"
    named = [*_PERIOD.finditer(text, max(0, start - 26), start)]
    if not named or _SENTENCE_END.search(text, named[-1].end(), start):
        return None
    return _period_name(named[-1])


def _period_name(found: re.Match[str]) -> str:
    if found["years"]:
        return f"{int(found['years'])} years"
    if found["fy"]:
        return "FY" + re.sub(r"\D", "", found["fy"])
    if found["half"]:
        return f"{found['half']}-H{1 if found['which'] == '상' else 2}"
    if found["quarter"]:
        return f"{found['quarter']}-Q{found['q']}"
    return str(found["year"])
