"""minigrad/functional.py, Jacobians, hessians and their products, under the name that PyTorch gives it."""

from ..functional import *  # noqa: F403
from ..functional import __all__ as __all__
