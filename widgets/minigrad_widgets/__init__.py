"""The state of automatic differentiation, drawn while it happens.

live()         follows this notebook in a panel beside it, cell by cell
show(loss)     the graph that hangs from a tensor, here and now
record()       the same without a notebook: with record() as trace: ...; trace.to_html("lesson.html")
"""

from .live import live
from .record import record
from .show import show

__all__ = ["live", "show", "record"]
