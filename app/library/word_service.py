"""What people are shown for the codes of the API, in a language: one small document, made once a process."""

from functools import cache
from typing import Final, get_args

from pydantic import Field

from app.documents import Packed, packed_text
from app.messages import Messages, messages_in
from app.schemas_base import AnswerModel
from planner import words

AREA: Final = "glossary"

CODES: Final[dict[str, tuple[str, ...]]] = {
    "side": get_args(words.Side),
    "category": get_args(words.Category),
    "depth": words.DEPTHS,
    "load_position": get_args(words.LoadPosition),
    "modifiers": get_args(words.Modifier),
    "stage": words.STAGES,
    "phase": ("passive", "PAILs", "RAILs", "settle"),
    "session_kind": get_args(words.SessionKind),
    "session_status": get_args(words.SessionStatus),
    "block_status": get_args(words.BlockStatus),
    "rung_status": get_args(words.RungStatus),
    "urgency": get_args(words.ScreeningStatus),
    "limiting_factor": get_args(words.LimitingFactor),
    "subtype": get_args(words.Subtype),
    "confidence": get_args(words.Confidence),
    "response": get_args(words.Colour),
    "verdict": get_args(words.Verdict),
    "words": get_args(words.PainWord),
    "weekday": get_args(words.Weekday),
    "equipment": get_args(words.Equipment),
}
"""The codes that stand in plans and logs without a text of their own, by what they are codes of."""


class Words(AnswerModel):
    """Display texts for codes, by what they are codes of."""

    language: str
    words: dict[str, dict[str, str]] = Field(
        description="`depth`, `stage`, `category`, `load_position`, `modifiers`, `side` and `phase` of an item; "
        "`session_kind` and `session_status`, `block_status`, `rung_status`; `urgency` of a lock; `response`, "
        "`verdict`, `words` of logs; `limiting_factor`, `subtype`, `confidence`; `weekday`, `equipment`."
    )


@cache
def word_document(language: str) -> Packed:
    """Return the words as JSON, in one of `app.messages.languages()`."""
    return packed_text(words_in(messages_in(language)).model_dump_json())


def words_in(messages: Messages) -> Words:
    """Return the words of every code; KeyError when one has none."""
    found = {group: {code: messages(f"{AREA}.{group}.{code}") for code in codes} for group, codes in CODES.items()}
    return Words(language=messages.language, words=found)
