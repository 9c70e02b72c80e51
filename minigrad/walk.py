"""Where a backward goes: for each node, how many gradients are to arrive there.

Counterpart in PyTorch: compute_dependencies and init_to_execute in torch/csrc/autograd/engine.cpp.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .node import Node

NOT_ASKED = -1  # in place of a count: this backward does not come there


def dependencies(roots: Iterable[Node]) -> dict[Node, int]:
    """For each node that can be reached from `roots`, how many edges lead to it."""
    counts: dict[Node, int] = dict.fromkeys(roots, 0)
    stack = list(counts)
    while stack:
        for node in stack.pop().next:
            if node is not None:
                if node in counts:
                    counts[node] += 1
                else:
                    counts[node] = 1
                    stack.append(node)
    return counts


def dependencies_towards(
    roots: Iterable[Node], targets: Iterable[Node], run_them: bool
) -> tuple[dict[Node, int], set[Node]]:
    """The same for the nodes from which a path leads to `targets`, NOT_ASKED for the others.

    Also the nodes where it ends: those of the targets that are not run on the way to another, unless
    `run_them`.
    """
    targets = set(targets)
    counts = dependencies(roots)
    ends = {node for node in counts if not any(node.next)}
    if ends <= targets:  # every path comes to one: mostly all leaves are asked for
        return counts, set() if run_them else ends
    users = _users(roots)
    reached = targets & users.keys()
    leading = set(reached) if run_them else set()
    stack = list(reached)
    while stack:
        for node in users[stack.pop()]:
            if node not in leading:
                leading.add(node)
                stack.append(node)
    stops = reached - leading
    reached |= leading
    counts = dict.fromkeys(users, NOT_ASKED)
    counts.update(dict.fromkeys(reached, 0))
    for node in leading:
        for target in node.next:
            if target in reached:
                counts[target] += 1
    return counts, stops


def _users(roots: Iterable[Node]) -> dict[Any, list[Node]]:
    """For each node that can be reached from `roots`, the nodes whose edges lead to it."""
    users: dict[Any, list[Node]] = {root: [] for root in roots}
    stack = list(users)
    while stack:
        node = stack.pop()
        for target in node.next:
            if target is not None:
                if target in users:
                    users[target].append(node)
                else:
                    users[target] = [node]
                    stack.append(target)
    return users
