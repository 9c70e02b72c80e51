"""device: where a tensor's memory is. There is one, the CPU.

Counterpart in PyTorch: torch/csrc/Device.cpp.
"""

from __future__ import annotations


class device:
    """`device("cpu")`. NotImplementedError for any other."""

    __slots__ = ("type",)
    index = None

    def __init__(self, type: str | device) -> None:
        if str(type) != "cpu":
            raise NotImplementedError(f"device {str(type)!r} is not supported: minigrad has only 'cpu'")
        self.type = "cpu"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device)

    def __hash__(self) -> int:
        return hash("cpu")

    def __repr__(self) -> str:
        return "device(type='cpu')"

    def __str__(self) -> str:
        return "cpu"
