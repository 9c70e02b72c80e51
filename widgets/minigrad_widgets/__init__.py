"""The state of automatic differentiation, drawn while it happens.

live()         follows this notebook in a panel beside it, cell by cell
show(loss)     the graph that hangs from a tensor, here and now
"""

from .live import live
from .show import show

__all__ = ["live", "show"]
