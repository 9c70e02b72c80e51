"""The ways through the graph that an error is drawn along: ids of cards, edges and functions, in order."""

from __future__ import annotations

from ..drafts import Drafts, Entity


def back(drafts: Drafts, root: Entity | None, end: Entity | None, gradients: bool = True) -> tuple[str, ...]:
    """From a card up to a function or a card that it was computed from; () where no way leads there.

    gradients: only where a gradient can pass, as backward goes.
    """
    if root is None or end is None:
        return ()
    entities = drafts.entities
    came: dict[str, tuple[str, ...]] = {root.id: ()}  # how each was reached: the one before, and the edge
    queue = [root]
    for here in queue:
        if here is end:
            break
        if here.id[0] == "t":
            maker = entities.get(here.now["made_by"] or "")
            edges = () if maker is None else [e for e in maker.outs if entities[e].now["target"] == here.id]
            steps = [(maker, edge) for edge in edges]
        else:
            steps = [
                (entities[entities[e].now["source"]], e)
                for e in here.ins
                if not gradients or entities[e].now["tracked"]
            ]
        for there, edge in steps:
            if there.id not in came:
                came[there.id] = (here.id, edge)
                queue.append(there)
    if end.id not in came:
        return ()
    way, at = [end.id], end.id
    while came[at]:
        at, edge = came[at]
        way += [edge, at]
    return tuple(reversed(way))


def write_of(drafts: Drafts, card: Entity | None) -> tuple[str, ...]:
    """From a card to the one that the next write made of it."""
    entities = drafts.entities
    for id, edge in entities.items():
        if id[0] != "e" or card is None or edge.now["source"] != card.id:
            continue
        function = entities[edge.now["target"]]
        later = [e for e in function.outs if entities[entities[e].now["target"]].key == card.key]
        if function.now["inplace"] and later:
            return (card.id, id, function.id, later[0], entities[later[0]].now["target"])
    return ()


def saved_edges(drafts: Drafts, function: Entity | None, card: Entity | None) -> tuple[str, ...]:
    """The edges between a function and a card, either way."""
    if function is None or card is None:
        return ()
    ends = {function.id, card.id}
    entities = drafts.entities
    return tuple(e for e in (*function.ins, *function.outs) if ends == _ends(entities[e]))


def _ends(edge: Entity) -> set[str]:
    return {edge.now["source"], edge.now["target"]}
