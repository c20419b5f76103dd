"""Notices: the short list of texts that staff have approved, the only words beside the monograph's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from assistant.contacts import Contact, read_contacts
from assistant.topics import Topic
from retrieval.errors import ContractError, CorpusError, SettingsError
from retrieval.frontmatter import Fields, read_front_matter
from retrieval.monograph import DISCLAIMER

__all__ = [
    "DEFAULT_LOCALE",
    "IN_ENGLISH",
    "WRITTEN",
    "Direction",
    "Notice",
    "NoticeName",
    "Notices",
    "locales",
    "notice_files",
    "notice_name",
    "read_languages",
    "read_notice",
    "read_notices",
]

DEFAULT_LOCALE = "default"
"""Names no number: what is called differs from country to country."""

_KEYS = frozenset(
    "owner version effective review_by status section examples contacts topic_text languages direction".split()
)
_TOPIC = "{topic}"
_LOCALES = "locales"
_LANGUAGES = "languages"


class NoticeName(StrEnum):
    """The notices that must be there, each in `corpus/notices/NAME.md`."""

    ABOUT = "about"
    ABSTAIN = "abstain"
    CARE_TEAM = "care-team"
    CRISIS = "crisis"
    DISCLAIMER = "disclaimer"
    EMERGENCY = "emergency"
    ENGLISH_ONLY = "english-only"
    FAILED = "failed"
    GREETING = "greeting"
    OFF_TOPIC = "off-topic"
    OTHER_MEDICINE = "other-medicine"
    PARTLY = "partly"
    PAST_REVIEW = "past-review"
    RELATED = "related"
    REJECTED_EMPTY = "rejected-empty"
    REJECTED_LONG = "rejected-long"
    REJECTED_NOT_TEXT = "rejected-not-text"
    SOON = "soon"
    URGENT = "urgent"
    WHICH_MEDICINE = "which-medicine"

    URGENT_ENGLISH = "urgent-english"
    CRISIS_ENGLISH = "crisis-english"
    SOON_ENGLISH = "soon-english"
    """The English one, below the card or notice in the patient's own language. It has no file of its own."""


IN_ENGLISH = {
    NoticeName.URGENT: NoticeName.URGENT_ENGLISH,
    NoticeName.CRISIS: NoticeName.CRISIS_ENGLISH,
    NoticeName.SOON: NoticeName.SOON_ENGLISH,
}
"""The names of what there is in other languages to be done first, and what the English one is called below it."""

WRITTEN = tuple(name for name in NoticeName if name not in IN_ENGLISH.values())
"""The notices that have a file."""


class Direction(StrEnum):
    """Which way a notice is written, as HTML's `dir` names it."""

    LEFT_TO_RIGHT = "ltr"
    RIGHT_TO_LEFT = "rtl"


@dataclass(frozen=True, slots=True)
class Notice:
    """An approved wording. The disclaimer's is for monographs that have no section of their own with one.

    Raises ContractError for a topic that the notice has no approved place for.
    """

    name: NoticeName
    wording: str
    owner: str
    version: str
    effective: date
    review_by: date
    examples: tuple[str, ...] = ()
    """Messages that this notice answers, word for word (the greeting has some)."""
    contacts: tuple[Contact, ...] = ()
    """The numbers that stand in the text, to make links of."""
    language: str = "en"
    """ISO 639-1 code of the language it is written in."""
    languages: tuple[str, ...] = ()
    """Codes of all languages whose readers it is for."""
    direction: Direction = Direction.LEFT_TO_RIGHT
    topic_wording: str = ""
    """The wording that names a topic, with `{topic}` in it."""
    topic: Topic | None = None

    def __post_init__(self) -> None:
        if self.topic and self.topic_wording.count(_TOPIC) != 1:
            raise ContractError(f"The notice '{self.name}' has no place for a topic.")

    @property
    def text(self) -> str:
        """The wording; if it names a topic, the wording for topics with the topic's approved words."""
        return self.topic_wording.replace(_TOPIC, self.topic.words) if self.topic else self.wording

    def about(self, topic: Topic | None) -> Notice:
        """This notice, naming the topic if there is one."""
        return replace(self, topic=topic)


Notices = Mapping[NoticeName, Notice]


def read_notices(folder: Path, locale: str = DEFAULT_LOCALE) -> Notices:
    """Every notice of the folder `corpus/notices`, those of `locales/LOCALE/` in the place of the others.

    Raises CorpusError for one that is missing, malformed, not approved, or without owner, version or
    dates: a service without its safety texts must not start. Raises SettingsError for an unknown locale.
    """
    _only_known(folder)
    paths = {name: folder / f"{name}.md" for name in WRITTEN}
    if locale != DEFAULT_LOCALE:
        home = folder / _LOCALES / locale
        if locale not in locales(folder):
            known = ", ".join([DEFAULT_LOCALE, *locales(folder)])
            raise SettingsError(f"No locale is called '{locale}'. Use one of: {known}.")
        _only_known(home)
        paths |= {name: home / f"{name}.md" for name in WRITTEN if (home / f"{name}.md").is_file()}
    return {name: _read(path, name) for name, path in paths.items()}


def read_languages(folder: Path, name: NoticeName = NoticeName.ENGLISH_ONLY) -> Mapping[str, Notice]:
    """A notice in other languages, by the code of each language whose readers it is for.

    Of the folder `corpus/notices`, `english-only` is read from `languages/*.md`, the cards of an alarm from
    `languages/urgent/*.md` and `languages/crisis/*.md`, what is for today from `languages/soon/*.md`.

    Raises CorpusError as `read_notices` does, and for two notices for one language.
    """
    found: dict[str, Notice] = {}
    home = folder / _LANGUAGES / (name if name in IN_ENGLISH else "")
    for path in sorted(home.glob("*.md")):
        notice = _read(path, name)
        for code in notice.languages:
            if code in found:
                problem = f"'{code}' has the notice {found[code].language}.md already."
                raise CorpusError(path, 1, problem, "Name each language once.")
            found[code] = notice
    return found


def locales(folder: Path) -> tuple[str, ...]:
    """The locales that the folder `corpus/notices` has, but the default, in order."""
    return tuple(sorted(path.name for path in (folder / _LOCALES).glob("*") if path.is_dir()))


def notice_files(folder: Path) -> Mapping[str, Path]:
    """The file whose words each notice of the folder `corpus/notices` has, by the notice's place in it: 'urgent',
    'locales/us/urgent', 'languages/crisis/es'. What a locale does not word itself has the default's file."""
    written = {name.value: folder / f"{name}.md" for name in WRITTEN}
    own = {f"{_LOCALES}/{locale}/{name}": name for locale in locales(folder) for name in written}
    others = sorted((folder / _LANGUAGES).rglob("*.md"))
    return {
        **written,
        **{place: path if (path := folder / f"{place}.md").is_file() else written[name] for place, name in own.items()},
        **{path.relative_to(folder).with_suffix("").as_posix(): path for path in others},
    }


def read_notice(folder: Path, place: str) -> Notice:
    """One notice of the folder `corpus/notices`, by its place as `notice_files` gives it. Raises CorpusError as
    `read_notices` does, KeyError for a place that is none."""
    return _read(notice_files(folder)[place], notice_name(place))


def notice_name(place: str) -> NoticeName:
    """Which notice stands at a place, as `notice_files` gives it.

    >>> notice_name("locales/us/urgent"), notice_name("languages/crisis/es"), notice_name("languages/es")
    (<NoticeName.URGENT: 'urgent'>, <NoticeName.CRISIS: 'crisis'>, <NoticeName.ENGLISH_ONLY: 'english-only'>)
    """
    first, *rest = place.split("/")
    if first == _LANGUAGES:
        return NoticeName(rest[0]) if len(rest) > 1 else NoticeName.ENGLISH_ONLY
    return NoticeName(rest[-1] if rest else first)


def _only_known(folder: Path) -> None:
    known = {name.value for name in WRITTEN}
    for path in sorted(folder.glob("*.md")):
        if path.stem not in known:
            raise CorpusError(path, 1, f"no notice is called '{path.stem}'.", f"Known: {', '.join(sorted(known))}.")


def _read(path: Path, name: NoticeName) -> Notice:
    if not path.is_file():
        raise CorpusError(path, 1, "the notice is missing.", "Restore it: the service does not start without.")
    fields, body, first_line = read_front_matter(path)
    fields.only(_KEYS)
    if (status := fields.text("status")) != "approved":
        raise fields.error("status", f"status is '{status}'.", "Only 'approved' notices are shown.")
    text = body.strip()
    if name == NoticeName.DISCLAIMER and fields.text("section") != DISCLAIMER:
        problem = "the disclaimer does not name the section that takes its place."
        raise fields.error("section", problem, f"Write 'section: {DISCLAIMER}'.")
    if not text:
        raise CorpusError(path, first_line, "the notice has no text.", "Write it after the second '---'.")
    languages = fields.texts("languages")
    return Notice(
        name,
        text,
        owner=fields.text("owner"),
        version=fields.text("version"),
        effective=fields.date("effective"),
        review_by=fields.date("review_by"),
        examples=fields.texts("examples"),
        contacts=read_contacts(fields, text),
        language=languages[0] if languages else "en",
        languages=languages,
        direction=_direction(fields),
        topic_wording=_topic_wording(fields),
    )


def _direction(fields: Fields) -> Direction:
    value = fields.text("direction", Direction.LEFT_TO_RIGHT)
    if value not in tuple(Direction):
        raise fields.error("direction", f"'{value}' is no direction.", f"Use one of: {', '.join(Direction)}.")
    return Direction(value)


def _topic_wording(fields: Fields) -> str:
    if "topic_text" not in fields.values:
        return ""
    wording = fields.text("topic_text")
    if wording.count(_TOPIC) != 1:
        raise fields.error("topic_text", "the wording does not name the topic.", f"Write {_TOPIC} in it, once.")
    return wording
