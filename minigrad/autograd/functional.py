"""Jacobians, hessians and products of these with vectors, under the name that PyTorch gives the module; the code is in minigrad/functional.py."""

from ..functional import *  # noqa: F403
from ..functional import __all__ as __all__
