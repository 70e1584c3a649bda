"""Small faults planted in a module, one at a time: what a test suite worth its name has to notice.

A mutator takes a node of the syntax tree and yields what may stand in its place. Annotations, decorators, docstrings
and `__all__` decide nothing and are left alone; `REMOVED` takes the place of a statement that is taken out.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Final

Mutator = Callable[[ast.AST], Iterator[ast.AST]]
"""Yields copies with one fault each; the node itself is never changed."""

REMOVED: Final = ast.Pass()
_ANNOTATIONS: Final = frozenset({"annotation", "returns", "type_params", "type_comment", "decorator_list"})
_TOLD: Final = frozenset({"sources", "numbers"})
"""What a rule is founded on: tests hold it to the page of all rules."""
_SWAPPED: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_SUMS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A module with one fault."""

    path: str
    line: int
    within: str  # the function or class, "" at the top of the module
    change: str  # "before -> after", shortened
    nth: int  # of several alike in one function, from 1
    in_body: bool  # what a function does when it is called, not what the module does when it is imported
    code: CodeType

    @property
    def name(self) -> str:
        """Return what the mutant is called; moving a function in its file changes nothing."""
        again = f" ({self.nth})" if self.nth > 1 else ""
        return f"{self.path} {self.within or 'module'}: {self.change}{again}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node hangs in the tree."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    within: str
    in_body: bool

    def put(self, node: ast.AST) -> None:
        """Hang another node here."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants_of(path: str, mutators: Sequence[Mutator], root: Path = Path()) -> Iterator[Mutant]:
    """Yield every mutant of a module, in the order of its lines."""
    tree = ast.parse((root / path).read_text(encoding="utf-8"))
    alike: dict[tuple[str, str], int] = {}
    for place in list(_places(tree, "", in_body=False)):
        for changed in [one for mutator in mutators for one in mutator(place.node)]:
            change = _change(place.node, changed)
            alike[place.within, change] = alike.get((place.within, change), 0) + 1
            put = REMOVED if changed is REMOVED else ast.copy_location(changed, place.node)
            place.put(ast.copy_location(deepcopy(put), place.node))
            yield Mutant(
                path=path,
                line=getattr(place.node, "lineno", 0),
                within=place.within,
                change=change,
                nth=alike[place.within, change],
                in_body=place.in_body and not isinstance(place.node, ast.arg),  # read when the function is made
                code=compile(ast.fix_missing_locations(tree), str((root / path).resolve()), "exec"),
            )
            place.put(place.node)


def _places(parent: ast.AST, within: str, *, in_body: bool) -> Iterator[_Place]:
    """Yield every node that decides something, with where it hangs."""
    for field, value in ast.iter_fields(parent):
        if field in _ANNOTATIONS or (isinstance(parent, ast.keyword) and parent.arg in _TOLD):
            continue
        for index, node in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(node, ast.AST) or _is_docstring(node, field) or _is_export(node):
                continue
            inside = in_body or (isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef) and field == "body")
            yield _Place(node, parent, field, index, within, inside)
            name = getattr(node, "name", None) if isinstance(node, _NAMED) else None
            yield from _places(node, f"{within}.{name}".strip(".") if name else within, in_body=inside)


_NAMED: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _is_docstring(node: ast.AST, field: str) -> bool:
    return field == "body" and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_export(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"


def _change(before: ast.AST, after: ast.AST) -> str:
    """Say what was planted; of a collection or call, which part is missing."""
    gone = [one for one in _parts(before) if one not in _parts(after)]
    if after is not REMOVED and type(before) is type(after) and len(gone) == 1 and len(_parts(before)) > 1:
        return f"{_words(before, 60)} without {_words(gone[0], 60)}"
    return f"{_words(before, 100)} -> {'removed' if after is REMOVED else _words(after, 100)}"


def _parts(node: ast.AST) -> list[ast.AST]:
    names = ("elts", "keys", "args")
    return [part for name in names for part in getattr(node, name, ()) if isinstance(part, ast.AST)]


_IMPORTED: Final = re.compile(r"__import__\('[\w.]+', fromlist=\['_'\]\)\.")


def _words(node: ast.AST, longest: int) -> str:
    text = _IMPORTED.sub("", " ".join(ast.unparse(node).split()))
    return text if len(text) <= longest else f"{text[: longest - 20]} … {text[-17:]}"


# --- the mutators -------------------------------------------------------------------------------------------------


def comparisons(node: ast.AST) -> Iterator[ast.AST]:
    """Turn comparisons round, and move the limits of those that have one."""
    if isinstance(node, ast.Compare):
        for position, operator in enumerate(node.ops):
            for swapped in _SWAPPED[type(operator)]:
                yield _with(node, ops=_replaced(node.ops, position, swapped()))


def logic(node: ast.AST) -> Iterator[ast.AST]:
    """Swap and with or, take a `not` away, ask a plain condition the other way round, swap sums and sets."""
    if isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in _SUMS:
        yield _with(node, op=_SUMS[type(node.op)]())
    elif isinstance(node, ast.If | ast.IfExp | ast.While) and _is_plain(node.test):
        yield _with(node, test=_not(node.test))
    elif isinstance(node, ast.comprehension):
        for position, test in enumerate(node.ifs):
            if _is_plain(test):
                yield _with(node, ifs=_replaced(node.ifs, position, _not(test)))


def constants(node: ast.AST) -> Iterator[ast.AST]:
    """Move numbers by one each way and swap True with False."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, int):
            yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))


def returns(node: ast.AST) -> Iterator[ast.AST]:
    """Return nothing."""
    if isinstance(node, ast.Return) and not isinstance(node.value, ast.Constant | None):
        yield _with(node, value=ast.Constant(None))


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Take out what is done for its effect, raised, or done under a condition."""
    alone = ast.Expr | ast.AugAssign | ast.Raise | ast.Delete | ast.Continue | ast.Break
    if isinstance(node, alone) or (isinstance(node, ast.If) and not node.orelse):
        yield REMOVED


def elements(node: ast.AST) -> Iterator[ast.AST]:
    """Take one element out of a set, list, dictionary, or tuple that is not unpacked into."""
    if isinstance(node, ast.Set | ast.List | ast.Tuple) and not isinstance(getattr(node, "ctx", None), ast.Store):
        for position in range(len(node.elts)):
            left = _without(node.elts, position)
            yield _with(node, elts=left) if left or not isinstance(node, ast.Set) else _call("set")
    elif isinstance(node, ast.Dict):
        for position in range(len(node.keys)):
            yield _with(node, keys=_without(node.keys, position), values=_without(node.values, position))


USUAL: Final[tuple[Mutator, ...]] = (comparisons, logic, constants, returns, statements, elements)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    return type(node)(**(dict(ast.iter_fields(node)) | fields))


def _replaced(values: Sequence[object], position: int, value: object) -> list[object]:
    return [value if at == position else one for at, one in enumerate(values)]


def _without(values: Sequence[object], position: int) -> list[object]:
    return [one for at, one in enumerate(values) if at != position]


def _is_plain(test: ast.expr) -> bool:
    """Return whether no other mutator turns a condition round."""
    return not isinstance(test, ast.Compare | ast.BoolOp) and not _is_not(test)


def _is_not(test: ast.expr) -> bool:
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _not(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(op=ast.Not(), operand=test)


def _call(name: str) -> ast.expr:
    return ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=[], keywords=[])
