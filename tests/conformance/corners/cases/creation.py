"""Making tensors."""

from array import array
from decimal import Decimal
from fractions import Fraction

import numpy as np


def from_python(T, observe):
    for name, v in {
        "int": 3,
        "float": 1.5,
        "bool": True,
        "list": [1, 2],
        "floats": [1.0, 2.0],
        "mixed": [1, 2.5],
        "bools": [True, False],
        "bool int": [True, 2],
        "bool float": [True, 2.5],
        "nested": [[1, 2], [3, 4]],
        "tuple": (1, 2),
        "tuple of lists": ([1, 2], [3, 4]),
        "nested empty": [[], []],
        "deep empty": [[[]]],
        "range": range(3),
        "negative": [-1],
        "large": [2**40],
        "nan": [float("nan")],
        "inf": float("inf"),
        "np float64": np.float64(1.5),
        "np float32": np.float32(1.5),
        "np int32": np.int32(3),
        "np bool": np.bool_(True),
        "np array": np.array([1.0, 2.0]),
        "np f32": np.array([1.0], dtype=np.float32),
        "np ints": np.array([1, 2]),
        "np int8": np.array([1], dtype=np.int8),
        "np list": [np.array([1.0, 2.0]), np.array([3.0, 4.0])],
        "np scalars": [np.float32(1), np.float32(2)],
        "np 0-d": np.array(2.5),
        "np bools": np.array([True]),
        "list of np ints": [np.int64(1), 2],
        "list of 0-d": [T.tensor(1.0), T.tensor(2.0)],
        "list of 1-elem": [T.tensor([1.0]), T.tensor([2.0])],
        "tensor and number": [T.tensor(1.0), 2],
        "int tensors": [T.tensor(1), T.tensor(2)],
        "ints and float tensor": [T.tensor(1), T.tensor(2.5)],
        "string": "abc",
        "none": None,
        "list with none": [1, None],
        "list with str": [1, "a"],
        "ragged": [[1, 2], [3]],
        "ragged deep": [[1], [[2]]],
        "ragged scalar": [[1, 2], 3],
        "scalar first": [3, [1, 2]],
        "ragged empty": [[], [1]],
        "dict": {},
        "dict full": {1: 2},
        "set": {1, 2},
        "generator": (i for i in [1, 2]),
        "too large": 2**63,
        "too large list": [2**64],
        "object array": np.array([None]),
        "string array": np.array(["a"]),
        "bytes": b"ab",
        "tensor": T.tensor([1.0, 2.0]),
        "list of vectors": [T.tensor([1.0, 2.0]), T.tensor([3.0, 4.0])],
        "type": int,
        "neg strides": np.array([1.0, 2.0])[::-1],
        "f order": np.asfortranarray(np.ones((2, 3))),
        "bytearray": bytearray(b"ab"),
        "array": array("f", [1.0, 2.0]),
        "decimal": Decimal("1.5"),
        "fraction": Fraction(1, 2),
        "memoryview": memoryview(b"ab"),
    }.items():
        with observe.warns(name + " warns"):
            with observe.raises(
                name,
                type_only=name
                in ("dict full", "set", "generator", "complex", "type", "bytearray", "memoryview", "bytes"),
            ):
                t = T.tensor(v)
                observe(name + " is", t)


def dtype_argument(T, observe):
    for name, (v, d) in {
        "float to int": ([1.9, -1.9], "int64"),
        "int to float": ([1, 2], "float32"),
        "to bool": ([0.0, 0.5, 2.0], "bool"),
        "to uint8": ([1, 255], "uint8"),
        "overflow": ([300], "uint8"),
        "negative uint8": ([-1], "uint8"),
        "nan to int": ([1.0], "int32"),
        "to half": ([1.5, 70000.0], "float16"),
        "big float": ([1e300], "float32"),
        "bool to int": ([True], "int8"),
        "overflow int8": ([200], "int8"),
        "f64": (1.1, "float64"),
        "float to uint8": ([1.5], "uint8"),
        "float to bool": (0.1, "bool"),
    }.items():
        with observe.raises(name):
            observe(name + " is", T.tensor(v, dtype=getattr(T, d)))
    with observe.raises("python float", type_only=True):
        observe("python float is", T.tensor([1], dtype=float))
    with observe.raises("string", type_only=True):
        T.tensor([1], dtype="float32")
    with observe.raises("positional", type_only=True):
        T.tensor([1], T.float32)
    with observe.raises("unknown", type_only=True):
        T.tensor([1], foo=1)
    with observe.raises("no data", type_only=True):
        T.tensor()
    observe("device", T.tensor([1], device="cpu"))
    observe("keyword data", T.tensor(data=[1]))


def copies_or_shares(T, observe):
    a = np.array([1.0, 2.0, 3.0])
    for name, f in {
        "tensor": T.tensor,
        "as_tensor": T.as_tensor,
        "from_numpy": T.from_numpy,
        "asarray": T.asarray,
        "as_tensor f32": lambda a: T.as_tensor(a, dtype=T.float32),
        "as_tensor f64": lambda a: T.as_tensor(a, dtype=T.float64),
        "asarray copy": lambda a: T.asarray(a, copy=True),
        "asarray f32": lambda a: T.asarray(a, dtype=T.float32),
        "Tensor": T.Tensor,
        "asarray no copy": lambda a: T.asarray(a, copy=False),
    }.items():
        with observe.raises(name):
            a[0] = 1.0
            t = f(a)
            a[0] = 9.0
            observe(name + " is", t)
    t = T.tensor([1.0], requires_grad=True)
    observe("as_tensor same", T.as_tensor(t) is t)
    observe("asarray same", T.asarray(t) is t)
    observe("as_tensor dtype", T.as_tensor(t, dtype=T.float64))
    with observe.warns("tensor of tensor"):
        observe("tensor of tensor is", T.tensor(t))
    observe("as_tensor list", T.as_tensor([1, 2]))
    observe("as_tensor number", T.as_tensor(2.5))
    with observe.raises("asarray copy false of list"):
        observe("gives", T.asarray([1.0], copy=False))


def from_numpy(T, observe):
    for name, a in {
        "f64": np.array([1.0]),
        "f16": np.array([1.0], dtype=np.float16),
        "int": np.array([1]),
        "uint8": np.array([1], dtype=np.uint8),
        "bool": np.array([True]),
        "0-d": np.array(1.0),
        "t": np.arange(6.0).reshape(2, 3).T,
        "slice": np.arange(6.0)[::2],
        "neg": np.arange(3.0)[::-1],
        "str": np.array(["a"]),
        "object": np.array([1, None]),
        "big endian": np.array([1.0], dtype=">f8"),
        "scalar": np.float64(1.0),
        "list": [1.0],
        "broadcast": np.broadcast_to(np.ones(1), (3,)),
        "structured": np.zeros(1, dtype=[("a", float)]),
        "longdouble": np.array([1.0], dtype=np.longdouble),
        "datetime": np.array(["2020-01-01"], dtype="datetime64[D]"),
    }.items():
        with observe.warns(name + " warns"):
            with observe.raises(name, type_only=name in ("uint16", "uint64", "complex", "longdouble")):
                t = T.from_numpy(a)
                if name not in ("uint16", "uint64", "complex"):
                    observe(name + " is", t)
                    observe(name + " stride", list(t.stride()))
    a = np.ones(2)
    a.flags.writeable = False
    with observe.warns("read only tensor"):
        T.tensor(a)
    with observe.raises("requires grad"):
        t = T.from_numpy(np.ones(2)).requires_grad_()
        observe("tracked", t)
    a = np.ones(3)
    t = T.from_numpy(a)
    t.add_(1)
    observe("through", a)
    a += 1
    observe("back", t)
    observe("version", t._version)
    observe("round trip", t.numpy() is a)
    observe("shares", np.shares_memory(t.numpy(), a))


def sizes(T, observe):
    for name, args in {
        "ints": (2, 3),
        "tuple": ((2, 3),),
        "list": ([2, 3],),
        "none": (),
        "empty tuple": ((),),
        "one": (3,),
        "zero": (0,),
        "Size": (T.Size([2]),),
        "negative": (-1,),
        "float": (2.0,),
        "string": ("2",),
        "tensor": (T.tensor(2),),
        "tensor size": (T.tensor([2, 3]),),
        "mixed": (2, (3,)),
        "bool": (True,),
        "None": (None,),
        "np": (np.int64(2),),
    }.items():
        for f in ("zeros", "ones", "empty", "rand"):
            with observe.raises(f"{f} {name}", type_only=True):
                observe(
                    f"{f} {name} shape",
                    getattr(T, f)(*args).shape,
                )


def options(T, observe):
    observe("zeros", T.zeros(2, dtype=T.int32))
    observe("ones", T.ones((2,), dtype=T.bool))
    observe("full", T.full((2,), 3))
    observe("full float", T.full((2,), 3.5))
    observe("full bool", T.full((2,), True))
    observe("full dtype", T.full((2,), 3, dtype=T.float64))
    observe("full rg", T.full((2,), 3.0, requires_grad=True))
    with observe.raises("full int", type_only=True):
        T.full(2, 3)
    observe("full tensor", T.full((2,), T.tensor(3.0)))
    observe("eye", T.eye(2, 3))
    observe("eye int", T.eye(2, dtype=T.int64))
    with observe.raises("eye neg"):
        T.eye(-1)
    x = T.ones(2, dtype=T.float64, requires_grad=True)
    for f in ("zeros_like", "ones_like", "empty_like", "rand_like", "randn_like"):
        t = getattr(T, f)(x)
        observe(f, [str(t.dtype), t.requires_grad, list(t.shape)])
        t = getattr(T, f)(x, dtype=T.float32, requires_grad=True)
        observe(f + " opts", [str(t.dtype), t.requires_grad])
    observe("full_like", T.full_like(x, 7))
    observe("full_like int", T.full_like(T.ones(2, dtype=T.int64), 7.9))
    observe("new_zeros", x.new_zeros(2, 2))
    observe("new_full", x.new_full((2,), 5))
    observe("new_tensor", x.new_tensor([1, 2]))
    observe("new_empty", x.new_empty(3).shape)
    observe("scalar_tensor", T.scalar_tensor(3))
    with observe.raises("like of a list", type_only=True):
        T.zeros_like([1.0])
    observe("strides like", list(T.zeros_like(T.ones(2, 3).t()).stride()))
    observe("complex of none", T.empty(0).shape)
    observe("zeros names", T.zeros(size=(2,)))
    observe("tril_indices", T.tril_indices(2, 2))
    observe("default", T.get_default_dtype())
    T.set_default_dtype(T.float64)
    observe(
        "under f64",
        [
            T.ones(1).dtype,
            T.tensor(1.0).dtype,
            T.tensor([1]).dtype,
            T.arange(2.0).dtype,
            T.full((1,), 1.0).dtype,
            T.rand(1).dtype,
            T.linspace(0, 1, 2).dtype,
        ],
    )
    observe("mixed f64", (T.tensor([1]) / 2).dtype)
    T.set_default_dtype(T.float32)
    with observe.raises("default int"):
        T.set_default_dtype(T.int64)
    with observe.raises("default type", type_only=True):
        T.set_default_dtype("float64")


def ranges(T, observe):
    for name, args in {
        "3": (3,),
        "3.0": (3.0,),
        "1 4": (1, 4),
        "0 1 0.3": (0, 1, 0.3),
        "5 0 -2": (5, 0, -2),
        "neg": (-3,),
        "0": (0,),
        "0.5 3": (0.5, 3),
        "1 1": (1, 1),
        "bool": (True,),
        "tensor": (T.tensor(3),),
        "big": (0, 10, 3),
        "1 0": (1, 0),
        "step 0": (0, 1, 0),
        "inf": (float("inf"),),
        "nan": (float("nan"),),
        "string": ("3",),
        "none": (),
        "four": (1, 2, 3, 4),
        "float int": (1, 3.5),
        "0.1": (0, 0.5, 0.1),
    }.items():
        with observe.raises("arange " + name, type_only=name in ("string", "none", "four")):
            observe("arange " + name + " is", T.arange(*args))
    observe("arange dtype", T.arange(3, dtype=T.float64))
    observe("arange int of float", T.arange(0.5, 3, dtype=T.int64))
    observe("arange kw", T.arange(start=1, end=7, step=2))
    observe("arange rg", T.arange(3.0, requires_grad=True))
    for name, args in {
        "0 1 5": (0, 1, 5),
        "ints": (0, 10, 3),
        "one": (2, 5, 1),
        "zero": (2, 5, 0),
        "down": (1, -1, 3),
        "same": (2, 2, 3),
        "tensors": (T.tensor(0.0), T.tensor(1.0), 3),
        "negative": (0, 1, -1),
        "float steps": (0, 1, 2.0),
    }.items():
        with observe.raises("linspace " + name, type_only=name == "float steps"):
            observe("linspace " + name + " is", T.linspace(*args))
    observe("linspace int", T.linspace(0, 10, 4, dtype=T.int64))
    observe("logspace", T.logspace(0, 2, 3))
    observe("logspace base", T.logspace(0, 2, 3, base=2))
    observe("range", T.arange(0, 1, 0.25))


def legacy(T, observe):
    observe("Tensor list", T.Tensor([1, 2]))
    observe("Tensor size", T.Tensor(2, 3).shape)
    observe("Tensor empty", T.Tensor())
    observe("FloatTensor", T.FloatTensor([1, 2]))
    observe("LongTensor", T.LongTensor([1, 2]))
    observe("isinstance", [isinstance(T.ones(1), T.FloatTensor), isinstance(T.ones(1).long(), T.FloatTensor)])
    with observe.raises("Tensor rg", type_only=True):
        T.Tensor([1.0], requires_grad=True)
    observe("is_tensor", [T.is_tensor(T.ones(1)), T.is_tensor(1)])


def seeds(T, observe):
    T.manual_seed(0)
    a = T.rand(3)
    T.manual_seed(0)
    b = T.rand(3)
    observe("same", bool((a == b).all()))
    observe("shape", T.randn(2, 3).shape)
    observe("randint", [T.randint(5, (3,)).dtype, T.randint(2, 5, (3,)).shape])
    observe("perm", sorted(T.randperm(5).tolist()))
    observe("range", [bool((T.rand(100) >= 0).all()), bool((T.rand(100) < 1).all())])
    observe("normal", T.normal(0.0, 1.0, (2,)).shape)
    observe("normal tensors", T.normal(T.zeros(3), T.ones(3)).shape)
    with observe.raises("randint empty"):
        T.randint(5, 5, (2,))
    with observe.raises("normal negative"):
        T.normal(0.0, -1.0, (2,))
    observe("bernoulli", T.bernoulli(T.tensor([0.0, 1.0])))
    with observe.raises("bernoulli bad"):
        T.bernoulli(T.tensor([2.0]))
    observe("seed", isinstance(T.initial_seed(), int))
    observe("multinomial", T.multinomial(T.tensor([0.0, 1.0]), 3, replacement=True))
