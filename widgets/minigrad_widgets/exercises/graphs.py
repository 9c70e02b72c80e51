"""Checks about graphs: is this the graph that was asked for, and if not, what is different.

    graph_of(loss).matches("mean(mul(b, b))")      truthy, or falsy with `words` and both graphs as data
    graph_of(loss).ops, .leaves, .saved, .broken

A pattern is written as Python: functions by the names of the ops, `b * b` for mul(b, b), `b.mean()` for mean(b).
A name stands for the tensor that has it in the notebook, `_` for anything. Numbers that the graph does not
remember are not compared.
"""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from typing import Any

from ..adapters.graph import graph_of as trace_of
from ..say import Phrase, Say
from ..trace import NodeView, TensorView, Trace

_OPERATORS: dict[type, str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow", ast.MatMult: "matmul",
}  # fmt: skip
_EITHER_WAY = frozenset(("add", "mul"))  # the order of their two inputs changes nothing


@dataclass(frozen=True, slots=True)
class Tree:
    """A graph read from its end: an op and what it was computed from, or a name, a number, `_`.

    `same` is False where it is not what stands at this place of the other graph.
    """

    name: str
    inputs: tuple[Tree, ...] = ()
    is_op: bool = False
    same: bool = True

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.inputs))})" if self.is_op else self.name

    def plain(self) -> dict[str, Any]:
        """As data, for a drawing."""
        return {
            "name": self.name, "op": self.is_op, "same": self.same, "inputs": [i.plain() for i in self.inputs],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """What came of comparing two graphs. True if they are the same; else `words` says what differs."""

    found: Tree
    wanted: Tree
    words: tuple[Phrase, ...] = ()

    def __bool__(self) -> bool:
        return not self.words


def graph_of(tensor: Any) -> Graph:
    """The graph that hangs from a tensor now, with the names that it has here. TypeError for what is no tensor."""
    caller = sys._getframe(1)
    names = {**caller.f_globals, **caller.f_locals}
    return Graph(trace_of(tensor, names={name: value for name, value in names.items() if name[:1] != "_"}))


class Graph:
    """A graph that can be asked. `trace` is all of it."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._cards = {card.id: card for card in trace.tensors}
        self._functions = {function.id: function for function in trace.functions}
        self._inputs: dict[str, list[str]] = {}
        for edge in trace.edges:
            if edge.target in self._functions:
                self._inputs.setdefault(edge.target, []).append(edge.source)
        used = {edge.source for edge in trace.edges}
        self.root = next(card for card in reversed(trace.tensors) if card.id not in used)

    @property
    def ops(self) -> tuple[str, ...]:
        """The names of its ops in the order in which they ran."""
        return tuple(function.op for function in self.trace.functions)

    @property
    def leaves(self) -> tuple[str, ...]:
        """The names of the leaves to which a gradient can go."""
        return tuple(_title(c) for c in self.trace.tensors if c.is_leaf and c.requires_grad)

    @property
    def saved(self) -> tuple[str, ...]:
        """What is kept for backward: "MulBackward0: b"."""
        return self._titles("intact", "broken", "freed")

    @property
    def broken(self) -> tuple[str, ...]:
        """What was kept and has been written since: backward through it will be refused."""
        return self._titles("broken")

    def _titles(self, *states: str) -> tuple[str, ...]:
        slots = [(f, saved) for f in self.trace.functions for saved in f.saved if saved.card is not None]
        return tuple(dict.fromkeys(f"{f.node}: {saved.text}" for f, saved in slots if saved.state in states))

    def matches(self, pattern: str) -> Match:
        """Whether this is the graph of a pattern. ValueError for what is no pattern."""
        wanted = read_pattern(pattern)
        found, wanted = self._compare(self.root, wanted, top=True)
        if found.same and wanted.same and _all_same(found) and _all_same(wanted):
            return Match(found, wanted)
        mine, theirs = _first_difference(found, wanted)
        words: list[Phrase] = [Say("graph.differs", {"found": str(mine), "wanted": str(theirs)})]
        if mine is not found:
            words.append(Say("graph.whole", {"found": str(found), "wanted": str(wanted)}))
        return Match(found, wanted, tuple(words))

    def _compare(self, card: TensorView, wanted: Tree, top: bool = False) -> tuple[Tree, Tree]:
        """Both trees from here on, each part marked by whether it is the same in the other."""
        if wanted.name == "_" and not wanted.is_op:
            return Tree(_title(card)), wanted
        function = self._functions.get(card.made_by or "")
        if not wanted.is_op:
            if wanted.name in card.names:
                return Tree(wanted.name), wanted
            return _marked(self._tree(card, unfold=top)), _marked(wanted)
        if function is None or function.op != wanted.name:
            return _marked(self._tree(card, unfold=top)), _marked(wanted)
        cards = [self._cards[source] for source in self._inputs.get(function.id, ())]
        numbers, asked = self._remembered(function, cards, wanted.inputs)
        orders = [asked]
        if function.op in _EITHER_WAY and len(asked) == 2:
            orders.append(asked[::-1])
        best = min((self._pairs(cards, order) for order in orders), key=_differences) + numbers
        inputs, wants = zip(*best, strict=True) if best else ((), ())
        return Tree(wanted.name, inputs, True), Tree(wanted.name, wants, True)

    def _pairs(self, cards: list[TensorView], asked: tuple[Tree, ...]) -> list[tuple[Tree, Tree]]:
        pairs = [self._compare(card, want) for card, want in zip(cards, asked, strict=False)]
        nothing = Tree("…", same=False)
        pairs += [(_marked(self._tree(card)), nothing) for card in cards[len(asked) :]]
        pairs += [(nothing, _marked(want)) for want in asked[len(cards) :]]
        return pairs

    def _remembered(
        self, function: NodeView, cards: list[TensorView], asked: tuple[Tree, ...]
    ) -> tuple[list[tuple[Tree, Tree]], tuple[Tree, ...]]:
        """The numbers asked for beside those that the node has; and the other inputs asked for, without those that
        no node keeps: what needs no gradient and was not saved."""
        numbers = [saved.text for saved in function.saved if saved.card is None]
        names = {name for card in self._cards.values() for name in card.names}
        pairs, kept = [], []
        left = sum(not _number(tree.name) for tree in asked) - len(cards)
        for tree in asked:
            if _number(tree.name):
                if numbers:
                    same = tree.name in numbers
                    pairs.append(
                        (Tree(tree.name if same else numbers[0], same=same), Tree(tree.name, same=same))
                    )
            elif left > 0 and not tree.is_op and tree.name not in names:
                left -= 1
            else:
                kept.append(tree)
        return pairs, tuple(kept)

    def _tree(self, card: TensorView, unfold: bool = False, depth: int = 0) -> Tree:
        """The graph from a card on, as far as tensors without names go."""
        function = self._functions.get(card.made_by or "")
        if function is None or (card.names and not unfold) or depth > 8:
            return Tree(_title(card))
        inputs = [self._cards[source] for source in self._inputs.get(function.id, ())]
        return Tree(function.op, tuple(self._tree(i, depth=depth + 1) for i in inputs), True)


def read_pattern(pattern: str) -> Tree:
    """The tree of a pattern. ValueError, with the part that is none."""
    try:
        return _read(ast.parse(pattern.strip(), mode="eval").body)
    except SyntaxError as error:
        raise ValueError(f"{pattern!r} is no pattern ({error.msg}): write mean(mul(b, b))") from None


def _read(node: ast.expr) -> Tree:
    if isinstance(node, ast.Name):
        return Tree(node.id)
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return Tree(repr(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _read(node.operand)
        return Tree(f"-{inner.name}") if _number(inner.name) else Tree("neg", (inner,), True)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return Tree(_OPERATORS[type(node.op)], (_read(node.left), _read(node.right)), True)
    if isinstance(node, ast.Call) and not node.keywords:
        inputs = tuple(map(_read, node.args))
        if isinstance(node.func, ast.Name):
            return Tree(node.func.id, inputs, True)
        if isinstance(node.func, ast.Attribute):
            return Tree(node.func.attr, (_read(node.func.value), *inputs), True)
    raise ValueError(
        f"{ast.unparse(node)!r} is no part of a pattern: write ops and names, as mean(mul(b, b))"
    )


def _number(name: str) -> bool:
    return name.lstrip("-")[:1].isdigit()


def _title(card: TensorView) -> str:
    return (card.names or card.ghosts or ("…",))[0]


def _marked(tree: Tree) -> Tree:
    return Tree(tree.name, tree.inputs, tree.is_op, False)


def _all_same(tree: Tree) -> bool:
    return tree.same and all(map(_all_same, tree.inputs))


def _differences(pairs: list[tuple[Tree, Tree]]) -> int:
    return sum(not (_all_same(found) and _all_same(wanted)) for found, wanted in pairs)


def _first_difference(found: Tree, wanted: Tree) -> tuple[Tree, Tree]:
    """The first pair of parts, from the end of the computation backwards, that are not the same."""
    if not (found.same and wanted.same):
        return found, wanted
    for pair in zip(found.inputs, wanted.inputs, strict=True):
        if not all(map(_all_same, pair)):
            return _first_difference(*pair)
    return found, wanted
