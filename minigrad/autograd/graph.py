"""minigrad/graph.py, hooks on saved tensors and edges, under the name that PyTorch gives it."""

from ..graph import *  # noqa: F403
from ..graph import __all__ as __all__
