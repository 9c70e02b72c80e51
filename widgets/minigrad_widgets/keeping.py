"""What of a recording is kept, and what of it is shown.

Everything hangs from living tensors: the graph above them is what made them. What was made beside it and is
dead (a loss of the last run of this cell, a value that was printed) stays until the next cell runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from .drafts import Drafts, Entity


def needed(drafts: Drafts, most_functions: int, most_cards: int) -> set[str]:
    """What living tensors hang from, and what the cell that ran last has made: the ids to keep.

    Of more than `most_functions` functions the oldest are let go, and of more than `most_cards` living tensors;
    they are counted as dropped.
    """
    living = [id for id, e in drafts.entities.items() if id[0] == "t" and e.now["alive"] and e.now["current"]]
    if len(living) > most_cards:
        drafts.dropped += len(living) - most_cards
        living = living[-most_cards:]
    kept = _above(drafts, living)
    functions = [id for id in drafts.entities if id in kept and id[0] == "f"]
    if len(functions) > most_functions:
        gone = set(functions[: len(functions) - most_functions])
        drafts.dropped += len(gone)
        edges = [e for e in _edges(drafts, kept) if not {e.now["source"], e.now["target"]} & gone]
        used = {e.now[end] for e in edges for end in ("source", "target")}
        kept = used | set(living) | {e.id for e in edges}
    return kept


def visible(drafts: Drafts) -> set[str]:
    """What hangs together with living tensors that have a name: the ids to show."""
    entities = drafts.entities
    named = [
        id for id, e in entities.items()
        if id[0] == "t" and e.now["alive"] and e.now["names"] and e.now["current"]
    ]  # fmt: skip
    # An error is drawn even where it is about what no name leads to.
    named += [
        id for step in drafts.steps if step.error is not None and step.run == drafts.run
        for id in step.error.path if id in entities and id[0] != "e"
    ]  # fmt: skip
    shown = _above(drafts, named)
    neighbours: dict[str, list[str]] = defaultdict(list)
    edges = _edges(drafts, shown)
    for edge in edges:
        source, target = edge.now["source"], edge.now["target"]
        neighbours[source].append(target)
        neighbours[target].append(source)
    reached: set[str] = set()
    stack = named
    while stack:
        id = stack.pop()
        if id not in reached:
            reached.add(id)
            stack.extend(neighbours[id])
    return reached | {edge.id for edge in edges if edge.now["source"] in reached}


def touched(drafts: Drafts) -> set[str]:
    """What the run that was last has made, written or run backward, with everything that led to it."""
    return _above(drafts, ())


def _edges(drafts: Drafts, ids: set[str]) -> list:
    """The edges between these ids."""
    edges = (e for id, e in drafts.entities.items() if id[0] == "e")
    return [e for e in edges if e.now["source"] in ids and e.now["target"] in ids]


def _above(drafts: Drafts, roots: Iterable[str]) -> set[str]:
    """The roots and what the last run made, with everything that led to them."""
    entities, run = drafts.entities, drafts.run
    kept: set[str] = set()
    stack = [*roots, *(id for id, e in entities.items() if e.run == run and id[0] != "e")]
    while stack:
        id = stack.pop()
        if id in kept:
            continue
        kept.add(id)
        entity = entities[id]
        if id[0] == "f":
            stack += _around(drafts, entity)
            continue
        maker = entities.get(entity.now["made_by"] or "")
        # How w came to its value by a hundred unrecorded writes is history, not graph.
        if maker is not None and (maker.run == run or not _aside(drafts, maker)):
            stack.append(maker.id)
    # A write is drawn after all where both the card before it and the one after it are.
    for id, entity in entities.items():
        if (
            id[0] == "f"
            and id not in kept
            and entity.now["inplace"]
            and kept.issuperset(_around(drafts, entity))
        ):
            kept.add(id)
    return kept | {e.id for e in _edges(drafts, kept)}


def _around(drafts: Drafts, function: Entity) -> list[str]:
    """The cards that a function has to do with."""
    entities = drafts.entities
    return [entities[e].now["source"] for e in function.ins] + [
        entities[e].now["target"] for e in function.outs
    ]


def _aside(drafts: Drafts, function: Entity) -> bool:
    """Whether it is a write that no gradient passes."""
    if not function.now["inplace"] or function.now["node"] is not None:
        return False
    return not any(drafts.entities[edge].now["tracked"] for edge in function.outs)
