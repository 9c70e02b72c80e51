"""Both engines in one notebook: minigrad, and torch from when it is imported.

torch is never imported from here. Where it is there already, or comes while a cell runs, it is watched too, by an
adapter of its own that feeds the same recorder. Of a cell that uses both, what minigrad did is told first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from minigrad.tensor import Tensor

from ..places import Spot
from ..trace import Trace
from . import graph
from .minigrad import MinigradAdapter

if TYPE_CHECKING:
    from .torch import TorchAdapter


def graph_of(*tensors: Any, names: dict[str, Any] | None = None) -> Trace:
    """The graph of these tensors as it is now. names: what to call them and others that are in it.

    TypeError for what is no tensor, and for tensors of two engines.
    """
    torch = sys.modules.get("torch")
    of_torch = [torch is not None and isinstance(tensor, torch.Tensor) for tensor in tensors]
    if not any(of_torch):
        return graph.graph_of(*tensors, names=names)
    for tensor in tensors:
        if isinstance(tensor, Tensor):
            raise TypeError("show() draws tensors of one engine at a time: these are minigrad's and torch's")
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(f"show() draws tensors, not {type(tensor).__name__}: {tensor!r:.60}")
    from .torch_graph import graph_of as graph_of_torch

    return graph_of_torch(*tensors, names=names)


class Engines(MinigradAdapter):
    """Watches minigrad while the cells of a notebook run, and torch once there is one."""

    def __init__(self, namespace: dict[str, Any] | None = None) -> None:
        super().__init__(namespace)
        self.torch: TorchAdapter | None = None
        self._coming = _Coming("torch", self._watch_torch)

    def start(self) -> None:
        super().start()
        if "torch" in sys.modules:
            self._watch_torch()
        else:
            self._coming.look_out()

    def _watch_torch(self) -> None:
        """Watch torch from now on, in the middle of a cell if it comes there."""
        if self.torch is None:
            from .torch import TorchAdapter

            self.torch = TorchAdapter(shared=(self.recorder, self.places))
        self.torch.start()

    def stop(self) -> None:
        super().stop()
        self._coming.stop()
        if self.torch is not None:
            self.torch.stop()

    def tell_names(self, assigned: Iterable[tuple[str, Spot]]) -> None:
        assigned = list(assigned)
        super().tell_names(assigned)
        if self.torch is not None:
            self.torch.guarded(self.torch.tell_names)(assigned)

    def tell_lost(self) -> None:
        super().tell_lost()
        if self.torch is not None:
            self.torch.gather()

    def living(self) -> set[int]:
        return super().living() | (self.torch.living() if self.torch is not None else set())


class _Coming(MetaPathFinder):
    """Calls back when a module has been imported for the first time."""

    def __init__(self, name: str, callback: Callable[[], None]) -> None:
        self.name, self.callback = name, callback

    def look_out(self) -> None:
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def stop(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        self.stop()
        spec = find_spec(fullname)
        loader: Any = spec and spec.loader
        if loader is None:
            return spec

        def exec_module(module: ModuleType) -> None:
            del loader.exec_module  # that of its class is what it has
            loader.exec_module(module)
            self.callback()

        loader.exec_module = exec_module
        return spec
