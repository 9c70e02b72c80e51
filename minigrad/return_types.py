"""return_types: what ops with several outputs answer with: tuples whose items have names.

Counterpart in PyTorch: torch.return_types.

    >>> x.max(0)
    minigrad.return_types.max(
    values=tensor([3., 5.]),
    indices=tensor([1, 0]))
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any


class _Named(tuple):
    """A tuple with a name for each item."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()

    def __repr__(self) -> str:
        items = ",\n".join(f"{name}={item!r}" for name, item in zip(self._fields, self, strict=True))
        return f"minigrad.return_types.{type(self).__name__}(\n{items})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (tuple(self),)


def _named(name: str, *fields: str) -> type[_Named]:
    members = {field: property(itemgetter(i), doc=f"Item {i}.") for i, field in enumerate(fields)}
    made = type(name, (_Named,), {"__slots__": (), "_fields": fields, **members})
    made.__module__ = __name__
    return made


max = _named("max", "values", "indices")
min = _named("min", "values", "indices")
median = _named("median", "values", "indices")
nanmedian = _named("nanmedian", "values", "indices")
mode = _named("mode", "values", "indices")
kthvalue = _named("kthvalue", "values", "indices")
cummax = _named("cummax", "values", "indices")
cummin = _named("cummin", "values", "indices")
sort = _named("sort", "values", "indices")
topk = _named("topk", "values", "indices")
aminmax = _named("aminmax", "min", "max")
frexp = _named("frexp", "mantissa", "exponent")
