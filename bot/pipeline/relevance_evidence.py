"""What an article shows: the names, groups of terms and combinations that it holds, in its title or only below it."""

import re
from dataclasses import dataclass, field

from bot.knowledge import language, lexicon, register
from bot.model import COUNTRIES, Article

LEAD = 600  # characters below the title that are read
TITLE, BELOW = "title", "below"
# "(서울=연합뉴스) 홍길동 기자 =" and the like say where a reporter sits, not what happened.
_BYLINE = re.compile(
    r"^\s*[(\[【〔][^)\]】〕\n]{0,40}(?:=|연합뉴스|뉴시스|뉴스1|聯合|共同|時事)[^)\]】〕\n]{0,30}[)\]】〕]\s*(?:[가-힣·, ]{2,20}기자\s*=?)?"
)
_SUBJECTS = frozenset(("ai", "generative", "sovereign", "ai_chip", "chip", "data_centre", "robot"))
_AI_SUBJECTS = _SUBJECTS - {"chip"}
_SUBJECT_SECTORS = frozenset(("ai", "chips"))
_PUBLIC_KINDS = frozenset(("government", "law", "programme"))


@dataclass(slots=True)
class Evidence:
    """``title`` and ``whole``: names that hold for the title, for all of the text. ``words``: for a name, the words that showed it."""

    article: Article
    title: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    words: dict[str, str] = field(default_factory=dict)
    mentions: tuple[register.Mention, ...] = ()
    title_end: int = 0
    outlet_kinds: tuple[str, ...] = ()

    def add(self, name: str, start: int, words: str) -> None:
        """Note that ``words`` at ``start`` of the text show ``name``."""
        self.whole.add(name)
        if start < self.title_end:
            self.title.add(name)
        if name not in self.words:
            self.words[name] = words

    def features(self) -> list[str]:
        """The features of the scorer: name@title, or name@below where only the text under the title shows it."""
        found = [f"{name}@{TITLE}" for name in self.title]
        found += [f"{name}@{BELOW}" for name in self.whole - self.title]
        found += [f"outlet.{kind}" for kind in self.outlet_kinds]
        return found


def gather(article: Article) -> Evidence:
    """All evidence of one article."""
    text = _text(article)
    known = lexicon.load()
    evidence = Evidence(article, title_end=len(article.title))
    evidence.outlet_kinds = known.outlet_kinds(article.outlet, article.url)
    _add_terms(evidence, known, text)
    evidence.mentions = tuple(mention for mention in register.load().mentions(text) if not _is_media(mention))
    _add_names(evidence)
    for names in (evidence.title, evidence.whole):
        _derive(names, article.language, evidence.outlet_kinds)
    _combine(evidence, known)
    return evidence


def _text(article: Article) -> str:
    below = (article.summary or article.body).removeprefix(article.title)
    return f"{article.title}\n{_BYLINE.sub('', below, count=1)[:LEAD]}"


def _is_media(mention: register.Mention) -> bool:
    return register.load().get(mention.entity).sector == "media"


def _add_terms(evidence: Evidence, known: lexicon.Lexicon, text: str) -> None:
    folded, offsets = language.fold(text)
    title_end = evidence.title_end
    if offsets is not None:
        evidence.title_end = next(at for at, offset in enumerate(offsets) if offset >= title_end)
    for hit in known.hits(folded):
        evidence.add(hit.group, hit.start, folded[hit.start : hit.end])
    evidence.title_end = title_end


def _add_names(evidence: Evidence) -> None:
    entities = register.load()
    for mention in evidence.mentions:
        side = "angle" if mention.country in COUNTRIES else "third"
        sector = entities.get(mention.entity).sector or "other"
        if mention.kind == "currency":
            evidence.add("money", mention.start, mention.alias)
            continue
        if mention.country == "KP":
            evidence.add("north_korea", mention.start, mention.alias)
        evidence.add(side, mention.start, mention.alias)
        kind = sector if mention.kind == "company" else mention.kind
        evidence.add(f"{side}.{kind}", mention.start, mention.alias)
        if mention.country in COUNTRIES:
            evidence.add(mention.country.lower(), mention.start, mention.alias)
        if mention.kind == "company":
            evidence.add("third.any" if side == "third" else "co.any", mention.start, mention.alias)
            evidence.add(f"{'third' if side == 'third' else 'co'}.{sector}", mention.start, mention.alias)


def _derive(names: set[str], code: str, outlet_kinds: tuple[str, ...]) -> None:
    """Add what follows from the names: subject, home, gov."""
    if "bird_flu" in names:
        names.discard("ai")
    sectors = {f"{side}.{sector}" for side in ("co", "third") for sector in _SUBJECT_SECTORS}
    if not (names.isdisjoint(_SUBJECTS) and names.isdisjoint(sectors)):
        names.add("subject")
    if not (names.isdisjoint(_AI_SUBJECTS) and names.isdisjoint(("co.ai", "third.ai"))):
        names.add("ai_subject")
    if names.isdisjoint(("third.country", "third.place", "third.government")) and "chip_press" not in outlet_kinds:
        if code in ("ko", "ja") or not _HOME_PRESS.isdisjoint(outlet_kinds):
            names.add("home")
            if "government" in names:
                names.add("gov")
    if any(f"angle.{kind}" in names for kind in _PUBLIC_KINDS):
        names.add("gov")


_HOME_PRESS = frozenset(("korea_press", "japan_press"))


def _combine(evidence: Evidence, known: lexicon.Lexicon) -> None:
    evidence.title.update(known.combined(evidence.title))
    evidence.whole.update(known.combined(evidence.whole))
