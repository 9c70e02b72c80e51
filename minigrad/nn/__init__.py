"""minigrad.nn: parameters."""

from .parameter import Parameter

__all__ = ["Parameter"]
