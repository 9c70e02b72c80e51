"""Into which group each card of a trace belongs."""

from __future__ import annotations

from collections import defaultdict

from ..trace import TensorView, Trace
from .group import MOST_ARGUMENTS, Group


def place_cards(trace: Trace, tree: Group) -> None:
    """Put each card into the innermost group that it belongs to.

    What leaves a group stands below it; so do the values that names have after a loop. No card is made and
    read by the same group from outside of it: the boxes would go in a circle.
    """
    index = {f.id: i for i, f in enumerate(trace.functions)}
    readers: dict[str, list[int]] = defaultdict(list)
    makers: dict[str, int] = {}
    arguments: dict[int, list[str]] = defaultdict(list)
    for edge in trace.edges:
        if edge.target in index:
            readers[edge.source].append(index[edge.target])
            arguments[index[edge.target]].append(edge.source)
        elif edge.source in index:
            makers[edge.target] = index[edge.source]
    roles = _Roles(arguments, readers, makers)
    for card in trace.tensors:
        read = readers[card.id]
        if card.id in makers:
            group = _where_made(card, makers[card.id], read, tree)
        elif read:
            group = _where_read(card, min(read), max(read), tree, roles)
        else:
            group = tree
        group.cards.append(card.id)


def _where_made(card: TensorView, maker: int, readers: list[int], tree: Group) -> Group:
    group = tree
    while (inner := group.child_with(maker, maker)) is not None:
        group = inner
    while (parent := group.parent) is not None:
        if any(group.start <= reader < group.stop for reader in readers):
            break
        if not readers and not (card.names and card.current):
            break
        if group.kind == "repeat" and maker < group.inner[-1].start:
            break
        group = parent
    return group


def _where_read(card: TensorView, first: int, last: int, tree: Group, roles: _Roles) -> Group:
    group = tree
    while (inner := group.child_with(first, last)) is not None:
        if inner.kind == "repeat":
            turn = inner.child_with(first, last)
            if turn is None or not roles.in_every_turn(card.id, turn, inner):
                break
            group = turn
        elif inner.kind == "call" and (card.names or card.ghosts):
            break
        else:
            group = inner
    return group


class _Roles:
    """Whether what one turn reads and no other does is there in each turn: xs[k], but not what h was before."""

    def __init__(
        self, arguments: dict[int, list[str]], readers: dict[str, list[int]], makers: dict[str, int]
    ) -> None:
        self.arguments, self.readers, self.makers = arguments, readers, makers
        self._common: dict[str, set[tuple[int, int]]] = {}  # by the id of a repeat

    def in_every_turn(self, card: str, turn: Group, repeat: Group) -> bool:
        if repeat.id not in self._common:
            self._common[repeat.id] = set.intersection(*(set(self._of(turn)) for turn in repeat.inner))
        return any(role in self._common[repeat.id] for role, id in self._of(turn).items() if id == card)

    def _of(self, turn: Group) -> dict[tuple[int, int], str]:
        """Function and argument, counted from the turn's first, of what nobody else reads."""
        return {
            (f - turn.start, i): card
            for f in range(turn.start, turn.stop)
            for i, card in enumerate(self.arguments[f])
            if card not in self.makers
            and turn.start <= min(self.readers[card])
            and max(self.readers[card]) < turn.stop
        }


def drop_single_turns(tree: Group) -> None:
    """Where each turn is one function, or one group, no box is needed around it."""
    for repeat in [g for g in tree.groups() if g.kind == "repeat"]:
        if all(len(turn.items) == 1 and not turn.cards for turn in repeat.inner):
            repeat.items = [turn.items[0] for turn in repeat.inner]
            repeat.inner = [group for turn in repeat.inner for group in turn.inner]
            for group in repeat.inner:
                group.parent = repeat


def fold_parameters(trace: Trace, tree: Group) -> None:
    """Many parameters of one module, which several boxes read, become one box as well."""
    made = {edge.target for edge in trace.edges}
    labels = {card.id: card.label for card in trace.tensors if not card.names and card.id not in made}
    owned: dict[str, list[str]] = defaultdict(list)
    for card in tree.cards:
        if "." in labels.get(card, ""):
            owned[labels[card].partition(".")[0]].append(card)
    for name, cards in owned.items():
        if len(cards) > MOST_ARGUMENTS:
            tree.cards = [card for card in tree.cards if card not in cards]
            group = Group("parameters", [], name, tree, f"parameters-{cards[0]}", tree.stop, tree.stop, cards)
            tree.items.insert(0, group)
            tree.inner.append(group)
