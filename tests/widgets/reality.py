"""Does a recording say what is? Compares it with the tensors and nodes of the engine itself."""

from __future__ import annotations

from typing import Any

from minigrad import Tensor
from minigrad.node import AccumulateGrad, Node
from minigrad_widgets.adapters.minigrad import MinigradAdapter
from minigrad_widgets.drafts import Drafts, Entity
from minigrad_widgets.trace import Trace
from minigrad_widgets.values import value_of


def differences(adapter: MinigradAdapter, namespace: dict[str, Any]) -> list[str]:
    """What the recording says otherwise than the engine, of all named tensors and of the graph above them."""
    named = {n: t for n, t in namespace.items() if isinstance(t, Tensor) and n[0] != "_"}
    wrong = []
    trace = adapter.trace()
    for name, tensor in named.items():
        wrong += [f"{name}: {what}" for what in _of_card(trace, name, tensor)]
    nodes: dict[int, Node] = {}
    for tensor in named.values():
        if tensor._node is not None:
            _walk(tensor._node, nodes)
    for node in nodes.values():
        wrong += [f"{node.name()} ({node.seq}): {what}" for what in _of_node(adapter, node)]
    wrong += consistency(trace)
    return wrong


def _of_card(trace: Trace, name: str, tensor: Tensor) -> list[str]:
    found = [c for c in trace.tensors if name in c.names and c.current]
    if len(found) != 1:
        return [f"{len(found)} current cards"]
    (card,) = found
    stale = tensor._view is not None and tensor._view.version != tensor._storage.version
    grad = tensor._grad
    facts = {
        "shape": (card.shape, tuple(tensor.shape)),
        "dtype": (card.dtype, tensor.dtype.name),
        "version": (card.version, tensor._version),
        "value": (card.value, value_of(tensor._array)),
        "grad": (card.grad, None if grad is None else value_of(grad._array)),
        "alive": (card.alive, True),
    }
    if not stale:
        node = tensor._node
        facts |= {
            "requires_grad": (card.requires_grad, tensor._requires_grad),
            "is_leaf": (card.is_leaf, node is None),
            "grad_fn": (card.grad_fn, node and node.name()),
            "retains_grad": (card.retains_grad, tensor.retains_grad),
        }
    return [f"{what} is {said!r}, in truth {true!r}" for what, (said, true) in facts.items() if said != true]


def _walk(node: Node, found: dict[int, Node]) -> None:
    stack = [node]
    while stack:
        node = stack.pop()
        if not isinstance(node, AccumulateGrad) and node.seq not in found:
            found[node.seq] = node
            stack += [n for n in node.next if n is not None]


def _of_node(adapter: MinigradAdapter, node: Node) -> list[str]:
    drafts = adapter.recorder.drafts
    function = drafts.function(node.seq)
    if function is None:
        return ["no function"]
    wrong = []
    if function.now["node"] != node.name():
        wrong.append(f"is called {function.now['node']}")
    if len(function.gates) != len(node.next):
        return [*wrong, f"has {len(function.gates)} edges, in truth {len(node.next)}"]
    for i, (target, number) in enumerate(node.next_functions):
        wrong += [
            f"edge {i}: {what}" for what in _of_edge(adapter, drafts, function.gates[i], target, number)
        ]
    if node.freed:
        if any(slot.state != "freed" for slot in function.now["saved"]):
            wrong.append("what it saved is freed")
        return wrong
    said = {s.slot: s for s in function.now["saved"]}
    true = {slot: (value, version) for slot, value, version in node.saved_slots()}
    if said.keys() != true.keys():
        return [*wrong, f"saved {sorted(said)}, in truth {sorted(true)}"]
    for slot, (value, version) in true.items():
        if not isinstance(value, Tensor):
            continue
        state = "intact" if value._version == version else "broken"
        now = said[slot]
        if now.state == "unseen" and state == "intact":
            continue  # test_unseen.py
        kept = drafts.entities[now.card].now["value"] if now.card else None
        if now.state == "intact" and kept is not None and kept != value_of(value._array):
            wrong.append(f"{slot} is {kept}, in truth {value_of(value._array)}")
        copied = function.now["inplace"] and said[slot].state == "intact" and state == "intact"
        if said[slot].state != state or (said[slot].version != version and not copied):
            wrong.append(
                f"{slot} is {said[slot]}, in truth {state}, saved at {version}, now {value._version}"
            )
    return wrong


def _of_edge(
    adapter: MinigradAdapter, drafts: Drafts, gate: str | None, target: Node | None, number: int
) -> list[str]:
    edge = drafts.entities.get(gate) if gate else None
    if target is None:
        return ["is tracked"] if edge is not None and edge.now["tracked"] else []
    if edge is None or not edge.now["tracked"]:
        return ["is not tracked"]
    card: Entity = drafts.entities[edge.now["source"]]
    if isinstance(target, AccumulateGrad):
        true = adapter.tensors.find(target.variable)
        return [] if card.key == true else [f"comes from tensor {card.key}, in truth from {true}"]
    maker = drafts.entities.get(card.now["made_by"] or "")
    while maker is not None and maker.now["inplace"] and maker.now["node"] is None:
        # A write that was not recorded: the gradient passes it by.
        card = next(c for c in drafts.cards(card.key) if c.passed is not None and c.passed[2] == card.id)
        maker = drafts.entities.get(card.now["made_by"] or "")
    made = maker is not None and maker.key == target.seq and card.now["output_nr"] == number
    return (
        []
        if made
        else [f"leads to {maker and maker.now['node']}, in truth to {target.name()} ({target.seq})"]
    )


def consistency(trace: Trace) -> list[str]:
    """What does not hang together within a trace."""
    wrong = []
    entities = trace.by_id()
    for edge in trace.edges:
        if edge.source not in entities or edge.target not in entities:
            wrong.append(f"edge {edge.id} has a loose end")
    for step in trace.steps:
        if not step.text.endswith((".", ")")):
            wrong.append(f"no sentence: {step.text!r}")
        for change in step.changes:
            if change.id not in entities:
                wrong.append(f"a step changes {change.id}, which is not there")
    at_start = trace.at(0)
    for moment in range(len(trace.steps)):
        entities = at_start.by_id() if moment == 0 else entities
        for change in trace.steps[moment].changes:
            now = getattr(entities[change.id], change.field)
            if now != change.before:
                wrong.append(f"step {moment} finds {change.id}.{change.field} {now!r}, not {change.before!r}")
        entities = trace.at(moment + 1).by_id()
    if Trace.from_json(trace.to_json()) != trace:
        wrong.append("is another after a trip through JSON")
    return wrong
