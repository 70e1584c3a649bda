"""Refuses statements on tables of an organization that do not say which: whatever else they ask for.

SQL is read as SQLAlchemy writes it. Every mention of such a table, by its name or alias, needs a condition on its
`organization_id`: equal to a value, or to that of another mention which has one, in joins and subqueries too.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from sqlalchemy.engine.interfaces import ExecutionContext

from app.tables import TENANT_TABLES

_MENTION: Final = re.compile(
    r'(?:\bFROM|\bJOIN|(?<!FOR )\bUPDATE|\bUSING|,)\s+"?(\w+)"?(?:\s+AS\s+"?(\w+)"?)?(?![\w."(])', re.IGNORECASE
)
_CONDITION: Final = re.compile(
    r'(?:"?(\w+)"?\.)?"?organization_id"?\s*(?:=|\bIN\b)\s*(?:"?(\w+)"?\."?organization_id"?)?', re.IGNORECASE
)
_ASSIGNMENTS: Final = re.compile(r"\bSET\b.*?(?=\bWHERE\b|\bFROM\b|$)", re.IGNORECASE | re.DOTALL)
_INSERTED: Final = re.compile(r"\s*INSERT\b.*?(?=\bSELECT\b|$)", re.IGNORECASE | re.DOTALL)
_ANY_VALUE: Final = "?"


class ForgottenOrganization(RuntimeError):
    """A statement on a tenant table that names no organization: a programming error."""


def require_organization(
    _connection: object,
    _cursor: object,
    statement: str,
    _parameters: object,
    context: ExecutionContext | None,
    *_: object,
) -> None:
    """Raise ForgottenOrganization before such a statement is sent, unless it is allowed any organization."""
    allowed = context is not None and context.execution_options.get("any_organization")
    if not allowed and forgets_organization(statement):
        raise ForgottenOrganization(statement)


class _Condition(NamedTuple):
    """Two things whose organization is the same; a value is one of them."""

    one: str
    other: str


@lru_cache(maxsize=2048)
def forgets_organization(statement: str) -> bool:
    """Tell whether a statement mentions a tenant table without a condition that ties it to an organization."""
    statement = _ASSIGNMENTS.sub("", _INSERTED.sub("", statement, count=1))
    mentions = Counter(alias or table for table, alias in _MENTION.findall(statement) if table.lower() in TENANT_TABLES)
    if not mentions:
        return False
    conditions = list(_conditions(statement, mentions))
    told = Counter(name for condition in conditions for name in set(condition))
    return any(told[name] < times for name, times in mentions.items()) or not _tied(conditions) >= mentions.keys()


def _conditions(statement: str, mentions: Counter[str]) -> Iterator[_Condition]:
    only = next(iter(mentions)) if mentions.total() == 1 else _ANY_VALUE
    for one, other in _CONDITION.findall(statement):
        tenants = [name if name in mentions else _ANY_VALUE for name in (one or only, other or _ANY_VALUE)]
        yield _Condition(*tenants)


def _tied(conditions: list[_Condition]) -> set[str]:
    """Return every mention that is tied to a value, directly or through others."""
    tied = {_ANY_VALUE}
    while True:
        more = {name for condition in conditions if not tied.isdisjoint(condition) for name in condition}
        if more <= tied:
            return tied
        tied |= more
