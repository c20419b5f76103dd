"""What onboarding changes in the corpus: pure functions over the lines of `corpus/onboarding/ID.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from typing import Any

from retrieval.corpus import Corpus
from retrieval.intents import NOT_COVERED
from staff.errors import StaffError

__all__ = ["check_decided", "with_decided", "without_intents", "without_lost"]

_KEYS = {"intent", "asks", "version", "passages"}


def check_decided(document: str, decided: Sequence[Any], corpus: Corpus) -> None:
    """Raises StaffError unless each of `decided` names an intent of the corpus, once, and passages that can be shown.

    No passage means that the monograph does not cover the intent.
    """
    if not decided:
        raise StaffError("Nothing is decided yet: accept a proposal, choose a passage, or mark 'not covered'.")
    shown = {passage.id for passage in corpus.documents[document].passages.showable()}
    seen = set[str]()
    for one in decided:
        if not isinstance(one, Mapping) or set(one) != _KEYS or not isinstance(one["passages"], list):
            raise StaffError(f"Each of 'decided' has {', '.join(sorted(_KEYS))}.")
        if (intent := corpus.intents.get(one["intent"])) is None or one["intent"] in seen:
            raise StaffError(f"'{one['intent']}' is no intent, or stands there twice.")
        seen.add(intent.id)
        if (one["asks"], one["version"]) != (intent.asks, intent.version):
            raise StaffError(f"The intent '{intent.id}' was changed meanwhile: decide on it again.")
        if lost := [passage for passage in one["passages"] if passage not in shown]:
            raise StaffError(f"'{lost[0]}' is no passage of '{document}' that can be shown.")


def with_decided(text: str, decided: Sequence[Mapping[str, Any]]) -> str:
    """The file with these decisions in the place of earlier ones on the same intents, in order of intents."""
    new = {one["intent"] for one in decided}
    kept = [line for line in text.split("\n") if line.strip() and json.loads(line)["intent"] not in new]
    for one in decided:
        for passage in one["passages"] or [NOT_COVERED]:
            record = {"intent": one["intent"], "asks": one["asks"], "version": one["version"], "passage": passage}
            kept.append(json.dumps(record, ensure_ascii=False))
    return "".join(f"{line}\n" for line in sorted(kept, key=lambda line: str(json.loads(line)["intent"])))


def without_lost(text: str, passages: Container[str]) -> str:
    """The file without decisions for a passage that is none of these: their intents stand open again."""
    lines = [line for line in text.split("\n") if line.strip()]
    kept = [line for line in lines if (of := json.loads(line)["passage"]) == NOT_COVERED or of in passages]
    return "".join(f"{line}\n" for line in kept)


def without_intents(text: str, intents: Container[str]) -> str:
    """The file without any decision on these intents: they stand open again."""
    lines = [line for line in text.split("\n") if line.strip()]
    return "".join(f"{line}\n" for line in lines if json.loads(line)["intent"] not in intents)
