"""The modes, under the name that PyTorch gives the module; the code is in minigrad/mode.py."""

from ..mode import enable_grad, inference_mode, no_grad, set_grad_enabled, set_multithreading_enabled

__all__ = ["enable_grad", "inference_mode", "no_grad", "set_grad_enabled", "set_multithreading_enabled"]
