"""What an article shows: the names, groups of terms and combinations that it holds, in its title or only below it."""

import re
from dataclasses import dataclass, field

from bot.knowledge import countries, language, lexicon, register
from bot.model import COUNTRIES, Article

_SHORT_TITLE = 20
LEAD = 600  # characters below the title that are read
# "(서울=연합뉴스) 홍길동 기자 =" and the like say where a reporter sits, not what happened.
_BYLINE = re.compile(
    r"^\s*[(\[【〔][^)\]】〕\n]{0,40}(?:=|연합뉴스|뉴시스|뉴스1|聯合|共同|時事)[^)\]】〕\n]{0,30}[)\]】〕]"
    r"\s*(?:[가-힣·, ]{2,20}기자\s*=?)?"
)
# "… - 조선비즈", "… | Business Insider Japan": whose headline it is, not what it says.
_OUTLET_TAIL = re.compile(r"(?:\s+[-–|｜]\s+(?![a-z][^.\n]*$)[^-–|｜\n]{2,40}){1,3}$")
_AMOUNTS = {
    "money": re.compile(
        r"\d[\d,.]*\s?억(?!\s?[명개대])|\d[\d,.]*億|[$¥₩]\s?\d[\d,.]*|\d[\d,.]*\s?(?:million|mln)\b", re.IGNORECASE
    ),
    "big_money": re.compile(
        r"\d[\d,.]*\s?조(?![가-힣]*[각항])|\d[\d,.]*兆|\d[\d,.]*\s?(?:bn|billion|tn|trillion|tr-won|B\. yen)\b", re.IGNORECASE
    ),
}
_SUBJECTS = frozenset(
    (
        "ai", "generative", "sovereign", "home_model", "ai_chip", "chip", "data_centre", "robot",
        "co.ai", "co.chips", "third.ai", "third.chips",
    )
)  # fmt: skip
_AI_SUBJECTS = _SUBJECTS - {"chip", "co.chips", "third.chips"}
_ABROAD = frozenset(("third.country", "third.place", "third.government"))
_PUBLIC = frozenset(("angle.government", "angle.law", "angle.programme"))
_HOME_PRESS = frozenset(("korea_press", "japan_press"))


@dataclass(slots=True)
class Evidence:
    """``title`` and ``whole``: names that hold for the title, for all of the text. ``spans``: where a name showed first."""

    text: str
    title_end: int
    language: str
    title: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    mentions: tuple[register.Mention, ...] = ()
    signs: dict[int, str] = field(default_factory=dict)
    outlet_kinds: tuple[str, ...] = ()

    def add(self, name: str, start: int, end: int) -> None:
        """Note that text[start:end] shows ``name``."""
        self.whole.add(name)
        if start < self.title_end:
            self.title.add(name)
        known = self.spans.get(name)
        if known is None or start < known[0]:
            self.spans[name] = (start, end)

    def words(self, name: str) -> str:
        """The words that showed ``name``, as they stand in the text; empty for what only follows from other names."""
        start, end = self.spans.get(name, (0, 0))
        return self.text[start:end]

    def features(self) -> list[str]:
        """The features of the scorer: name@title, or name@below where only the text under the title shows it."""
        found = [f"{name}@title" for name in self.title]
        found += [f"{name}@below" for name in self.whole - self.title]
        found += [f"outlet.{kind}" for kind in self.outlet_kinds]
        return found


def gather(article: Article) -> Evidence:
    """All evidence of one article."""
    known = lexicon.load()
    title, tail = _title(article)
    evidence = Evidence(_text(article, title), len(title), article.language or language.detect(title))
    evidence.outlet_kinds = known.outlet_kinds(article.outlet + tail, article.url)
    fold = language.fold(evidence.text)
    _add_terms(evidence, known, fold)
    _add_names(evidence, fold)
    if evidence.whole.isdisjoint(_SUBJECTS):
        return evidence  # nothing below can make it relevant
    for name, pattern in _AMOUNTS.items():
        if match := pattern.search(evidence.text):
            evidence.add(name, match.start(), match.end())
    for names in (evidence.title, evidence.whole):
        _derive(names, evidence)
        names.update(known.combined(names))
    return evidence


def _title(article: Article) -> tuple[str, str]:
    """The headline, and the outlet's name behind it where there is one."""
    tail = _OUTLET_TAIL.search(article.title) if len(article.title) > _SHORT_TITLE else None
    return (article.title[: tail.start()], tail.group()) if tail else (article.title, "")


def _text(article: Article, title: str) -> str:
    below = (article.summary or article.body).removeprefix(article.title)
    return f"{title}\n{_BYLINE.sub('', below, count=1)[:LEAD]}"


def _add_terms(evidence: Evidence, known: lexicon.Lexicon, fold: tuple[str, list[int] | None]) -> None:
    folded, offsets = fold
    for hit in known.hits(folded):
        if offsets is None:
            evidence.add(hit.group, hit.start, hit.end)
        else:
            evidence.add(hit.group, offsets[hit.start], offsets[hit.end])


def _add_names(evidence: Evidence, fold: tuple[str, list[int] | None]) -> None:
    names = register.load()
    evidence.signs = {at: country for country, at in countries.signs(evidence.text, evidence.language)}
    for at, country in evidence.signs.items():
        _add_side(evidence, country, "country", at, at + 1)
    mentions = [mention for mention in names.mentions_in(evidence.text, fold) if names.get(mention.entity).sector != "media"]
    abroad = any(
        mention.start < evidence.title_end and mention.country not in COUNTRIES and mention.kind in ("country", "place")
        for mention in mentions
    ) or any(at < evidence.title_end and country not in COUNTRIES for at, country in evidence.signs.items())
    evidence.mentions = tuple(
        # "the government" may be another country's
        mention
        for mention in mentions
        if not (mention.ambiguous and mention.kind == "government" and abroad)
    )
    for mention in evidence.mentions:
        if mention.kind != "currency":
            _add_name(evidence, names, mention)


def _add_name(evidence: Evidence, names: register.Register, mention: register.Mention) -> None:
    entity = names.get(mention.entity)
    company = mention.kind == "company"
    side = _add_side(evidence, mention.country, "" if company else mention.kind, mention.start, mention.end)
    if company:
        role = "co" if side == "angle" else "third"
        evidence.add(f"{role}.any", mention.start, mention.end)
        evidence.add(f"{role}.{entity.sector or 'other'}", mention.start, mention.end)
    owner = names.get(entity.parent) if entity.parent else None
    if owner and side == "third" and owner.country in COUNTRIES:
        _add_side(evidence, owner.country, "owned", mention.start, mention.end)
    elif owner and company and side == "angle" and owner.country not in COUNTRIES:
        for name in ("local_unit", "third.any", f"third.{owner.sector or 'other'}"):
            evidence.add(name, mention.start, mention.end)


def _add_side(evidence: Evidence, country: str, kind: str, start: int, end: int) -> str:
    side = "angle" if country in COUNTRIES else "third"
    evidence.add(side, start, end)
    if kind:
        evidence.add(f"{side}.{kind}", start, end)
    if side == "angle":
        evidence.add(country.lower(), start, end)
    elif country == "KP":
        evidence.add("north_korea", start, end)
    return side


def _derive(names: set[str], evidence: Evidence) -> None:
    """Add what follows from the names: subject, ai_subject, home, gov."""
    if "bird_flu" in names:
        names.discard("ai")
    if not names.isdisjoint(_SUBJECTS):
        names.add("subject")
    if not names.isdisjoint(_AI_SUBJECTS):
        names.add("ai_subject")
    native = evidence.language in ("ko", "ja") or not _HOME_PRESS.isdisjoint(evidence.outlet_kinds)
    if native and names.isdisjoint(_ABROAD) and "chip_press" not in evidence.outlet_kinds:
        names.add("home")
        if "government" in names:
            names.add("gov")
    if not names.isdisjoint(_PUBLIC):
        names.add("gov")
