"""The edits of a source file: one small change at a time, compiled but never written."""

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import CodeType
from typing import Any

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
_SWAPPED = {
    "minimum": "maximum",
    "maximum": "minimum",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "zeros": "ones",
    "ones": "zeros",
    "left": "right",
    "right": "left",
}
_UNWRAPPED = {"exp2", "log2", "sort", "maximum", "minimum", "midnight", "midnights"}
_KEYS_OF = {"lexsort", "column_stack"}
_SAME_WITHOUT = {"dtype", "strict", "copy"}
"""Arguments that check or speed up and change no figure."""
_TYPES = {"dict", "list", "tuple"}
_LONG = 90
_AROUND = 30


@dataclass(frozen=True)
class Edit:
    """Hold one mutant: the function it is in ("" outside of one), its line as it stands, what becomes what, and what compiles it.

    `number` is the line's number, 1-based, for people; the other texts tell the edit from all others of the file when lines move.
    """

    function: str
    line: str
    change: str
    number: int
    code: Callable[[], CodeType]

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells the edit from all others of its file."""
        return self.function, self.line, self.change


def edits_of(source: str, path: str, functions: Iterable[str] = ()) -> list[Edit]:
    """Return every edit of a source text, those of some functions ("name", "Class.name") alone if any are named.

    Messages of errors, annotations, decorators and docstrings stay. Raises KeyError for a function that is not there.
    """
    tree, lines, asked = ast.parse(source), source.splitlines(), set(functions)
    found, times = list[Edit](), Counter[tuple[str, str, str]]()
    for site in _sites(tree, "", None):
        if asked and site.function not in asked:
            continue
        for new in _variants(site.node):
            with site.holding(new):
                after = site.shown()
            key = site.function, lines[site.node.lineno - 1].strip(), _change(site.shown(), after)
            times[key] += 1
            nth = f" ({times[key]})" if times[key] > 1 else ""
            found.append(Edit(*key[:2], key[2] + nth, site.node.lineno, partial(_compiled, tree, path, site, new)))
    if missing := asked - {edit.function for edit in found}:
        raise KeyError(f"{path} has no {', '.join(sorted(missing))} to edit.")
    return found


@dataclass(frozen=True)
class _Site:
    """Hold an expression or a statement and where it hangs in the tree."""

    node: Any
    parent: ast.AST
    field: str
    place: int | None
    function: str

    @contextmanager
    def holding(self, new: ast.AST) -> Iterator[None]:
        """Hang another node in its place, for a while."""
        self._put(ast.copy_location(new, self.node))
        yield
        self._put(self.node)

    def _put(self, new: ast.AST) -> None:
        if self.place is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.place] = new

    def shown(self) -> str:
        """Return the text around what is edited, as it stands now."""
        if isinstance(self.parent, (ast.expr, ast.keyword)):
            return ast.unparse(self.parent)
        now = getattr(self.parent, self.field)
        now = now if self.place is None else now[self.place]
        return f"if {ast.unparse(now.test)}" if isinstance(now, ast.If) else ast.unparse(now)


def _compiled(tree: ast.Module, path: str, site: _Site, new: ast.AST) -> CodeType:
    with site.holding(new):
        return compile(ast.fix_missing_locations(tree), path, "exec")


def _change(before: str, after: str) -> str:
    """Say what becomes what; of long texts only the part that differs, with what stands around it."""
    if max(len(before), len(after)) > _LONG:
        same = _alike(before, after)
        tail = min(_alike(before[::-1], after[::-1]), len(before) - same, len(after) - same)
        first, last = max(same - _AROUND, 0), max(tail - _AROUND, 0)
        before, after = (text[first : len(text) - last] for text in (before, after))
    return " -> ".join(" ".join(text.split()) for text in (before, after))


def _alike(one: str, other: str) -> int:
    """Return how many letters two texts begin with in common."""
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _sites(node: ast.AST, function: str, within: ast.AST | None) -> Iterator[_Site]:
    """Return what can be edited below a node, in the order of the text."""
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "bases", "type_comment"}:
            continue
        for place, one in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(one, ast.AST) or isinstance(one, (ast.expr_context, ast.Import, ast.ImportFrom)) or _is_text(one):
                continue
            if isinstance(one, ast.keyword) and one.arg in _SAME_WITHOUT:
                continue
            name = f"{function}.{one.name}".lstrip(".") if isinstance(one, (ast.FunctionDef, ast.ClassDef)) else function
            if isinstance(one, (ast.expr, ast.stmt)) and not isinstance(node, ast.FormattedValue):
                yield _Site(one, node, field, place, name)
            if not isinstance(one, ast.Raise):
                yield from _sites(one, name, node)


def _is_text(node: ast.AST) -> bool:
    """Tell whether a statement is a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _variants(node: Any) -> Iterator[ast.AST]:
    """Return what may stand in the place of a node."""
    made = _stated if isinstance(node, ast.stmt) else _EDITS.get(type(node))
    return iter(()) if made is None else made(node)


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for place, op in enumerate(node.ops):
        for other in _COMPARED[type(op)]:
            yield ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)


def _counted(node: ast.BinOp) -> Iterator[ast.AST]:
    if other := _COUNTED.get(type(node.op)):
        yield ast.BinOp(node.left, other(), node.right)
    if isinstance(node.op, (ast.BitAnd, ast.BitOr, ast.BitXor)):
        yield from (node.left, node.right)


def _joined(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    yield from (_one_less(node, "values", place) for place in range(len(node.values)))


def _constants(node: ast.Constant) -> Iterator[ast.AST]:
    match value := node.value:
        case bool():
            yield ast.Constant(not value)
        case int():
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case float():
            yield from (ast.Constant(value * 1.5 or 1.0), ast.Constant(value / 2 or -1.0))
        case str():
            yield ast.Constant(_SWAPPED.get(value, f"_{value}"))
        case _:
            pass


def _called(node: ast.Call) -> Iterator[ast.AST]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in _SWAPPED:
        func = ast.Attribute(node.func.value, _SWAPPED[name], ast.Load()) if isinstance(node.func, ast.Attribute) else ast.Name(_SWAPPED[name], ast.Load())  # fmt: skip
        yield ast.Call(func, node.args, node.keywords)
    if name in _UNWRAPPED:
        yield from node.args
    if name == "slice":
        for place in range(len(node.args)):
            yield ast.Call(node.func, [*node.args[:place], ast.Constant(None), *node.args[place + 1 :]], [])
    if name in _KEYS_OF and isinstance(node.args[0], ast.Tuple):
        for place in range(len(node.args[0].elts)):
            yield ast.Call(node.func, [_one_less(node.args[0], "elts", place)], node.keywords)
    for keyword in node.keywords:
        if keyword.arg not in _SAME_WITHOUT:
            yield ast.Call(node.func, node.args, [other for other in node.keywords if other is not keyword])


def _indexed(node: ast.Subscript) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.Name) and node.value.id in _TYPES:
        return
    if isinstance(node.slice, (ast.Name, ast.Compare, ast.UnaryOp, ast.Slice)):
        yield node.value
    if isinstance(node.slice, ast.Slice) and node.slice.lower and node.slice.upper:
        yield ast.Subscript(node.value, ast.Slice(None, node.slice.upper), ast.Load())
        yield ast.Subscript(node.value, ast.Slice(node.slice.lower, None), ast.Load())


def _stated(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Assign(targets=[ast.Subscript()]):
            yield ast.Pass()
        case ast.Return(value=ast.expr()):
            yield ast.Return(ast.Constant(None))
        case ast.If():
            yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case _:
            pass


def _one_less(node: Any, field: str, place: int) -> Any:
    """Return a copy of a node without one part of a list."""
    parts = [part for other, part in enumerate(getattr(node, field)) if other != place]
    if isinstance(node, ast.BoolOp):
        return ast.BoolOp(node.op, parts) if len(parts) > 1 else parts[0]
    return ast.Tuple(parts, ast.Load())


_EDITS: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: _compared,
    ast.BinOp: _counted,
    ast.BoolOp: _joined,
    ast.UnaryOp: lambda node: iter([node.operand]),
    ast.IfExp: lambda node: iter([node.body, node.orelse]),
    ast.Constant: _constants,
    ast.Attribute: lambda node: iter([ast.Constant(0.0)] if node.attr == "nan" else []),
    ast.Call: _called,
    ast.Subscript: lambda node: _indexed(node) if isinstance(node.ctx, ast.Load) else iter(()),
}
