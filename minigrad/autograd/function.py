"""Function and its ctx, under the name that PyTorch gives the module; the code is in minigrad/function.py."""

from ..function import *  # noqa: F403
from ..function import __all__ as __all__
