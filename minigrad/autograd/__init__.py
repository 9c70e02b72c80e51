"""minigrad.autograd: backward, grad, the modes, and Variable.

Counterpart in PyTorch: torch/autograd/__init__.py.
"""

from . import anomaly_mode, function, functional, grad_mode, graph
from ..anomaly import detect_anomaly, set_detect_anomaly
from ..differentiate import backward, grad
from ..eras import era
from ..mode import enable_grad, inference_mode, no_grad, set_grad_enabled, set_multithreading_enabled
from ..function import Function
from ..gradcheck import GradcheckError, gradcheck, gradgradcheck
from ..graph import _unsafe_preserve_version_counter
from .variable import Variable

__all__ = [
    "Function", "GradcheckError", "Variable", "backward", "detect_anomaly", "enable_grad", "era", "function",
    "functional", "grad", "grad_mode", "gradcheck", "gradgradcheck", "graph", "inference_mode", "no_grad",
    "set_detect_anomaly", "set_grad_enabled", "set_multithreading_enabled",
]  # fmt: skip
