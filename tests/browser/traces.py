"""Traces written by hand, for the front end: every state that a card, a function or an edge can have."""

from __future__ import annotations

import json
from typing import Any

from minigrad_widgets.layout import layout
from minigrad_widgets.trace import (
    Cell,
    Change,
    EdgeView,
    ErrorView,
    NodeView,
    Place,
    SavedView,
    Step,
    TensorView,
    Trace,
    Value,
)


def tensor(
    id: str, name: str = "", shape: tuple[int, ...] = (), value: str = "2.0", **more: Any
) -> TensorView:
    """A card: a leaf that asks for no gradient, unless told otherwise; "" is a value that nobody keeps."""
    names = (name,) if name else ()
    known = {
        "tensor": id,
        "storage": id,
        "dtype": "float32",
        "names": names,
        "value": Value(value, shape) if value else None,
    }
    return TensorView(**{"id": id, "shape": shape, **known, **more})


def computed(
    id: str, name: str, node: str, shape: tuple[int, ...] = (), value: str = "", **more: Any
) -> TensorView:
    """A card that a recorded function made."""
    return tensor(id, name, shape, value, is_leaf=False, requires_grad=True, grad_fn=node, **more)


def edge(
    id: str, source: str, target: str, slot: str = "", gradient: str = "", tracked: bool = True
) -> EdgeView:
    value = Value(gradient) if gradient else None
    return EdgeView(id, source, target, slot, tracked=tracked, gradient=value)


def worked() -> Trace:
    """A part of the worked example after backward: l1 = x w1, two ways from it, a mean."""
    grew = {"requires_grad": True, "grad_state": "kept"}
    return Trace(
        cells=(Cell("[1]", "l1 = x * w1\nloss.backward()"),),
        tensors=(
            tensor("x", "x", (2, 2), "all 1.0"),
            tensor("w1", "w1", grad=Value("28.0"), **grew),
            tensor("w2", "w2", grad=Value("8.0"), **grew),
            computed("l1", "l1", "MulBackward0", (2, 2), "all 2.0", grad_state="let go"),
            computed("l2", "l2", "AddBackward0", (2, 2), "all 5.0", grad_state="let go"),
            computed("l3", "l3", "MulBackward0", (2, 2), "all 8.0"),
            computed("loss", "loss", "MeanBackward0", (), "40.0", grad_state="let go"),
        ),
        functions=(
            NodeView(
                "mul", "mul", "MulBackward0", saved=(SavedView("self", "x", text="x", state="freed"),), runs=1
            ),
            NodeView("add", "add", "AddBackward0", runs=1),
            NodeView("mul2", "mul", "MulBackward0", saved=(SavedView("other", None, text="4.0"),)),
            NodeView("mean", "mean", "MeanBackward0", runs=1),
        ),
        edges=(
            edge("e_x_mul", "x", "mul", "self", tracked=False),
            edge("e_w1_mul", "w1", "mul", "other", "28.0"),
            edge("e_mul_l1", "mul", "l1", "", "all 7.0"),
            edge("e_l1_add", "l1", "add", "self", "all 2.0"),
            edge("e_w2_add", "w2", "add", "other", "8.0"),
            edge("e_add_l2", "add", "l2", "", "all 2.0"),
            edge("e_l1_mul2", "l1", "mul2", "self", "all 5.0"),
            edge("e_mul2_l3", "mul2", "l3"),
            edge("e_l2_mean", "l2", "mean", "self", "all 0.25"),
            edge("e_mean_loss", "mean", "loss", "", "1.0"),
        ),
        steps=(
            Step(
                "accumulate",
                ("w1.grad was empty and is 28 now.",),
                ("w1",),
                Place(0, 2),
                (
                    Change("w1", "grad", None, Value("28.0")),
                    Change("w1", "grad_state", "none", "kept"),
                ),
            ),
        ),
    )


def version_error() -> Trace:
    """b is saved twice by b * b, then written; backward stops. A detached copy, a ghost, a cut besides."""
    broken = tuple(SavedView(slot, "b0", 0, 1, "broken", "b") for slot in ("self", "other"))
    intact = tuple(SavedView(slot, "b0", text="b") for slot in ("self", "other"))
    fault = ErrorView(
        "version",
        "Backward stopped at MulBackward0",
        "one of the variables needed for gradient computation has been modified by an inplace operation",
        "The gradient of b * b is 2 b, so backward needs b as it was.",
        *("mul", "self", "b0", 0, 1, Place(0, 3), Place(1, 1)),
        ("c = b.clone()\nc[0] = 1000.0", "loss = (b * b).mean()"),
        happened=("saved", "changed"),
        path=(
            "loss",
            "e_mean_loss",
            "mean",
            "e_bb_mean",
            "bb",
            "e_mul_bb",
            "mul",
            "e_self",
            "b0",
            "e_b_set",
            "set",
        ),
    )
    return Trace(
        cells=(
            Cell("[2]", "a = tensor([1., 3.], requires_grad=True)\nb = a + 2\nloss = (b * b).mean()"),
            Cell("[3]", "b[0] = 1000.0\nloss.backward()"),
        ),
        tensors=(
            tensor("a", "a", (2,), "[1, 3]", requires_grad=True),
            computed("b0", "b", "AddBackward0", (2,), "[3, 5]", current=False),
            computed("bb", "", "MulBackward0", (2,), "[9, 25]", label="b * b", alive=False),
            computed("b1", "b", "CopySlices", (2,), "[1000, 5]", version=1),
            computed("loss", "loss", "MeanBackward0", (), "17.0"),
            tensor("d", "d", (2,), "[1000, 5]", version=1),
            tensor("q", "", (2,), "[1, 3]", ghosts=("q",), dtype="int64"),
            tensor("r", "r", (2,), "", ghosts=("s",)),
        ),
        functions=(
            NodeView("add", "add", "AddBackward0"),
            NodeView("mul", "mul", "MulBackward0", saved=broken),
            NodeView("set", "setitem", "CopySlices", "b[0] = 1000.0", inplace=True),
            NodeView("mean", "mean", "MeanBackward0", runs=1),
            NodeView("cut", "detach", cut="detach"),
            NodeView("sq", "square", cut="no_grad"),
        ),
        edges=(
            edge("e_a_add", "a", "add", "self"),
            edge("e_add_b", "add", "b0"),
            edge("e_self", "b0", "mul", "self"),
            edge("e_other", "b0", "mul", "other"),
            edge("e_mul_bb", "mul", "bb", "", "[0.5, 0.5]"),
            edge("e_b_set", "b0", "set", "self"),
            edge("e_set_b", "set", "b1"),
            edge("e_bb_mean", "bb", "mean", "self", "[0.5, 0.5]"),
            edge("e_mean_loss", "mean", "loss", "", "1.0"),
            edge("e_b_cut", "b1", "cut", "self", tracked=False),
            edge("e_cut_d", "cut", "d", tracked=False),
            edge("e_a_sq", "a", "sq", "self", tracked=False),
            edge("e_sq_q", "sq", "q", tracked=False),
        ),
        steps=(
            Step("op", ("b = a + 2",), ("add", "b0"), Place(0, 2), _shown("add", "b0", "e_a_add", "e_add_b")),
            Step(
                "op", ("b * b",), ("mul",), Place(0, 3), _shown("mul", "bb", "e_self", "e_other", "e_mul_bb")
            ),
            Step(
                "write",
                ("b[0] = 1000.0 writes into b: version 0 to 1.",),
                ("set", "b1"),
                Place(1, 1),
                (
                    *_shown("set", "b1", "e_b_set", "e_set_b"),
                    Change("b0", "current", True, False),
                    Change("mul", "saved", intact, broken),
                ),
            ),
            Step(
                "error",
                ("MulBackward0 asks for b, saved at version 0: stop.",),
                ("mul", "b0"),
                Place(1, 2),
                (),
                fault,
            ),
        ),
    )


def _shown(*ids: str) -> tuple[Change, ...]:
    return tuple(Change(id, "shown", False, True) for id in ids)


def many(count: int) -> Trace:
    """A chain of `count` functions and as many cards and one."""
    cards = [tensor("t0", "t0", requires_grad=True)]
    cards += [computed(f"t{i}", f"t{i}", "ExpBackward0", (), "1.0") for i in range(1, count + 1)]
    edges = [edge(f"i{i}", f"t{i}", f"f{i}", "self") for i in range(count)]
    edges += [edge(f"o{i}", f"f{i}", f"t{i + 1}") for i in range(count)]
    step = Step("op", ("the last one",), (f"f{count - 1}", f"t{count}"), Place(0, 1))
    functions = tuple(NodeView(f"f{i}", "exp", "ExpBackward0") for i in range(count))
    return Trace((Cell("[1]", ""),), tuple(cards), functions, tuple(edges), (step,))


def plain(trace: Trace) -> Any:
    """A trace as the browser reads it."""
    return json.loads(trace.to_json())


def traits(trace: Trace, sequence: int = 1, **more: Any) -> dict[str, Any]:
    """What the kernel sends to show a trace."""
    sent = {"trace": trace.to_json(), "positions": json.dumps(layout(trace)), "sequence": sequence}
    return {"title": "", "problem": "", "dock": "", "panel": "", **sent, **more}
