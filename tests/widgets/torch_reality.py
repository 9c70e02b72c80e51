"""Does a recording of torch say what is? Compares it with torch's own tensors and nodes."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from minigrad_widgets.adapters.torch import TorchAdapter
from minigrad_widgets.adapters.torch_looking import is_accumulator, key_of, name_of, quietly, saved_by, value
from minigrad_widgets.trace import Trace
from widgets.reality import consistency


def differences(adapter: TorchAdapter, namespace: dict[str, Any]) -> list[str]:
    """What the recording says otherwise than torch, of all named tensors and of the graph above them."""
    named = {n: t for n, t in namespace.items() if isinstance(t, Tensor) and n[0] != "_"}
    trace = adapter.trace()
    wrong: list[str] = []
    with quietly():
        for name, tensor in named.items():
            wrong += [f"{name}: {what}" for what in _of_card(trace, adapter, name, tensor)]
        nodes: dict[int, Any] = {}
        for tensor in named.values():
            if not is_stale(adapter, tensor):
                _walk(tensor.grad_fn, nodes)
        for node in nodes.values():
            wrong += [f"{name_of(node)}: {what}" for what in _of_node(adapter, node)]
    return wrong + consistency(trace)


def is_stale(adapter: TorchAdapter, tensor: Tensor) -> bool:
    """Whether to ask the tensor for its node would make it anew."""
    key = adapter.tensors.find(tensor)
    return key is not None and adapter.tensors.is_stale(tensor, key)


def _of_card(trace: Trace, adapter: TorchAdapter, name: str, tensor: Tensor) -> list[str]:
    found = [c for c in trace.tensors if name in c.names and c.current]
    if len(found) != 1:
        return [f"{len(found)} current cards"]
    (card,) = found
    facts = {
        "shape": (card.shape, tuple(tensor.shape)),
        "dtype": (f"torch.{card.dtype}", str(tensor.dtype)),
        "version": (card.version, 0 if tensor.is_inference() else tensor._version),
        "value": (card.value, value(tensor)),
        "alive": (card.alive, True),
    }
    if not is_stale(adapter, tensor):
        node = tensor.grad_fn
        facts |= {
            "grad": (card.grad, value(tensor.grad) if node is None or tensor.retains_grad else None),
            "requires_grad": (card.requires_grad, tensor.requires_grad),
            "is_leaf": (card.is_leaf, node is None),
            "grad_fn": (card.grad_fn, None if node is None else name_of(node)),
            "retains_grad": (card.retains_grad, node is not None and tensor.retains_grad),
        }
    return [f"{what} is {said!r}, in truth {true!r}" for what, (said, true) in facts.items() if said != true]


def _walk(root: Any, found: dict[int, Any]) -> None:
    stack = [root]
    while stack:
        node = stack.pop()
        if node is not None and not is_accumulator(node) and key_of(node) not in found:
            found[key_of(node)] = node
            stack += [target for target, _ in node.next_functions]


def _of_node(adapter: TorchAdapter, node: Any) -> list[str]:
    drafts = adapter.recorder.drafts
    function = drafts.function(key_of(node))
    if function is None:
        return ["no function"]
    wrong = []
    if function.now["node"] != name_of(node):
        wrong.append(f"is called {function.now['node']}")
    if len(function.gates) != len(node.next_functions):
        return [*wrong, f"has {len(function.gates)} edges, in truth {len(node.next_functions)}"]
    for i, (target, number) in enumerate(node.next_functions):
        wrong += [f"edge {i}: {what}" for what in _of_edge(adapter, function.gates[i], target, number)]
    said = {slot.slot: slot for slot in function.now["saved"]}
    for slot in saved_by(node):
        shown = said.get(slot.name)
        if shown is None:
            wrong.append(f"{slot.name} is saved")
        elif slot.state == "freed":
            wrong += [] if shown.state == "freed" else [f"{slot.name} is {shown}, in truth freed"]
        elif slot.state != "sealed":
            state = (
                "intact" if shown.state == "unseen" else shown.state
            )  # written past the version, which torch cannot see
            copied = state == slot.state == "intact"
            if state != slot.state or (shown.version != slot.version and not copied):
                wrong.append(f"{slot.name} is {shown}, in truth {slot}")
    return wrong


def _of_edge(adapter: TorchAdapter, gate: str | None, target: Any, number: int) -> list[str]:
    drafts = adapter.recorder.drafts
    edge = drafts.entities.get(gate) if gate else None
    if target is None:
        return ["is tracked"] if edge is not None and edge.now["tracked"] else []
    if edge is None or not edge.now["tracked"]:
        return ["is not tracked"]
    card = drafts.entities[edge.now["source"]]
    if is_accumulator(target):
        true = adapter.tensors.find(target.variable)
        return [] if card.key == true else [f"comes from tensor {card.key}, in truth from {true}"]
    maker = drafts.entities.get(card.now["made_by"] or "")
    while maker is not None and maker.now["inplace"] and maker.now["node"] is None:
        # A write that was not recorded: the gradient passes it by.
        card = next(c for c in drafts.cards(card.key) if c.passed is not None and c.passed[2] == card.id)
        maker = drafts.entities.get(card.now["made_by"] or "")
    made = maker is not None and maker.key == key_of(target) and card.now["output_nr"] == number
    return [] if made else [f"leads to {maker and maker.now['node']}, in truth to {name_of(target)}"]
