"""minigrad.autograd: backward, grad, the modes, and Variable.

Counterpart in PyTorch: torch/autograd/__init__.py.
"""

from ..engine import backward, grad
from ..eras import era
from ..mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from .variable import Variable

__all__ = [
    "Variable", "backward", "enable_grad", "era", "grad", "inference_mode", "no_grad", "set_grad_enabled",
]  # fmt: skip
