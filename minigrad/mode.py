"""The state of the moment: is autograd recording, and does anybody watch?

Counterpart in PyTorch: c10/core/GradMode.h, c10/core/InferenceMode.h and torch/autograd/grad_mode.py.
Grad mode belongs to a thread; the observer and the count of special contexts to the process.
"""

from __future__ import annotations

import functools
import inspect
import threading
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

if TYPE_CHECKING:
    from .events import Observer


F = TypeVar("F", bound=Callable[..., Any])  # a decorator gives back what it took


class _ThreadState(threading.local):
    grad = True  # do ops record nodes? (`enabled`, and not in inference mode)
    enabled = True  # grad mode, as set
    inference = False
    quiet = False  # inside a backward whose formulas are not to be reported
    saved_hooks: tuple[Any, ...] = ()  # the stack of saved_tensors_hooks
    hooks_disabled: str | None = None  # what to say to whoever opens saved_tensors_hooks
    run: Any = None  # the backward that is going on
    tape: Any = None  # where ops note themselves while a static graph is defined
    evaluating: Any = None  # in anomaly mode: the node that is running


local = _ThreadState()

# The hot path reads these two, as attributes of this module, and nothing else of what follows.
observer: Observer | None = None
special = 0  # how many contexts are open, or tensors alive, that only the general path of an op understands
_lock = threading.RLock()  # the end of a tensor may close one while another is being opened

anomaly = False  # anomaly mode (anomaly.py), and whether it looks for nan
check_nan = True


def open_special() -> None:
    """Count a context that only the general path of an op understands."""
    global special
    with _lock:
        special += 1


def close_special() -> None:
    """Such a context is over."""
    global special
    with _lock:
        special -= 1


era = "2.13"  # whose rules for in-place writes apply; see `eras.py`


def is_grad_enabled() -> bool:
    """Whether grad mode is on in this thread: outside of inference mode ops are recorded then."""
    return local.enabled


def set_grad(on: bool) -> None:
    """Switch grad mode. In inference mode nothing is recorded all the same."""
    local.enabled = on
    local.grad = on and not local.inference


def is_inference_mode_enabled() -> bool:
    """Whether inference mode is on in this thread."""
    return local.inference


class _Context:
    """A context manager that also decorates functions and generators, as torch's modes do.

    Subclasses set the mode in `__enter__`; whatever state they found is put back in `__exit__`.
    """

    def __enter__(self) -> None:
        raise NotImplementedError

    def __exit__(self, *error: object) -> None:
        raise NotImplementedError

    def clone(self) -> _Context:
        return type(self)()

    def __call__(self, function: F) -> F:
        if inspect.isclass(function):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. You should only "
                "decorate functions or methods: what this gives is a function that makes an instance, under "
                "the mode.",
                FutureWarning,
                stacklevel=2,
            )
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def generate(*args: Any, **kwargs: Any) -> Any:
                # The mode holds while the generator runs, not while it waits for its consumer.
                generator = function(*args, **kwargs)
                resume, value = generator.send, None
                while True:
                    try:
                        with self.clone():
                            item = resume(value)
                    except StopIteration as stop:
                        return stop.value
                    try:
                        resume, value = generator.send, (yield item)
                    except GeneratorExit:
                        with self.clone():
                            generator.close()
                        raise
                    except BaseException as error:
                        resume, value = generator.throw, error

            return generate  # type: ignore[return-value]

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return call  # type: ignore[return-value]


class _GradMode(_Context):
    on: bool

    @overload
    def __new__(cls, function: None = None) -> Self: ...

    @overload
    def __new__(cls, function: F) -> F: ...  # type: ignore[misc]

    def __new__(cls, function: Any = None) -> Any:
        # `@no_grad` without parentheses decorates at once.
        return super().__new__(cls) if function is None else super().__new__(cls)(function)

    def __enter__(self) -> None:
        self._before = local.enabled
        set_grad(self.on)

    def __exit__(self, *error: object) -> None:
        set_grad(self._before)


class no_grad(_GradMode):
    """Context in which no op is recorded: results do not require grad. Also a decorator."""

    on = False


class enable_grad(_GradMode):
    """Context in which ops are recorded again, inside `no_grad`. Also a decorator."""

    on = True


class set_grad_enabled(_Context):
    """Set grad mode to `mode`: at once as a function call, until the end of the block in `with`."""

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(
                "set_grad_enabled(): argument 'enabled' (position 1) must be bool, not " + type(mode).__name__
            )
        self._before = local.enabled
        self._mode = mode
        self.__enter__()

    def clone(self) -> set_grad_enabled:
        return set_grad_enabled(self._mode)

    def __call__(self, function: F) -> F:
        set_grad(self._before)  # as a decorator it changes nothing where it is written
        return super().__call__(function)

    def __enter__(self) -> None:
        set_grad(self._mode)

    def __exit__(self, *error: object) -> None:
        set_grad(self._before)


class set_multithreading_enabled(_Context):
    """Accepted so that code written for PyTorch runs: backward has but one thread, the one that called it."""

    def __init__(self, mode: bool) -> None:
        self._mode = mode

    def clone(self) -> set_multithreading_enabled:
        return set_multithreading_enabled(self._mode)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


class inference_mode(_Context):
    """Like `no_grad`, and its results can never enter a graph. Also a decorator.

    Inside, `enable_grad` records nothing. `inference_mode(False)` ends it for a block, and with it any
    no_grad.
    """

    @overload
    def __new__(cls, mode: bool = True) -> Self: ...

    @overload
    def __new__(cls, mode: F) -> F: ...  # type: ignore[misc]

    def __new__(cls, mode: Any = True) -> Any:
        return super().__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        self._mode = mode

    def clone(self) -> inference_mode:
        return inference_mode(self._mode)

    def __enter__(self) -> None:
        open_special()
        self._before = local.enabled, local.inference
        local.inference = self._mode
        set_grad(not self._mode)

    def __exit__(self, *error: object) -> None:
        close_special()
        enabled, local.inference = self._before
        set_grad(enabled)
