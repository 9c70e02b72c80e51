"""TorchAdapter: watches torch and tells a Recorder what it sees, as MinigradAdapter does.

It sees what is called in the thread of the cell: each call through torch's Python interface by a function mode,
the ops that it runs by a dispatch mode, each backward by hooks on its nodes (torch_ops.py, torch_backward.py).
What ran elsewhere, in other threads, in compiled code or in C++, is read off the graph when it comes up
(torch_graph.py): without the order in which it ran, and without values that nobody holds.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode, _pop_mode, _push_mode
from torch.utils._python_dispatch import TorchDispatchMode

from ..places import Places
from ..recorder import Recorder
from ..trace import Trace
from . import torch_backward
from .torch_backward import Backward
from .torch_errors import failed_of
from .torch_looking import quietly
from .torch_notes import Notes
from .torch_ops import Call

# Calls that read a tensor, to print it or to copy it out: what they run is nobody's computation.
_READING = frozenset((
    Tensor.__repr__, Tensor.__format__, Tensor.tolist, Tensor.__array__, Tensor.__deepcopy__, Tensor.__reduce_ex__,
    Tensor.__contains__, Tensor.__dir__, Tensor.share_memory_, Tensor.is_shared, Tensor.retain_grad,
    Tensor.register_hook, Tensor.register_post_accumulate_grad_hook, Tensor.grad.__get__, Tensor.grad.__set__,
    Tensor.grad_fn.__get__, Tensor.requires_grad_, Tensor.requires_grad.__get__, Tensor.requires_grad.__set__,
    Tensor.shape.__get__, Tensor.dtype.__get__, Tensor.is_leaf.__get__, Tensor.size, Tensor.dim, Tensor.numel,
    Tensor._version.__get__, Tensor._base.__get__, Tensor.data.__set__, torch.equal, torch.allclose,
))  # fmt: skip
_APPLY = torch.autograd.Function.apply.__func__.__code__


class TorchAdapter(Notes):
    """Watches torch while the cells of a notebook run.

    `failure` is None, or one line about why it had to stop watching.
    """

    def __init__(
        self, namespace: dict[str, Any] | None = None, shared: tuple[Recorder, Places] | None = None
    ) -> None:
        super().__init__({} if namespace is None else namespace, shared)
        self.failure: str | None = None
        self._calls, self._ops = _Calls(self), _Ops(self)
        self._call: Call | None = None  # what runs now
        self._backward: Backward | None = None
        self._process = os.getpid()

    # ------------------------------------------------------------------ the live view's side

    def start(self) -> None:
        """Watch from now on."""
        if self.failure is not None:
            self.stop()
            self.failure = None
        if self._calls not in _modes():
            self.first = torch._C._autograd._get_sequence_nr()
            self._calls.__enter__()

    def stop(self) -> None:
        """Watch no more. What was recorded stays."""
        if self._calls in _modes():
            # The learner may have entered a mode since and not left it: that one stays.
            above = []
            while (mode := _pop_mode()) is not self._calls:
                above.append(mode)
            for mode in reversed(above):
                _push_mode(mode)

    def begin_cell(self, label: str, source: str, filename: str) -> None:
        """A cell is about to run. filename: that of its code objects."""
        self.tell()
        self.places.begin(self.recorder.begin(label, source), source, filename)

    def gather(self) -> None:
        """The cell has run: tell the recorder what was noted, and look at what its names mean now."""
        if self.failure is not None:
            raise RuntimeError(self.failure)
        with quietly():
            self.scan()
            self.tell()
            self.tell_lost()

    def end_cell(self, error: BaseException | None = None) -> None:
        """The cell has run, or stopped with an error. RuntimeError where the watching failed while it ran."""
        self.gather()
        self.recorder.settle(self.living())

    def trace(self) -> Trace:
        """What was recorded of everything that hangs together with the notebook's tensors."""
        return self.recorder.trace()

    def guarded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A watcher must never break what it watches: its own failure ends the watching, and is kept."""

        @functools.wraps(function)
        def guarded(*args: Any) -> Any:
            if self.failure is None:
                try:
                    with quietly():
                        return function(*args)
                except Exception as error:
                    self.failure = (
                        f"the recording stopped by a fault of its own: {type(error).__name__}: {error}"
                    )
            return None

        return guarded

    # ------------------------------------------------------------------ calls

    def sees(self, func: Callable[..., Any]) -> bool:
        """Whether a call is the learner's, in this process, and computes."""
        return (
            self.failure is None
            and func not in _READING
            and os.getpid() == self._process
            and torch._C._functorch.peek_interpreter_stack() is None
            and not _is_in_function(sys._getframe(2))
        )

    def run(self, func: Callable[..., Any], args: tuple, kwargs: dict[str, Any]) -> Any:
        """Run a call of the learner's and note what it did."""
        spot = self.guarded(self.places.here)()
        starts = torch_backward.arguments(func, args, kwargs)
        outer = self._call, self._backward
        self._call = None if starts is not None and not starts[2] else Call(self, func, args, spot)
        self._backward = None
        if starts is not None:
            self._backward = self.guarded(Backward)(self, self._call, *starts[:2], spot, self.guarded)
        try:
            with self._ops:
                out = func(*args, **kwargs)
        except Exception as error:
            self.guarded(self._failed)(error, args, spot)
            raise
        finally:
            call, backward = self._call, self._backward
            self._call, self._backward = outer
            if backward is not None:
                self.guarded(backward.end)()
        if call is not None:
            self.guarded(call.finish)(out)
        return out

    def dispatch(self, overload: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Run one op of a call."""
        call, backward = self._call, self._backward
        if backward is not None and not backward.has_begun:
            call = None  # it makes the gradients that it starts with
        op = None if call is None else self.guarded(call.before)(overload, args, kwargs)
        out = overload(*args, **kwargs)
        if op is not None and call is not None:
            self.guarded(call.after)(op, out)
        if backward is not None:
            self.guarded(backward.op)(overload, args, out)
        return out

    def _failed(self, error: Exception, args: tuple, spot: Any) -> None:
        if self._call is not None:
            self._call.flush()
        node = None if self._backward is None else self._backward.node
        fact = failed_of(error, self.tensors, args, node, spot)
        if fact is not None:
            self.note("failed", fact)


class _Calls(TorchFunctionMode):
    """Hears of every call through torch's Python interface."""

    def __init__(self, adapter: TorchAdapter) -> None:
        self.adapter = adapter

    def __torch_function__(self, func: Any, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        kwargs = {} if kwargs is None else kwargs
        if torch.compiler.is_compiling() or not self.adapter.sees(func):
            return func(*args, **kwargs)
        return self.adapter.run(func, args, kwargs)


class _Ops(TorchDispatchMode):
    """Hears of every op that one of these calls runs."""

    def __init__(self, adapter: TorchAdapter) -> None:
        super().__init__()
        self.adapter = adapter

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # it would import the compiler, which takes seconds; compiled code is not watched anyhow

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        return self.adapter.dispatch(func, args, {} if kwargs is None else kwargs)


def _modes() -> list[Any]:
    return torch.overrides._get_current_function_mode_stack()


def _is_in_function(frame: FrameType | None) -> bool:
    """Whether this runs inside the forward of a Function of the learner's, which the graph has as one node."""
    while frame is not None and frame.f_code is not _APPLY:
        frame = frame.f_back
    return frame is not None
