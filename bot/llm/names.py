"""Decides whether the names of a sentence stand in its sources, in whatever script.

Names of the register are compared as entities. Any other Latin or katakana name has to stand in a source letter by
letter, or by its sound: リベリオンズ, 리벨리온 and Rebellions have one skeleton of consonants.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.knowledge import countries, language, rarity, register, terms
from bot.knowledge.register import Mention
from bot.llm import sound
from bot.model import Article

_LATIN = re.compile(r"(?<![\w.])[A-Za-z][\w&]*(?:[-.][A-Za-z0-9]\w*)*")
_ORDINARY = re.compile(
    r"(?:.{2}ワット|アイデア|アプリ|アルゴリズム|インフラ|エージェント|エネルギー|エンジニア|オフィス|オープンソース|カテゴリー|クラウド|グループ|"
    r"グローバル|コスト|コンテンツ|コンピューティング|コンピューター?|サイバー|サプライチェーン|サミット|サーバー?|システム|シェア|スタートアップ|"
    r"スマートフォン|セキュリティー?|センター|ソフトウエア|ソリューション|チップ|テクノロジー|デジタル|データ|データセンター|トップ|ドル|ウォン|"
    r"ネットワーク|ハードウエア|ビジネス|ファンド|プラットフォーム|プロジェクト|プロセス|ベンチャー|マーケット|メモリー?|メンバー|モデル|"
    r"ユーザー|リスク|リソース|リーダー|レベル|ロボット|ローン)+"
)
_KATAKANA = re.compile(r"[ァ-ヺー]{3,}")
_KOREAN_GIVEN = re.compile(r"[A-Z][a-z]+-[a-z]+")
_KANJI = re.compile(r"[一-鿿]{2}")
_PERSON = {
    "ko": re.compile(
        r"(?<![가-힣])([가-힣]{3})\s(?:대표(?![팀적])|회장|사장|부회장|부총리|장관|총리|대통령|위원장|의장|최고경영자)"
    ),
    "ja": re.compile(r"([一-鿿]{2,4})(?:氏|社長|会長|首相|頭取)"),
}
# 정부 in a Korean sentence on Japan is not Seoul's.
_OURS = frozenset(("정부", "국회", "당국", "총리", "대통령", "政府", "国会", "当局", "首相", "大統領"))
_GOVERNMENT = re.compile(r"\bgovernment\b|정부|政府")
_PERIOD = re.compile(r"(?:[qh]\d|\d[qh]|fy\d*)", re.IGNORECASE)
_NO_PERSON = re.compile(
    r"[가-힣]*(?:공동|신임|국내|전임|각자|초대|당시|한국|일본|그룹|협회|경제|부문)|前|新|副|代表|取締役|同社|両|現"
)
_GENERIC = frozenset(
    re.findall(
        r"\S+",
        """
        ai it ict iot dx ax ceo cto cfo coo r&d gpu gpus npu npus cpu cpus tpu tpus hbm dram nand ssd llm llms ipo m&a
        mou esg api saas b2b b2c pc pcs os ev evs dc dcs vc vcs fy ok asic asics soc ml sns nft un eu us uk usa gdp
        ppa smr smes sme idc monday tuesday wednesday thursday friday saturday sunday january february march april may
        june july august september october november december seoul's mr ms mrs dr jr prof basic act law acts bill plan
        strategy committee ministry minister national assembly agency bureau commission institute university college
        fund bank group holdings corporation company ventures partners capital series council association federation
        party house senate cabinet office department centre center lab labs laboratory summit forum expo week special
        zone district city province prefecture prefectural metropolitan president vice prime chairman chairwoman chief
        executive officer director governor mayor professor secretary general deputy senior north south east west
        northern southern eastern western central asia asian asia-pacific pacific global international internet
        artificial intelligence data digital technology technologies science information communications economy trade
        industry finance financial services network systems cloud software hardware robotics semiconductor
        semiconductors chip chips model models sovereign foundation project programme program initiative framework
        roadmap guideline guidelines white paper memorandum understanding
        """,
    )
)


def problems(text: str, cited: Sequence[Article], asked: str) -> Iterator[str]:
    """A reason for each name of ``text``, a sentence in the language ``asked``, that no cited source holds."""
    passage = "\n".join(article.text for article in cited)
    known = register.load()
    said, told = known.mentions(text), _mentions(passage)
    yield from _strange_entities(said, told, passage)
    yield from _strange_countries(said, told, cited)
    spans = [(one.start, one.end) for one in said]
    for name in (*_latin(text, asked), *_katakana(text), *_persons(text, cited, asked)):
        start, end = name.span(1) if name.re.groups else name.span()
        covered = any(low < end and start < high for low, high in spans)
        if not covered and not _stands_in(text[start:end], passage) and not _is_part(text[start:end], told):
            yield f"the name {text[start:end]} is not in a cited source"


@lru_cache(maxsize=16)
def _mentions(passage: str) -> tuple[Mention, ...]:
    return register.load().mentions(passage)


# ---- names of the register ----


def _strange_entities(said: Sequence[Mention], told: Sequence[Mention], passage: str) -> Iterator[str]:
    known: set[str] = set()
    folded = language.normalise(passage)
    for mention in told:
        known |= _meanings(mention)
    for mention in said:
        if mention.kind in ("country", "currency") or known & {mention.entity, *_candidates(mention.alias)}:
            continue
        given = _KOREAN_GIVEN.search(mention.alias) if mention.kind == "person" else None
        heard = given is not None and sound.is_given_name(given.group(), passage)
        follows = mention.alias in _OURS or heard or _follows(mention, known, told, folded)
        if not follows and not any(name in folded for name in _writings(mention)):
            yield f"{mention.entity} is not named in a cited source"


def _follows(mention: Mention, known: set[str], told: Sequence[Mention], folded: str) -> bool:
    """A branch where its house and its country are named, a government where its country is, beside "the government"."""
    if mention.country not in {one.country for one in told}:
        return False
    if mention.entity.startswith("Government of "):
        return _GOVERNMENT.search(folded) is not None
    return mention.kind == "company" and _parent(mention.entity) in known


def _writings(mention: Mention) -> set[str]:
    """The alias and the other names of its entity: some count only in company that a summary of the text does without."""
    aliases = register.load().get(mention.entity).aliases.values()
    return {language.normalise(name) for name in (mention.alias, *(name for names in aliases for name in names)) if len(name) > 2}


def _meanings(mention: Mention) -> set[str]:
    """The entity, whatever else its name may mean, and the groups that they belong to: a sentence may say less."""
    found = {mention.entity, *_candidates(mention.alias)}
    for id in tuple(found):
        parent = _parent(id)
        while parent and parent not in found:
            found.add(parent)
            parent = _parent(parent)
    return found


def _is_part(name: str, told: Sequence[Mention]) -> bool:
    """Jae-myung, where the sources name 李在明."""
    entities = (register.load().get(mention.entity) for mention in told if mention.kind == "person")
    names = " ".join(alias for entity in entities for aliases in entity.aliases.values() for alias in aliases)
    return language.normalise(name) in language.normalise(names).split()


def _candidates(alias: str) -> set[str]:
    return {entity.id for entity in register.load().find(alias) if entity.kind not in ("country", "currency")}


def _parent(id: str) -> str | None:
    return register.load().get(id).parent


def _strange_countries(said: Sequence[Mention], told: Sequence[Mention], cited: Sequence[Article]) -> Iterator[str]:
    """A Japanese report says 政府 where a summary has to say whose: a source's own country, and those of its names, are known."""
    known = {mention.country for mention in told} | {mention.entity for mention in told}
    for article in cited:
        known |= {"ko": {"KR"}, "ja": {"JP"}}.get(language.detect(article.text, article.language), set())
        known |= {code for code, _ in countries.signs(article.text, article.language)}
    for mention in said:
        if mention.kind == "country" and mention.country not in known:
            yield f"the country {mention.alias} is not in a cited source"


# ---- other names ----


def _latin(text: str, asked: str) -> Iterator[re.Match[str]]:
    """Latin words that look like names: in English by capitals, elsewhere all but well-known abbreviations."""
    for found in _LATIN.finditer(text):
        word = found.group()
        if word[0].isupper() and any(entity.kind == "company" for entity in register.load().find(word)):
            yield found  # also where the sentence alone does not tell that a company is meant
            continue
        if _is_generic(word):
            continue
        capitals = sum(char.isupper() for char in word)
        odd = capitals > 1 or any(char.isdigit() for char in word)
        if odd or (asked != "en" and len(word) > 1) or (capitals and found.start() and not _opens(text, found.start())):
            yield found


def _is_generic(word: str) -> bool:
    bare = language.normalise(word).removesuffix("'s")
    if all(part in _GENERIC for part in bare.split("-")) or _PERIOD.fullmatch(bare):
        return True
    # A word that news is full of is no name that a model has invented.
    return word[1:].islower() and all(rarity.of_term(term) < rarity.RAREST_TERM for term in terms.terms(bare))


def _opens(text: str, start: int) -> bool:
    """Whether the word at ``start`` opens a sentence or a quotation, where any word is written with a capital."""
    return text[:start].rstrip(" \"'“‘(")[-1:] in (".", ":", ";", "") or text[start - 1] in "\"“‘'"


def _katakana(text: str) -> Iterator[re.Match[str]]:
    """Katakana words of rare syllables: サービス is no name, リベリオンズ is."""
    for found in _KATAKANA.finditer(text):
        parts = [] if _ORDINARY.fullmatch(found.group()) else list(terms.terms(found.group()))
        if sum(rarity.of_term(part) >= rarity.RAREST_TERM for part in parts) * 2 > len(parts) > 0:
            yield found


def _persons(text: str, cited: Sequence[Article], asked: str) -> Iterator[re.Match[str]]:
    """Who bears a title, where the sources are in the same script."""
    pattern = _PERSON.get(asked)
    if pattern and all(language.detect(article.text, article.language) == asked for article in cited):
        yield from (found for found in pattern.finditer(text) if not _NO_PERSON.match(found[1]))


def _stands_in(name: str, passage: str) -> bool:
    folded = language.normalise(passage)
    companies = [entity for entity in register.load().find(name) if entity.kind == "company"]
    if companies:
        # Its writings are known: a sound that is merely near is another company's.
        aliases = (alias for entity in companies for names in entity.aliases.values() for alias in names)
        return any(language.normalise(alias) in folded for alias in (name, *aliases))
    wanted = language.normalise(name)
    if wanted.isascii() and re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![0-9])", folded):
        return True
    if not wanted.isascii() and wanted in folded:
        return True
    if any(char.isdigit() for char in wanted) and wanted.isascii():
        return _parts_stand_in(wanted, folded)
    if _KOREAN_GIVEN.fullmatch(name):
        return sound.is_given_name(name, passage)
    return sound.is_heard(name, passage) or (bool(_KANJI.search(passage)) and sound.may_be_kanji(name))


def _parts_stand_in(name: str, folded: str) -> bool:
    """HBM4E, GPT-5: letters and digits side by side in the source, however they are joined."""
    parts = re.findall(r"[a-z]+|\d+(?:\.\d+)?", name)
    return re.search(r"(?<![a-z0-9])" + r"[\s\-.]?".join(map(re.escape, parts)) + r"(?![0-9])", folded) is not None
