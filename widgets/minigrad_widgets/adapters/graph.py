"""The graph that hangs from a tensor, read off its nodes: for what was computed before anybody watched.

    graph_of(loss, names={"loss": loss})        a Trace without steps

A node knows where its gradients go and what it saved, not its inputs' values: a tensor that nobody holds any
more is a card without a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minigrad.node import AccumulateGrad, Node
from minigrad.opnode import ListOpNode, OpNode
from minigrad.tensor import Tensor

from ..trace import Trace
from .looking import Copy, Look, Recording, Slot, copy_of

if TYPE_CHECKING:
    from .minigrad import MinigradAdapter


def graph_of(*tensors: Tensor, names: dict[str, Tensor] | None = None) -> Trace:
    """The graph of these tensors as it is now. names: what to call them and others that are in it.

    TypeError for what is no tensor.
    """
    from .minigrad import MinigradAdapter

    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            raise TypeError(f"graph_of() draws tensors, not {type(tensor).__name__}: {tensor!r:.60}")
    adapter = MinigradAdapter(dict(names or {}))
    return adapter.read(tensors)


def tell(adapter: MinigradAdapter, node: Node, place: Any) -> bool:
    """Tell an adapter's recorder of a node and of all before it, without steps. False: it was told before."""
    nodes = _untold(adapter, node)
    if not nodes:
        return False
    known = [ref() for ref, _ in adapter.tensors.known.values()]
    made = {}  # (node, output number) -> the living tensor that it is
    for tensor in [*known, *_saved_tensors(nodes)]:
        if tensor is not None and tensor._node is not None:
            made.setdefault((tensor._node.seq, tensor._output_nr), tensor)
    keys: dict[tuple[int, int], int] = {}
    for node in sorted(nodes, key=lambda n: n.seq):
        adapter.graph_told.add(node.seq)
        inner = getattr(node, "fn", node)
        args, positions = _args(adapter, node, inner, keys, place)
        looks = []
        for number in range(node.outputs):
            tensor = made.get((node.seq, number))
            if tensor is not None:
                key = adapter.tensors.find(tensor) or adapter.tensors.new(tensor)
                looks.append(adapter.tensors.look(tensor, key))
            else:
                looks.append(_unheld(node, number, adapter.tensors.new_key(), _result(inner, number)))
            keys[node.seq, number] = looks[-1].key
        tracked = frozenset(p for p, target in zip(positions, node.next, strict=False) if target is not None)
        saved = _slots(inner, args)
        recording = Recording(node.seq, node.name(), positions, tracked, saved)
        name = type(inner).op.shown if isinstance(inner, OpNode) else node.name()
        adapter.note("any_op", name, args, looks, recording, None, place, False, (), True)
    return True


def _untold(adapter: MinigradAdapter, root: Node) -> list[Node]:
    """The nodes from which gradients come to nothing that was told, AccumulateGrads left out."""
    told = adapter.recorder.drafts.function_of
    found: dict[int, Node] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, AccumulateGrad) or node.seq in found:
            continue
        if node.seq in told or node.seq in adapter.graph_told:
            continue
        found[node.seq] = node
        stack += [target for target in node.next if target is not None]
    return list(found.values())


def _saved_tensors(nodes: list[Node]) -> list[Tensor]:
    return [value for node in nodes for _, value, _ in node.saved_slots() if isinstance(value, Tensor)]


def _args(
    adapter: MinigradAdapter, node: Node, inner: Node, keys: dict[tuple[int, int], int], place: Any
) -> tuple[list[Any], tuple[int, ...]]:
    """The arguments as far as the node remembers them, and for each edge the position of its own."""
    ends = [_end(adapter, edge, keys, place) for edge in zip(node.next, node.numbers, strict=True)]
    if not isinstance(inner, OpNode) or isinstance(inner, ListOpNode):
        return [("",) if key is None else key for key in ends], tuple(range(len(ends)))
    args: list[Any] = [("",)] * len(type(inner).op.params)
    for i, (_, value, _) in enumerate(inner.saved_slots()):
        position = inner.plan.sources[i].position
        if position >= 0:
            # An input that needs no gradient is known only because it was saved.
            args[position] = adapter.arg(value, place)
    for position, key in zip(inner.plan.edges, ends, strict=False):
        if key is not None:
            args[position] = key
    return args, tuple(inner.plan.edges)


def _end(adapter: MinigradAdapter, edge: tuple[Node | None, int], keys: dict, place: Any) -> int | None:
    """The key of the tensor at the end of an edge."""
    node, number = edge
    if node is None:
        return None
    if isinstance(node, AccumulateGrad):
        return adapter.tensors.key(node.variable, place)
    key = keys.get((node.seq, number))
    if key is None:
        function = adapter.recorder.drafts.function(node.seq)
        for card in adapter.recorder.drafts.outputs(function) if function else ():
            if card.now["output_nr"] == number:
                return card.key
    return key


def _slots(inner: Node, args: list[Any]) -> tuple[Slot, ...]:
    found = []
    for i, (slot, _, version) in enumerate(inner.saved_slots()):
        source = inner.plan.sources[i].position if isinstance(inner, OpNode) else None
        found.append(Slot(slot, source, version or 0))
    return tuple(found)


def _result(inner: Node, number: int) -> Copy | None:
    """The numbers of an output that nobody holds, where the node saved its own result."""
    if isinstance(inner, OpNode):
        for i, (_, value, _) in enumerate(inner.saved_slots()):
            if inner.plan.sources[i].position == -1 - number and isinstance(value, Tensor):
                return copy_of(value._array)
    return None


def _unheld(node: Node, number: int, key: int, copy: Copy | None) -> Look:
    shape, dtype = (node.shape, node.dtype) if node.outputs == 1 else (node.shape[number], node.dtype[number])
    return Look(
        key,
        key,
        key,
        copy or (None, dtype, shape),
        0,
        False,
        True,
        node.name(),
        node.seq,
        number,
        None,
        None,
        False,
        None,
    )
