"""The text that a new set begins with: one exercise of each kind, ready to be built."""

TEMPLATE = """---
title: TITLE
lang: en
---

# TITLE

```{code-cell} python
from minigrad import tensor
```

## Predict

What has been counted at the end?

```{code-cell} python
:predict: {id: version, points: 1, choices: [0, 1, 2]}
a = tensor([1.0, 3.0], requires_grad=True)
b = a + 2
b[0] = {{ choice([10., 100.]) }}
b._version
```

```{hint} version
Which lines write into the memory of b?
```

## Build

Make `loss`, the sum of the squares of `b`; write each square as a product.

```{code-cell} python
:exercise: {id: squares, points: 1}
a = tensor([1.0, 3.0], requires_grad=True)
b = a + 2
### BEGIN SOLUTION
loss = (b * b).sum()
### END SOLUTION
```

```{code-cell} python
:check: {for: squares}
assert graph_of(loss).matches("sum(mul(b, b))")
### BEGIN HIDDEN TESTS
assert same(gradients(loss, a=a)["a"], [6.0, 10.0])
### END HIDDEN TESTS
```

```{wrong} squares
loss = (b + b).sum()
```
"""
