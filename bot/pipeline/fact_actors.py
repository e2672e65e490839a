"""Who acts in a sentence: the names that stand as its subject, known ones by their register id, others as they are written."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.knowledge import event_words, register
from bot.knowledge.language import sentences
from bot.model import Entity

_ORGANISATIONS = frozenset(("company", "lab", "fund", "government", "programme", "person"))
_LEADING = frozenset(("company", "lab", "fund", "government", "person"))
_HOME = {"ko": "KR", "ja": "JP"}
MOST = 6  # actors of one event

_GLOSS = r"(?:\s?[(（][^)）]{0,60}[)）])?[’'”\"」』]?\s?"
_SUBJECT = {
    "ko": re.compile(rf"{_GLOSS}(?:(?P<topic>은|는)|이|가|도|측은|(?P<comma>,))(?=\s)"),
    "ja": re.compile(rf"{_GLOSS}(?:など)?(?:\d社)?(?:(?P<topic>は)|が|も|(?P<comma>[、,，]))"),
    "en": re.compile(r"(?!['’]s\b)"),
}
# What shows that a name only says whose, with whom, against whom, or who reported it.
_APART = re.compile(
    r"(?:['’‘]s\b|-(?:backed|owned|funded|led|based)\b|의(?=\s)|[’'\"”\])）]?\s?(?:[A-Z]{2,5}\s)?(?:에\s?따르면|에\s?의하면|による?と|によれば|が報じ|が伝え))"
    r"|\s?(?:reported|reports)\b|[ /]?(?:Press)?\)|"
    r"\s?(?:제공|뉴스|기자)(?=[\s.])"
)
_TOGETHER = re.compile(rf"{_GLOSS}(?:와|과|·|및|,|、|と|・|＆|&| and|,? and|や)\s?")
_REPORTED = re.compile(r"(?:according to|as reported by|told)\s(?:the\s)?$|[ⓒ©]\s?$|\s[-–|]\s$", re.IGNORECASE)

_NAME_KO = r"[‘'“\"]?(?P<name>[A-Z가-힣][\w&.-]{1,20}?)[’'”\"]?\s?(?:\((?P<gloss>[^)]{1,60})\))?\s?"
_UNKNOWN = {
    "ko": (
        re.compile(
            rf"(?:기업|업체|스타트업|운영사|개발사|제조사|장비사|전문사|회사|팹리스|벤처|AC|VC)(?:인)?\s{_NAME_KO}(?:은|는|이|가)(?=\s)"
        ),
        re.compile(
            r"(?P<name>[A-Z가-힣][\w&.-]{1,20})\s?\((?P<gloss>(?:[A-Z][A-Za-z]|대표)[^)]{1,60})\)\s?(?:은|는|이|가)(?=\s)"
        ),
        re.compile(r"^(?:\[[^\]]*\]\s?)?(?P<name>[A-Z가-힣][\w&.·-]{1,20})(?P<gloss>),\s"),
    ),
    "ja": (
        re.compile(
            r"(?:企業|会社|スタートアップ|運営会社|メーカー|大手)の?「?(?P<name>[^「」、。はがを(（\s]{2,20})」?(?:[(（](?P<gloss>[^)）]*)[)）])?(?:は|が)"
        ),
        re.compile(r"^(?:【[^】]*】|速報)?(?P<name>[^\s、。「」ぁ-ん]{2,20}(?: [A-Z]\w*)?)(?P<gloss>)、"),
        re.compile(r"^(?P<name>[A-Za-zァ-ヶー][A-Za-z0-9ァ-ヶー・. ]{2,24})(?P<gloss>)(?:は|が)"),
    ),
    "en": (
        re.compile(
            r"^(?:[A-Z][\w.]+['’]s )?(?:(?:[\w-]+ ){0,3}(?:startup|company|firm|giant|maker|chipmaker|developer|provider) )?"
            r"(?P<name>[A-Z][\w.&'’-]*(?: (?:[A-Z&][\w.&'’-]*|\d\w*)){0,4})(?P<gloss>)(?:,[^,]{1,60},)?"
            r" (?=to |has |have |is |will |plans? |expects? |said |on |raises|"
            r"raised|secures|lands|acquires|buys|opens|launch|wins|bags|closes|in talks|eyes|sets)"
        ),
    ),
}
# "The government" in a Korean or Japanese text is its own, even where nothing near tells.
_HOME_STATE = {
    "ko": re.compile(r"(?<![가-힣A-Za-z] )(?<![가-힣])정부(?:는|가|도|,)(?=\s)"),
    "ja": re.compile(r"(?<![一-龥ァ-ヶー])政府(?:は|が|も|、)"),
}
# A subject that the register alone would not trust, being an everyday word elsewhere: 마이크론은.
_MARKED = {
    "ko": re.compile(r"(?<![\w가-힣])(?P<name>[A-Z가-힣][\w&]{2,15}?)(?:은|는|이|가)(?=\s)"),
    "ja": re.compile(r"(?<![ァ-ヶーA-Za-z])(?P<name>[ァ-ヶーA-Z][ァ-ヶーA-Za-z0-9・]{3,20})(?:は|が|、)"),
    "en": re.compile(r"^(?P<name>[A-Z][\w.&-]+)(?= )"),
}
# Words that stand where a company's name could, and are none.
_NO_NAME = re.compile(
    r"(?:회사|이번|정부|관계자|양사|당사|업체|그|이|우리|양측|이들|이날|올해|지난해|최근|한편|또한|특히|그러나|다만|국내|글로벌|투자|업계|시장|사업|기업|기관|"
    r"전문가|정책|협약|행사|참여|현재|기술|제품|데이터센터|반도체|인공지능|이를|"
    r"同社|政府|今回|これ|それ|両社|同|当社|私|また|なお|一方|日本|韓国|米国|中国|市場|業界|企業|\d+.*|AI|"
    r"C[A-Z]O|\D*\d+[月日年]|.*(?:책임자|대표|장관|의원|관계자|보고서)|.*[会額率日]|"
    r"Set|IPO|Updated?|Exclusive|Breaking|The|This|That|It|We|He|She|They|In|On|At|A|An|But|And|As|After|For|With|New|Meanwhile|However|AI)"
)
_GLOSS_NAME = re.compile(r"[A-Z][\w&.'’ -]{1,40}?(?=,|$)")


@dataclass(frozen=True, slots=True)
class _Named:
    start: int
    end: int
    id: str
    kind: str


class Cast:
    """A text with its sentences, the names and places in it, and who acts in each sentence."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language if language in _SUBJECT else "en"
        self.sentences = tuple(_spans(text))
        self._register = register.load()

    @property
    def home(self) -> str:
        """The country whose own affairs a text in this language is about; empty for English."""
        return _HOME.get(self.language, "")

    @cached_property
    def laws(self) -> tuple[tuple[int, str], ...]:
        """Where which law of the register is named."""
        return tuple((one.start, one.entity) for one in self._mentions if one.kind == "law")

    @cached_property
    def places(self) -> tuple[tuple[int, str], ...]:
        """Where a place in which country is named."""
        return tuple((one.start, one.country) for one in self._mentions if one.kind in ("country", "place"))

    @cached_property
    def _named(self) -> tuple[_Named, ...]:
        mentions = (one for one in self._mentions if one.kind in _ORGANISATIONS)
        return tuple(named for one in mentions for named in self._organisation(one))

    @cached_property
    def _mentions(self) -> tuple[register.Mention, ...]:
        return self._register.mentions(self.text)

    def leading(self, start: int, end: int, at: int) -> str | None:
        """Who acts at ``at`` in the sentence text[start:end]; None where the sentence does not name them."""
        here = [one for one in self._within(start, end) if one.kind in _LEADING and not self._is_apart(one)]
        # A newspaper acts where nobody else does; elsewhere it only tells.
        here = [one for one in here if not self._is_medium(one.id)] or here
        before = [one for one in here if one.start < at]
        subject = self._subject(before)
        if subject:
            return subject.id
        return (
            self._home_state(start, at)
            or self._marked(start, at)
            or self._written(start, end, at)
            or next((one.id for one in before or here), None)
        )

    def others(self, start: int, end: int) -> Iterator[str]:
        """Everybody else whom the sentence names, in its order."""
        for one in self._within(start, end):
            told = _REPORTED.search(self.text, max(0, one.start - 20), one.start) or self._reports(one) or self._is_medium(one.id)
            if not told:
                yield one.id

    def is_short(self, id: str, start: int, end: int) -> bool:
        """Whether text[start:end] calls ``id`` by a name that it shares with another of its family."""
        names = [self.text[one.start : one.end] for one in self._within(start, end) if one.id == id]
        return bool(names) and all(len({other.id for other in self._register.find(name)}) > 1 for name in names)

    def of_kind(self, kind: str, start: int, end: int) -> list[str]:
        """The entities of ``kind`` that text[start:end] names, in its order."""
        return [one.entity for one in self._mentions if start <= one.start < end and one.kind == kind]

    def country(self, start: int, end: int) -> str | None:
        """The first country that text[start:end] names, by a place in it or by its government."""
        places = (country for at, country in self.places if start <= at < end)
        return next(places, None) or self._state_country(start, end) or (self.home if self._home_state(start, end) else None)

    def _state_country(self, start: int, end: int) -> str | None:
        """The country of the first government that text[start:end] names."""
        return next((self._register.get(one.id).country for one in self._within(start, end) if one.kind == "government"), None)

    def _is_medium(self, id: str) -> bool:
        return self._register.get(id).sector == "media"

    def entity(self, id: str) -> Entity | None:
        """The entity with this id; None for a name that the register does not know."""
        try:
            return self._register.get(id)
        except KeyError:
            return None

    def _organisation(self, one: register.Mention) -> Iterator[_Named]:
        if one.kind != "person":
            yield _Named(one.start, one.end, one.entity, one.kind)
            return
        parent = self._register.get(one.entity).parent
        if parent:
            yield _Named(one.start, one.end, parent, "person")

    def _within(self, start: int, end: int) -> list[_Named]:
        return [one for one in self._named if start <= one.start < end]

    def _is_apart(self, one: _Named) -> bool:
        behind = _APART.match(self.text, one.end)
        return behind is not None or _REPORTED.search(self.text, max(0, one.start - 20), one.start) is not None

    def _reports(self, one: _Named) -> bool:
        behind = _APART.match(self.text, one.end)
        return behind is not None and not behind[0].startswith(("'", "’", "의"))

    def _subject(self, before: Sequence[_Named]) -> _Named | None:
        """The name with the mark of a subject that is nearest to the act; of several joined by "and" the first."""
        if self.language == "en":
            return self._first_of(before, 0) if before else None
        marks = [_SUBJECT[self.language].match(self.text, one.end) for one in before]
        for wanted in ("topic", "plain", "comma"):
            for index in range(len(before) - 1, -1, -1):
                mark = marks[index]
                if mark and (mark.lastgroup or "plain") == wanted:
                    return self._first_of(before, index)
        return None

    def _first_of(self, before: Sequence[_Named], index: int) -> _Named:
        while index and _TOGETHER.fullmatch(self.text, before[index - 1].end, before[index].start):
            index -= 1
        return before[index]

    def _home_state(self, start: int, end: int) -> str | None:
        words = _HOME_STATE.get(self.language)
        return event_words.ties().states[self.home] if words and words.search(self.text, start, end) else None

    def _marked(self, start: int, at: int) -> str | None:
        for found in reversed(list(_MARKED[self.language].finditer(self.text[start:at]))):
            known = next((one for one in self._register.find(found["name"]) if one.kind in ("company", "lab", "fund")), None)
            if known:
                return known.id
        return None

    def _written(self, start: int, end: int, at: int) -> str | None:
        """A subject that the register did not see in running text: its id where it knows the name, else the name."""
        sentence = self.text[start:end]
        for pattern in _UNKNOWN[self.language]:
            for found in reversed(list(pattern.finditer(sentence))):
                if found.start("name") <= at - start and not _NO_NAME.fullmatch(found["name"]):
                    return self._known_as(found["name"], found["gloss"] or "")
        return None

    def _known_as(self, name: str, gloss: str) -> str:
        latin = _GLOSS_NAME.match(gloss)
        names = [name, latin[0].strip()] if latin else [name]
        for one in names:
            for entity in self._register.find(one):
                if entity.kind in _ORGANISATIONS and entity.kind != "person":
                    return entity.id
                if entity.kind == "country":
                    return event_words.ties().states.get(entity.id, entity.id)
        return names[-1]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for sentence in sentences(text):
        at = text.index(sentence, at)
        yield at, at + len(sentence)
        at += len(sentence)
