"""The API's JSON as types, for checking and for OpenAPI. The answer is Answer.as_json()."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Decision
from retrieval.passages import Role

__all__ = ["AskRequest", "AskResponse", "Failure"]


class AskRequest(BaseModel):
    """A patient's message."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"text": "how long will the drip take"}]}
    )

    text: str = Field(description="The message as the patient wrote it; up to 2000 characters are read.")
    conversation: str | None = Field(None, description="The id that the answer before came with, to follow up on it.")
    context: bool = Field(True, description="False reads the message alone, and not in the light of the turns before.")
    document: str | None = Field(
        None,
        description="The monograph that was chosen for the message; it does not count if the message names another.",
    )


class ContextItem(BaseModel):
    role: Role
    start: int
    end: int
    text: str


class CitationItem(BaseModel):
    """A passage. Offsets count Unicode code points of the version named; `text` is what lies between."""

    document: str
    version: str
    sha256: str = Field(description="SHA-256 of the whole text of the document.")
    passage: str
    section: str
    start: int
    end: int
    text: str
    highlight: tuple[int, int] = Field(description="Start and end of the sentence that answers.")
    context: list[ContextItem] = Field(description="What must be shown with the passage.")
    score: float = Field(description="Higher is better. Not a probability, and not for patients.")


class CorrectionItem(BaseModel):
    """The sentence that takes back what a section's heading claims."""

    start: int
    end: int
    text: str


class SectionItem(BaseModel):
    document: str
    version: str
    section: str
    start: int
    end: int
    correction: CorrectionItem | None = Field(description="Show it wherever the heading is shown.")


class ChoiceItem(BaseModel):
    """A medicine that the message may be about."""

    document: str = Field(description="Send it as `document`, with the same message, if this is the one.")
    name: str


class TurnBefore(BaseModel):
    """The turn in whose light the message was read."""

    turn: int = Field(description="Its place among the turns that are remembered, from 0.")
    section: str = Field(description="The section of the first passage that was shown there.")


class AskResponse(BaseModel):
    """The answer contract. The disclaimer is one of the notices, always."""

    decision: Decision
    notices: list[str] = Field(description="Names of the notices to show, in order.")
    notice_texts: dict[str, str]
    citations: list[CitationItem] = Field(description="Best first; may be empty.")
    see_also: list[SectionItem] = Field(description="Sections to look in. Not an answer.")
    choices: list[ChoiceItem] = Field(
        description="The medicines that the message may be about, where that is not known; at most 5."
    )
    context: TurnBefore | None = Field(
        description="What the message was taken to be about, if a turn before had a part in it."
    )
    conversation: str = Field(description="Send it with the next message of this conversation.")


class Failure(BaseModel):
    """Why there is no answer."""

    error: str
    notice_texts: dict[str, str] = Field({}, description="What to show to the patient, if anything.")
