"""Hooks on saved tensors, and edges, under the name that PyTorch gives the module; it is all in minigrad/graph.py."""

from ..graph import *  # noqa: F403
from ..graph import __all__ as __all__
