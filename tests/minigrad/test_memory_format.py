"""Memory formats, and bytes read as another dtype."""

from __future__ import annotations

import copy

import pytest

import minigrad as mg

LAST = mg.channels_last
PLAIN, TURNED = (
    (60, 20, 5, 1),
    (60, 1, 15, 3),
)  # the strides of an image in row-major order, and channels last


def image() -> mg.Tensor:
    return mg.arange(120.0).reshape(2, 3, 4, 5)


def test_copies_lie_in_the_format_asked_for() -> None:
    x, turned = image(), image().contiguous(memory_format=LAST)
    assert turned.stride() == TURNED
    assert turned.tolist() == x.tolist()
    assert turned.is_contiguous(memory_format=LAST)
    assert not turned.is_contiguous()
    assert turned.contiguous(memory_format=LAST) is turned
    assert turned.clone().stride() == TURNED
    assert turned.clone(memory_format=mg.contiguous_format).stride() == PLAIN
    assert x.clone(memory_format=mg.preserve_format).stride() == PLAIN
    assert x.to(mg.float64, memory_format=LAST).stride() == TURNED
    assert x.to(memory_format=mg.preserve_format) is x
    assert mg.zeros_like(x, memory_format=LAST).stride() == TURNED
    assert mg.rand_like(turned, memory_format=mg.contiguous_format).stride() == PLAIN
    assert mg.ones(2, 3, 4, 5, 6).clone(memory_format=mg.channels_last_3d).stride() == (360, 1, 90, 18, 3)


def test_gradients_go_through_a_copy_in_a_format() -> None:
    x = image().requires_grad_()
    y = x.clone(memory_format=LAST)
    assert y.grad_fn.name() == "CloneBackward0"
    y.sum().backward()
    assert x.grad.sum().item() == 120


def test_joined_tensors_keep_a_format_that_all_have() -> None:
    x, turned = image(), image().contiguous(memory_format=LAST)
    assert mg.cat([turned, turned], 1).stride() == (120, 1, 30, 6)
    assert mg.stack([turned, turned], 1).stride() == (120, 3, 1, 30, 6)
    assert mg.cat([turned, x], 1).stride() == (120, 20, 5, 1)


def test_what_a_format_does_not_fit() -> None:
    with pytest.raises(RuntimeError, match=r"^required rank 4 tensor to use channels_last format"):
        mg.ones(2, 3).contiguous(memory_format=LAST)
    with pytest.raises(
        TypeError, match=r"^clone\(\): argument 'memory_format' must be minigrad.memory_format"
    ):
        image().clone(memory_format="channels_last")  # type: ignore[arg-type]
    with pytest.raises(
        RuntimeError, match=r"^preserve memory format is unsupported by the contiguous operator"
    ):
        image().transpose(0, 1).contiguous(memory_format=mg.preserve_format)


def test_a_format_is_one_object() -> None:
    assert repr(LAST) == "minigrad.channels_last"
    assert isinstance(LAST, mg.memory_format)
    assert copy.deepcopy(LAST) is LAST


def test_bytes_read_as_another_dtype() -> None:
    x = mg.tensor([[0.0, 1.0], [2.0, -1.0]])
    bits = x.view(mg.int32)
    assert bits.tolist() == [[0, 1065353216], [1073741824, -1082130432]]
    assert x.view(dtype=mg.uint8).shape == (2, 8)
    assert x.t().view(mg.int32).stride() == (1, 2)
    assert x.view(mg.uint8)[:, 4:].view(mg.float32).tolist() == [[1.0], [-1.0]]
    bits[0, 0] = 1065353216
    assert x.tolist() == [[1.0, 1.0], [2.0, -1.0]]
    assert x._version == bits._version == 1


def test_bits_have_no_gradient() -> None:
    x = mg.ones(2, requires_grad=True) * 1
    for dtype in (mg.int32, mg.float16, mg.float32):
        bits = x.view(dtype)
        assert not bits.requires_grad
        assert bits._base is None
        assert bits.is_leaf


@pytest.mark.parametrize(
    ("x", "dtype", "words"),
    [
        (mg.tensor(1.0), mg.uint8, "self.dim() cannot be 0 to view Float as Byte (different element sizes)"),
        (mg.ones(2, 3), mg.float64, "self.size(-1) must be divisible by 2 to view Float as Double"),
        (mg.ones(2, 3).t(), mg.uint8, "self.stride(-1) must be 1 to view Float as Byte"),
        (
            mg.ones(2, 3)[:, 1:],
            mg.float64,
            "self.storage_offset() must be divisible by 2 to view Float as Double",
        ),
        (mg.ones(2, 3)[:, :2], mg.float64, "self.stride(0) must be divisible by 2 to view Float as Double"),
    ],
)
def test_bytes_that_do_not_come_out_even(x: mg.Tensor, dtype: mg.dtype, words: str) -> None:
    with pytest.raises(RuntimeError) as caught:
        x.view(dtype)
    assert str(caught.value).startswith(words)


def test_a_shape_and_a_dtype_are_two_views() -> None:
    with pytest.raises(
        TypeError,
        match=r"^view\(\) received an invalid combination of arguments - got \(minigrad.dtype, int\)",
    ):
        mg.ones(2).view(mg.int32, 2)
