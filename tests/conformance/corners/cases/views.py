"""Views and their bases."""


def _facts(t):
    return [list(t.shape), list(t.stride()), t.storage_offset(), t.is_contiguous(), t._is_view()]


def which_ops_are_views(T, observe):
    x = T.arange(24.0).view(2, 3, 4)
    for name, f in {
        "view": lambda x: x.view(6, 4),
        "view -1": lambda x: x.view(-1),
        "reshape": lambda x: x.reshape(4, 6),
        "reshape t": lambda x: x.transpose(0, 1).reshape(6, 4),
        "t": lambda x: x[0].t(),
        "T": lambda x: x[0].T,
        "mT": lambda x: x.mT,
        "permute": lambda x: x.permute(2, 0, 1),
        "transpose": lambda x: x.transpose(0, 2),
        "movedim": lambda x: x.movedim(0, 2),
        "unsqueeze": lambda x: x.unsqueeze(1),
        "unsqueeze -1": lambda x: x.unsqueeze(-1),
        "squeeze": lambda x: x[:1].squeeze(),
        "squeeze no": lambda x: x.squeeze(),
        "expand": lambda x: x[:1].expand(5, 3, 4),
        "expand same": lambda x: x.expand(2, 3, 4),
        "expand -1": lambda x: x[:1].expand(2, -1, -1),
        "select": lambda x: x.select(1, 2),
        "narrow": lambda x: x.narrow(2, 1, 2),
        "index": lambda x: x[1],
        "index neg": lambda x: x[-1, -2],
        "slice": lambda x: x[:, 1:],
        "step": lambda x: x[:, :, ::3],
        "ellipsis": lambda x: x[..., 0],
        "none": lambda x: x[None, :, None],
        "list": lambda x: x[[0]],
        "mask": lambda x: x[x > 5],
        "whole slice": lambda x: x[:],
        "diagonal": lambda x: x.diagonal(0, 1, 2),
        "unfold": lambda x: x.unfold(2, 2, 1),
        "chunk": lambda x: x.chunk(2, 1)[1],
        "split": lambda x: x.split([1, 2], 1)[1],
        "unbind": lambda x: x.unbind(2)[1],
        "flatten": lambda x: x.flatten(1),
        "flatten t": lambda x: x.transpose(1, 2).flatten(1),
        "unflatten": lambda x: x.unflatten(2, (2, 2)),
        "swapaxes": lambda x: x.swapaxes(0, 1),
        "detach": lambda x: x.detach(),
        "contiguous": lambda x: x.contiguous(),
        "t contiguous": lambda x: x.transpose(0, 1).contiguous(),
        "view_as": lambda x: x.view_as(T.zeros(24)),
        "as_strided": lambda x: x.as_strided((2, 2), (1, 3), 1),
        "broadcast_to": lambda x: T.broadcast_to(x[0], (2, 3, 4)),
        "atleast_2d": lambda x: T.atleast_2d(x[0, 0]),
        "ravel": lambda x: x.ravel(),
        "tensor_split": lambda x: x.tensor_split(2, 2)[0],
        "hsplit": lambda x: x.hsplit(3)[0],
        "clone": lambda x: x.clone(),
        "to": lambda x: x.to(T.float32),
        "float": lambda x: x.float(),
        "flip": lambda x: x.flip(0),
        "roll": lambda x: x.roll(1),
        "repeat": lambda x: x.repeat(1, 1, 1),
        "cat": lambda x: T.cat([x]),
        "sort": lambda x: x.sort()[0],
        "meshgrid": lambda x: T.meshgrid(x[0, 0], x[0, 0], indexing="ij")[0],
        "expand_as": lambda x: x[:1].expand_as(x),
        "view dtype": lambda x: x.view(T.int32),
        "moveaxis": lambda x: T.moveaxis(x, 0, -1),
        "rot90": lambda x: x[0].rot90(),
        "squeeze dims": lambda x: x[:1, :, :1].squeeze((0, 2)),
        "adjoint": lambda x: x.adjoint(),
        "data": lambda x: x.data,
        "index 0-d": lambda x: x[0, 0, 0],
        "empty slice": lambda x: x[2:],
        "int tensor": lambda x: x[T.tensor(1)],
        "bool": lambda x: x[True],
        "out of order": lambda x: x[:, [0], 1],
    }.items():
        with observe.raises(name):
            y = f(x)
            observe(name + " is", _facts(y))
            observe(name + " base", y._base is (x._base if x._base is not None else x))
            observe(name + " memory", y.data_ptr() == x.data_ptr())


def view_errors(T, observe):
    x = T.arange(6.0).view(2, 3)
    for name, f in {
        "view size": lambda: x.view(4),
        "view two -1": lambda: x.view(-1, -1),
        "view -1 bad": lambda: x.view(-1, 4),
        "view stride": lambda: x.t().view(6),
        "view negative": lambda: x.view(-2, 3),
        "view empty": lambda: x.view(),
        "view zero": lambda: T.zeros(0).view(-1, 0),
        "view tuple": lambda: x.view((3, 2)),
        "view list": lambda: x.view([3, 2]),
        "view float": lambda: x.view(2.0, 3),
        "reshape bad": lambda: x.reshape(5),
        "expand bad": lambda: x.expand(4, 3),
        "expand fewer": lambda: x.expand(3),
        "expand -1 new": lambda: x.expand(-1, 2, 3),
        "transpose dim": lambda: x.transpose(0, 2),
        "permute repeated": lambda: x.permute(0, 0),
        "permute few": lambda: x.permute(0),
        "permute dim": lambda: x.permute(0, 3),
        "squeeze dim": lambda: x.squeeze(3),
        "unsqueeze dim": lambda: x.unsqueeze(4),
        "select range": lambda: x.select(0, 5),
        "narrow length": lambda: x.narrow(0, 1, 3),
        "narrow neg": lambda: x.narrow(0, 0, -1),
        "t 3-d": lambda: x[None].t(),
        "as_strided": lambda: x.as_strided((3, 3), (3, 1)),
        "as_strided neg": lambda: x.as_strided((2,), (-1,)),
        "as_strided lens": lambda: x.as_strided((2,), (1, 1)),
        "diagonal same": lambda: x.diagonal(0, 0, 0),
        "unfold size": lambda: x.unfold(0, 5, 1),
        "unfold step": lambda: x.unfold(0, 1, 0),
        "split zero": lambda: x.split(0),
        "split sum": lambda: x.split([1, 2]),
        "chunk zero": lambda: x.chunk(0),
        "unbind 0-d": lambda: T.tensor(1.0).unbind(),
        "unflatten": lambda: x.unflatten(1, (2, 2)),
        "flatten order": lambda: x.flatten(1, 0),
        "view_as": lambda: x.view_as(T.zeros(4)),
        "movedim": lambda: x.movedim((0, 1), (0,)),
        "expand_as": lambda: x.expand_as(T.zeros(3, 3)),
        "narrow start": lambda: x.narrow(0, 3, 1),
        "mT 1-d": lambda: x[0].mT,
        "H 3-d": lambda: x[None].H,
        "index too many": lambda: x[0, 0, 0],
        "index range": lambda: x[2],
        "index float": lambda: x[1.0],
        "index str": lambda: x["a"],
        "slice neg step": lambda: x[::-1],
        "slice zero step": lambda: x[::0],
        "slice float": lambda: x[1.0:],
        "mask shape": lambda: x[T.tensor([True, False, True])],
        "list range": lambda: x[[5]],
        "float tensor": lambda: x[T.tensor([0.0])],
        "two ellipsis": lambda: x[..., ...],
        "broadcast lists": lambda: x[[0, 1], [0, 1, 2]],
    }.items():
        with observe.raises(name):
            observe(name + " gives", f())


def writes_through_views(T, observe):
    for name, f in {
        "add": lambda b: b[0].add_(10),
        "nested": lambda b: b[0][1:].mul_(0),
        "t": lambda b: b.t()[0].fill_(7),
        "view": lambda b: b.view(-1)[::2].neg_(),
        "diag": lambda b: b[:, :2].diagonal().zero_(),
        "expand": lambda b: b[0, :1].expand(1, 1).add_(5),
        "setitem": lambda b: b.__setitem__((slice(None), 1), T.tensor([8.0, 9.0])),
        "setitem list": lambda b: b.__setitem__(([0, 1], [1, 2]), 0.0),
        "iadd": lambda b: _iadd(b),
        "copy overlap": lambda b: b[0].copy_(b[1]),
        "masked": lambda b: b[1].masked_fill_(b[1] > 3, -1.0),
        "unsqueeze": lambda b: b.unsqueeze(0).add_(1),
        "swap": lambda b: _swap(T, b),
        "chunk": lambda b: b.chunk(2)[1].add_(100),
        "unbind": lambda b: b.unbind(1)[0].add_(100),
        "squeeze_": lambda b: b[:1].squeeze_(0).add_(2),
    }.items():
        x = T.arange(6.0).view(2, 3).clone().requires_grad_()
        b = x * 1
        with observe.raises(name):
            f(b)
        observe(name + " b", b)
        observe(name + " fn", b.grad_fn)
        observe(name + " version", b._version)
        (b * T.arange(6.0).view(2, 3)).sum().backward()
        observe(name + " grad", x.grad)


def _iadd(b):
    b[0] += b[1]


def _swap(T, b):
    first = b[0].clone()
    b[0] = b[1]
    b[1] = first


def views_follow_their_base(T, observe):
    x = T.ones(4, requires_grad=True)
    b = x * 2
    v = b[:2]
    w = v.view(2, 1)
    observe("before", [v.grad_fn, w.grad_fn])
    b.mul_(3)
    observe("after", [v.grad_fn, w.grad_fn])
    observe("next", [n and n.name() for n, _ in v.grad_fn.next_functions])
    w.add_(1)
    observe("w written", [b.grad_fn, v.grad_fn, w.grad_fn])
    (w * w).sum().backward()
    observe("grad", x.grad)
    observe("bases", [v._base is b, w._base is b])


def forbidden_writes(T, observe):
    x = T.ones(4, requires_grad=True)
    for name, f in {
        "leaf view": lambda: x[0].add_(1),
        "unbind": lambda: (x * 1).unbind()[0].add_(1),
        "split": lambda: (x * 1).split(2)[0].add_(1),
        "chunk": lambda: (x * 1).chunk(2)[0].mul_(2),
        "chunk of one": lambda: (x * 1).chunk(1)[0].mul_(2),
        "iter": lambda: next(iter(x * 1)).add_(1),
        "expanded": lambda: (x * 1).expand(2, 4).add_(1),
        "detached": lambda: (x * 1).detach().add_(1),
        "view of split": lambda: (x * 1).split(2)[0].view(2, 1).add_(1),
        "split of untracked": lambda: T.ones(4).split(2)[0].add_(1),
        "expanded untracked": lambda: T.ones(1).expand(3).add_(1),
        "overlap": lambda: _overlap(T),
        "int by float": lambda: T.ones(2, dtype=T.int64).add_(1.5),
        "shape": lambda: T.ones(2).add_(T.ones(3)),
        "shape grows": lambda: T.ones(1).add_(T.ones(3)),
        "setitem shape": lambda: T.ones(4).__setitem__(slice(0, 2), T.ones(3)),
        "setitem range": lambda: T.ones(4).__setitem__(5, 1.0),
        "setitem str": lambda: T.ones(4).__setitem__(0, "a"),
        "setitem none": lambda: T.ones(4).__setitem__(0, None),
        "setitem list value": lambda: T.ones(4).__setitem__(slice(0, 2), [1.0, 2.0]),
        "tensor_split": lambda: (x * 1).tensor_split(2)[0].add_(1),
        "backward of written split": lambda: _written_split(T, x),
    }.items():
        with observe.raises(name):
            f()


def _overlap(T):
    x = T.arange(4.0)
    x[1:].add_(x[:-1])


def _written_split(T, x):
    h = x * 1
    a, b = h.split(2)
    h.add_(1)
    a * 2


def size_objects(T, observe):
    s = T.ones(2, 3).size()
    observe("kind", [isinstance(s, tuple), type(s).__name__])
    observe("numel", s.numel())
    observe("index", [s[0], s[-1], s[:1], type(s[:1]).__name__])
    observe("eq", [s == (2, 3), s == [2, 3], s != (2,)])
    observe("add", type(s + (1,)).__name__)
    observe("mul", type(s * 2).__name__)
    observe("hash", hash(s) == hash((2, 3)))
    observe("unpack", list(s))
    observe("count", [s.count(2), s.index(3), len(s)])
    observe("made", [T.Size([1, 2]), T.Size(), T.Size((3,))])
    with observe.raises("assign", type_only=True):
        s[0] = 3
    observe("repr", repr(T.Size([1])))
