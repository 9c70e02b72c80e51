"""Which call of a module runs now: the box in which a large graph draws what ran in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from minigrad.nn import Module


class Call(NamedTuple):
    """One call of a module, and the call that it was made in. Plain data: it keeps no module alive."""

    number: int
    kind: str
    name: str
    outer: Call | None


class Calls:
    """The calls that have begun and not ended, the innermost last."""

    def __init__(self) -> None:
        self._open: list[tuple[Module, Call]] = []
        self._count = 0

    @property
    def now(self) -> Call | None:
        return self._open[-1][1] if self._open else None

    def begins(self, module: Module, namespace: Mapping[str, Any]) -> Call:
        self._count += 1
        call = Call(self._count, type(module).__name__, self._name(module, namespace), self.now)
        self._open.append((module, call))
        return call

    def ends(self, module: Module) -> Call | None:
        """The call that goes on then."""
        while self._open and self._open.pop()[0] is not module:
            pass  # an inner one whose end was not told, because the watching paused
        return self.now

    def forget(self) -> None:
        """A new cell begins: nothing runs."""
        self._open.clear()

    def _name(self, module: Module, namespace: Mapping[str, Any]) -> str:
        """Where the notebook has it: "net", "net.0"; "" where it is found in no module with a name."""
        if self._open:
            outer, call = self._open[-1]
            found = next((path for path, inner in outer.named_modules() if inner is module and path), None)
            if found is not None and call.name:
                return f"{call.name}.{found}"
        for name, value in list(namespace.items()):
            if name[:1] != "_" and isinstance(value, Module):
                for path, inner in value.named_modules():
                    if inner is module:
                        return f"{name}.{path}" if path else name
        return ""
