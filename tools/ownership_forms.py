"""The forms in which a module asks whose a row is: each mutator takes one away.

Conditions of statements, parts of keys, guards that refuse, and dependencies of routes.
"""

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from tools.mutants import REMOVED, Mutator

_OWNERS: Final = frozenset({"organization_id", "client_id", "coach_id", "person_id", "block_id", "receiver_id"})
_RIGHTS: Final = _OWNERS | {"is_staff", "role", "member_of"}
_REFUSALS: Final = frozenset({"NotFound", "Forbidden", "Unauthenticated"})
_WEAKER: Final = {
    "CoachPerson": "app.deps.CurrentPerson",
    "AdminPerson": "app.deps.CurrentPerson",
    "MemberPerson": "app.deps.CurrentPerson",
    "CoachDesk": "app.desk.AnyDesk",
    "CoachBlockDesk": "app.desk.BlockDesk",
    "VisibleClient": "tools.unowned.AnyClient",
    "VisibleBlock": "tools.unowned.AnyBlock",
}


def conditions(node: ast.AST) -> Iterator[ast.AST]:
    """Leave a condition on an owner out of a statement."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "where":
        for position, argument in enumerate(node.args):
            if _compares_owner(argument) or _is_choice(argument):
                yield ast.Call(node.func, _without(node.args, position), node.keywords)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
        yield from (other for one, other in ((node.left, node.right), (node.right, node.left)) if _compares_owner(one))
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        # A pair of a table and its condition needs one.
        is_pair = bool(node.elts) and isinstance(node.elts[0], ast.Name)
        instead = [ast.Call(_named("sqlalchemy.true"), [], [])] if is_pair else []
        for position, element in enumerate(node.elts):
            if _compares_owner(element):
                yield ast.Tuple(_without(node.elts, position, instead), node.ctx)


def choices(node: ast.AST) -> Iterator[ast.AST]:
    """Choose everybody's rows, and those that are read already, alike."""
    if isinstance(node, ast.Return) and node.value is not None and _compares_owner(node.value):
        yield ast.Return(ast.Constant(value=True))
    elif isinstance(node, ast.IfExp) and _compares_owner(node.body):
        yield ast.IfExp(node.test, ast.Constant(value=True), node.orelse)
    elif isinstance(node, ast.comprehension):
        for position, test in enumerate(node.ifs):
            if _compares_owner(test):
                yield ast.comprehension(node.target, node.iter, _without(node.ifs, position), node.is_async)


def _without(values: Sequence[ast.expr], position: int, instead: Sequence[ast.expr] = ()) -> list[ast.expr]:
    return [*values[:position], *instead, *values[position + 1 :]]


def _is_choice(node: ast.AST) -> bool:
    """Tell whether one of the sides of `a | b` compares an owner."""
    is_either = isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)
    return is_either and any(_compares_owner(side) for side in (node.left, node.right))


def _compares_owner(node: ast.AST) -> bool:
    """Tell whether an expression is `column == value` of an owner's column, or `in_`, with or without `col(...)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "in_":
        return isinstance(node.func.value, ast.Attribute) and node.func.value.attr in _OWNERS
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.In):
        return False
    column = node.left.args[0] if isinstance(node.left, ast.Call) and node.left.args else node.left
    return isinstance(column, ast.Attribute) and (column.attr in _OWNERS or _is_client_id(column))


def _is_client_id(column: ast.Attribute) -> bool:
    return column.attr == "id" and ast.unparse(column.value).rpartition(".")[2] in {"Client", "Block"}


def keys(node: ast.AST) -> Iterator[ast.AST]:
    """Look a row up by all of its key but an owner's part, and take that of somebody else where there is one."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GETS):
        return
    session, key = node.func.value, node.args[1] if len(node.args) > 1 else None
    if not isinstance(key, ast.Tuple):
        return
    for position, part in enumerate(key.elts):
        if ast.unparse(part).endswith(("organization_id", "ORGANIZATION", "client.id")):
            yield ast.Call(
                _named("tools.unowned.get_without"), [session, node.args[0], key, ast.Constant(position)], []
            )


_GETS: Final = frozenset({"get", "get_one"})


def guards(node: ast.AST) -> Iterator[ast.AST]:
    """Refuse nobody, or forget a part of what is asked about whose it is."""
    if isinstance(node, ast.If) and not node.orelse and _refuses(node.body) and _asks_rights(node.test):
        yield REMOVED
    elif isinstance(node, ast.BoolOp) and not isinstance(node.op, ast.Or | ast.And):
        return
    elif isinstance(node, ast.BoolOp):
        for position, part in enumerate(node.values):
            if _asks_rights(part):
                left = _without(node.values, position)
                yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.BoolOp) and _asks_rights(node.value):
        yield ast.Return(ast.Constant(value=True))


def _refuses(body: Sequence[ast.stmt]) -> bool:
    last = body[-1]
    if isinstance(last, ast.Return):
        return isinstance(last.value, ast.Constant) and last.value.value is None
    return isinstance(last, ast.Raise) and last.exc is not None and _called(last.exc) in _REFUSALS


def _called(raised: ast.expr) -> str:
    return ast.unparse(raised.func if isinstance(raised, ast.Call) else raised)


def _asks_rights(test: ast.AST) -> bool:
    return any(
        (isinstance(one, ast.Attribute) and one.attr in _RIGHTS)
        or (isinstance(one, ast.Name) and one.id.startswith("_may_"))
        for one in ast.walk(test)
    )


def signatures(node: ast.AST) -> Iterator[ast.AST]:
    """Let a route ask for less."""
    if isinstance(node, ast.arg) and isinstance(node.annotation, ast.Name) and node.annotation.id in _WEAKER:
        yield ast.arg(node.arg, _named(_WEAKER[node.annotation.id]))


def _named(path: str) -> ast.expr:
    """Return an expression for something of a module that is not imported yet."""
    module, name = path.rsplit(".", 1)
    return ast.parse(f"__import__({module!r}, fromlist=['_']).{name}", mode="eval").body


FORMS: Final[tuple[Mutator, ...]] = (conditions, choices, keys, guards, signatures)
