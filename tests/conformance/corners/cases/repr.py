"""Printing."""


def numbers(T, observe):
    for name, v in {
        "0": [0.0],
        "-0": [-0.0],
        "1": [1.0],
        "10s": [10.0, 100.0, 1000.0],
        "99999": [99999.0],
        "100000": [100000.0],
        "1e5.5": [100000.5],
        "999999.5": [999999.5, 0.5],
        "1e8": [1e8],
        "1e8 1": [1e8, 1.0],
        "1e8 1.5": [1e8, 1.5],
        "1e-4": [1e-4],
        "9.9e-5": [9.9e-5],
        "1e-5": [1e-5, 1.0],
        "1000.5": [1000.5],
        "1001.5 and 1": [1001.5, 1.0],
        "1001 and 1.5": [1001.0, 1.5],
        "0.001 1": [0.001, 1.0],
        "0.0009 1": [0.0009, 1.0],
        "thirds": [1 / 3, 2 / 3, 1.0],
        "neg": [-1.5, 2.25, -300.0],
        "mixed nan": [1.5, float("nan"), -2.0],
        "whole nan": [1.0, float("nan")],
        "whole inf": [1.0, float("inf")],
        "all nan": [float("nan")] * 2,
        "inf -inf": [float("inf"), -float("inf")],
        "big nan": [1e10, float("nan")],
        "pi": [3.14159265358979],
        "rounding up": [9.99999],
        "rounding": [0.99999, 1.0],
        "99.99996": [99.99996],
        "tiny": [1e-38],
        "tiny 2": [1e-45],
        "max": [3.4e38],
        "zeros small": [0.0, 1e-6],
        "zeros": [0.0, 0.0],
        "zero half": [0.0, 0.5],
        "1e4": [12345.678],
        "1e-3": [0.00123],
        "int-like large": [16777216.0, 3.0],
        "123456789": [123456789.0],
    }.items():
        observe(name, repr(T.tensor(v)))
        observe(name + " f64", repr(T.tensor(v, dtype=T.float64)))
        if len(v) == 1:
            observe(name + " 0-d", repr(T.tensor(v[0])))
            observe(name + " format", f"{T.tensor(v[0])}")
    for v in ([1.0, 2.5], [65504.0], [1e-4], [0.1, 100.0], [float("inf")], [6e-8]):
        observe(f"f16 {v}", repr(T.tensor(v, dtype=T.float16)))


def integers(T, observe):
    for dtype in ("int64", "int32", "int16", "int8", "uint8", "bool"):
        d = getattr(T, dtype)
        observe(dtype, repr(T.tensor([1, 0, 100], dtype=d)))
        observe(dtype + " 0-d", repr(T.tensor(1, dtype=d)))
        observe(dtype + " empty", repr(T.zeros(0, dtype=d)))
        observe(dtype + " (2,0)", repr(T.zeros(2, 0, dtype=d)))
        observe(dtype + " matrix", repr(T.tensor([[1, 0], [10, 1]], dtype=d)))
    observe("negative", repr(T.tensor([-1, 10, -100])))
    observe("large", repr(T.tensor([2**62, -1])))
    observe("bools", repr(T.tensor([[True, False], [False, True]])))


def shapes(T, observe):
    for shape in (
        (),
        (1,),
        (1, 1),
        (2, 1),
        (1, 2),
        (2, 3),
        (2, 2, 2),
        (1, 1, 1),
        (2, 1, 2, 1),
        (3, 0),
        (0, 3),
        (0,),
        (0, 0),
        (2, 0, 2),
        (1, 1, 1, 1, 1),
    ):
        n = 1
        for s in shape:
            n *= s
        observe(f"{shape}", repr(T.arange(float(n)).reshape(shape)))
        observe(f"{shape} int", repr(T.arange(n).reshape(shape)))
        observe(f"{shape} tracked", repr(T.arange(float(n)).reshape(shape).requires_grad_()))
        observe(f"{shape} computed", repr(T.arange(float(n)).reshape(shape).requires_grad_() * 1))


def strides_do_not_matter(T, observe):
    x = T.arange(6.0).view(2, 3)
    observe("t", repr(x.t()))
    observe("slice", repr(x[:, ::2]))
    observe("expand", repr(T.ones(1).expand(3)))
    observe("select", repr(x[1]))
    observe("0-d view", repr(x[1, 1]))
    observe("flip", repr(x.flip(1)))


def suffixes(T, observe):
    x = T.ones(2, requires_grad=True)
    for name, t in {
        "leaf": x,
        "mul": x * 2,
        "view": x.view(2, 1),
        "t": x.view(2, 1).t(),
        "index": x[0],
        "slice": x[:1],
        "unbind": x.unbind()[1],
        "split": x.split(1)[0],
        "max": x.max(0)[0],
        "indices": x.max(0)[1],
        "clone": x.clone(),
        "f64": x.double(),
        "f16": x.half(),
        "sum": x.sum(),
        "copyslices": _written(T, x),
        "detach": (x * 2).detach(),
        "int": x.long(),
        "bool": x > 0,
        "softmax": x.softmax(0),
        "cat": T.cat([x, x]),
        "stack": T.stack([x, x]),
        "exp": x.exp(),
        "relu": x.relu(),
        "expand": x.expand(2, 2),
        "where": T.where(x > 0, x, x),
        "std": x.std(),
        "f64 leaf": T.ones(1, dtype=T.float64, requires_grad=True),
        "empty tracked": T.zeros(0, requires_grad=True),
        "empty computed": T.zeros(0, 2, requires_grad=True) * 1,
        "empty f64": T.zeros(0, dtype=T.float64),
    }.items():
        observe(name, repr(t))
        observe(name + " str", str(t) == repr(t))


def _written(T, x):
    h = x * 1
    h[0] = 5.0
    return h


def views_written(T, observe):
    x = T.ones(4, requires_grad=True)
    h = x * 1
    v = h[:2]
    h.mul_(2)
    observe("v", repr(v))
    with T.no_grad():
        w = h[2:]
    h.mul_(2)
    observe("w", repr(w))


def options(T, observe):
    x = T.tensor([1.123456789, 22.5, 333.25])
    for name, kw in {
        "precision 2": {"precision": 2},
        "precision 0": {"precision": 0},
        "precision 8": {"precision": 8},
        "sci": {"sci_mode": True},
        "no sci": {"sci_mode": False},
        "sci precision": {"sci_mode": True, "precision": 1},
        "linewidth": {"linewidth": 20},
        "threshold": {"threshold": 2},
        "edgeitems": {"edgeitems": 1, "threshold": 2},
        "short": {"profile": "short"},
        "full": {"profile": "full"},
        "default": {"profile": "default"},
    }.items():
        T.set_printoptions(profile="default")
        T.set_printoptions(sci_mode=None)
        T.set_printoptions(**kw)
        observe(name, repr(x))
        observe(name + " wide", repr(T.arange(8.0).view(2, 4) * 1000))
        observe(name + " scalar", repr(T.tensor(1.5)))
        observe(name + " ints", repr(T.arange(7)))
        observe(name + " small", repr(T.tensor([1e-6, 1.0])))
    T.set_printoptions(profile="default")
    T.set_printoptions(sci_mode=None)
    observe("after", repr(x))


def summarised(T, observe):
    observe("1-d", repr(T.arange(2000.0)))
    observe("ints", repr(T.arange(1001)))
    observe("2-d", repr(T.arange(2000.0).view(40, 50)))
    observe("wide", repr(T.arange(2000.0).view(2, 1000)))
    observe("tall", repr(T.arange(2000.0).view(1000, 2)))
    observe("3-d", repr(T.arange(2400.0).view(10, 12, 20)))
    observe("3-d thin", repr(T.arange(1200.0).view(2, 300, 2)))
    observe("4-d", repr(T.arange(1296.0).view(6, 6, 6, 6)))
    observe("7s", repr(T.zeros(7, 7, 30)))
    observe("bool", repr(T.zeros(1001, dtype=T.bool)))
    observe("tracked", repr(T.arange(2000.0, requires_grad=True)))
    observe("f64 computed", repr(T.arange(2000.0, dtype=T.float64, requires_grad=True) * 2))
    x = T.zeros(2000)
    x[1000] = 1e10
    observe("hidden large", repr(x))
    x[0] = 1e10
    observe("shown large", repr(x))
    T.set_printoptions(edgeitems=1)
    observe("edge 1", repr(T.arange(2000.0).view(40, 50)))
    T.set_printoptions(profile="default")


def wrapping(T, observe):
    for n in (9, 10, 13, 14, 16, 20):
        observe(f"{n}", repr(T.arange(float(n))))
        observe(f"{n} halves", repr(T.arange(float(n)) / 2))
        observe(f"{n} tracked", repr((T.arange(float(n)) / 2).requires_grad_()))
        observe(f"{n} computed", repr((T.arange(float(n)) / 2).requires_grad_() * 1))
        observe(f"{n} f64", repr(T.arange(n, dtype=T.float64) / 2))
        observe(f"{n} f64 computed", repr((T.arange(n, dtype=T.float64) / 2).requires_grad_() * 1))
    observe("rows", repr(T.arange(60.0).view(2, 30)))
    observe("3-d rows", repr(T.arange(60.0).view(2, 1, 30)))
    observe("ints", repr(T.arange(50)))
    observe("bools", repr(T.ones(30, dtype=T.bool)))
    observe("big ints", repr(T.arange(12) * 10**9))


def parameters(T, observe):
    P = T.nn.Parameter
    observe("vector", repr(P(T.tensor([1.0, 2.5]))))
    observe("0-d", repr(P(T.tensor(1.5))))
    observe("f64", repr(P(T.ones(1, dtype=T.float64))))
    observe("frozen", repr(P(T.ones(2), requires_grad=False)))
    observe("empty", repr(P(T.zeros(0))))
    observe("matrix", repr(P(T.ones(2, 2))))
    observe("int", repr(P(T.tensor([1]), requires_grad=False)))
    observe("in a list", repr([P(T.ones(1))]))
    observe("computed", repr(P(T.ones(1)) * 2))


def containers(T, observe):
    observe("list", repr([T.tensor(1.0), T.tensor([2, 3])]))
    observe("dict", repr({"a": T.tensor([1.0])}))
    observe("tuple", str((T.tensor(1),)))
    observe("max", repr(T.tensor([[1.0, 2.0]]).max(1)))
    observe("sort", repr(T.tensor([2.0, 1.0]).sort()))
    observe("topk", repr(T.tensor([2.0, 1.0]).topk(1)))
    observe("size", repr(T.ones(2, 3).size()))
    observe("size slice", repr(T.ones(2, 3).size()[:1]))
    observe("finfo", repr(T.finfo(T.float32)).replace("resolution=1e-06", "r"))
    observe("iinfo", repr(T.iinfo(T.int8)))
    observe("device", [repr(T.device("cpu")), str(T.device("cpu"))])
    observe(
        "dtypes",
        [
            repr(getattr(T, d))
            for d in ("float32", "float", "double", "half", "long", "int", "short", "uint8", "int8", "bool")
        ],
    )


def formats(T, observe):
    for spec in ("", ".3f", "10.2f", "e", "g", "+.1f", ">10", "d", ".2%", "s", "x", "08.3f"):
        for name, t in {
            "f": T.tensor(3.14159),
            "i": T.tensor(255),
            "b": T.tensor(True),
            "1-d": T.tensor([1.5]),
            "tracked": T.tensor(2.5, requires_grad=True),
        }.items():
            with observe.raises(f"{name} {spec!r}"):
                observe(f"{name} {spec!r} is", format(t, spec))
    observe("percent", "%.2f" % T.tensor(1.5))
    observe("percent d", "%d" % T.tensor(3))
    observe("percent s", "%s" % T.tensor([1.0]))
    observe("str.format", f"{T.tensor(1.5):.2f} {T.tensor([1, 2])}")
    observe("print", str(T.tensor([[1.0]])))
    observe("repr in f", f"{T.tensor([1.0])!r}")
    observe("width", f"{T.tensor([1.0])!s:>20}")


def modules(T, observe):
    nn = T.nn
    for name, m in {
        "Linear": nn.Linear(2, 3),
        "no bias": nn.Linear(2, 3, bias=False),
        "Sequential": nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1)),
        "nested": nn.Sequential(nn.Sequential(nn.Tanh()), nn.Sigmoid()),
        "empty": nn.Sequential(),
        "ModuleList": nn.ModuleList([nn.ReLU(), nn.ReLU()]),
        "ModuleDict": nn.ModuleDict({"a": nn.ReLU()}),
        "Conv2d": nn.Conv2d(1, 2, 3),
        "Conv2d opts": nn.Conv2d(1, 2, (3, 2), stride=2, padding=1, bias=False),
        "Conv1d": nn.Conv1d(1, 2, 3, dilation=2),
        "MaxPool2d": nn.MaxPool2d(2),
        "AvgPool2d": nn.AvgPool2d(2, 1),
        "Dropout": nn.Dropout(0.3),
        "BatchNorm1d": nn.BatchNorm1d(3),
        "BatchNorm2d": nn.BatchNorm2d(3, affine=False),
        "LayerNorm": nn.LayerNorm(3),
        "LayerNorm2": nn.LayerNorm((2, 3), eps=1e-3),
        "Embedding": nn.Embedding(3, 2),
        "Embedding pad": nn.Embedding(3, 2, padding_idx=0),
        "ReLU inplace": nn.ReLU(inplace=True),
        "LeakyReLU": nn.LeakyReLU(0.1),
        "Softmax": nn.Softmax(dim=1),
        "LogSoftmax": nn.LogSoftmax(1),
        "ELU": nn.ELU(),
        "GELU": nn.GELU(),
        "Flatten": nn.Flatten(),
        "MSELoss": nn.MSELoss(),
        "CE": nn.CrossEntropyLoss(),
        "Identity": nn.Identity(),
        "Softplus": nn.Softplus(),
        "SiLU": nn.SiLU(),
        "Hardtanh": nn.Hardtanh(),
        "ReLU6": nn.ReLU6(),
        "GLU": nn.GLU(),
        "PReLU": nn.PReLU(),
        "Threshold": nn.Threshold(0.1, 2),
        "ParameterList": nn.ParameterList([nn.Parameter(T.ones(2))]),
        "ParameterDict": nn.ParameterDict({"a": nn.Parameter(T.ones(2))}),
        "Unflatten": nn.Unflatten(1, (2, 1)),
        "AdaptiveAvgPool2d": nn.AdaptiveAvgPool2d(1),
        "GroupNorm": nn.GroupNorm(1, 2),
        "Bilinear": nn.Bilinear(1, 2, 3),
        "NLLLoss": nn.NLLLoss(),
        "BCE": nn.BCEWithLogitsLoss(),
        "L1": nn.L1Loss(),
        "Huber": nn.HuberLoss(),
        "SmoothL1": nn.SmoothL1Loss(),
        "Tanh": nn.Tanh(),
        "Softmin": nn.Softmin(0),
        "Hardswish": nn.Hardswish(),
        "Mish": nn.Mish(),
    }.items():
        observe(name, repr(m))

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(1, 1)
            self.p = nn.Parameter(T.ones(1))
            self.b = nn.Sequential(nn.ReLU())

        def extra_repr(self):
            return "extra=1"

    observe("own", repr(Net()))

    class Plain(nn.Module):
        pass

    observe("plain", repr(Plain()))


def optimizers(T, observe):
    p = T.nn.Parameter(T.ones(1))
    observe("SGD", repr(T.optim.SGD([p], lr=0.1)))
    observe("Adam", repr(T.optim.Adam([{"params": [p], "lr": 0.5}], lr=0.1)))
    observe("scheduler", type(T.optim.lr_scheduler.StepLR(T.optim.SGD([p], lr=0.1), 2)).__name__)


def a_tensor_of_a_subclass(T, observe):
    x = T.tensor([1.0, 2.0], dtype=T.float64).requires_grad_()
    observe("double default", repr(x))
    T.set_default_dtype(T.float64)
    observe("with float64 default", repr(x))
    observe("float32 then", repr(T.ones(1, dtype=T.float32)))
    observe("new", repr(T.tensor([1.5])))
    observe("empty", repr(T.zeros(0)))
    T.set_default_dtype(T.float32)
