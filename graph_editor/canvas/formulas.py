"""What operations without arguments say of themselves."""

from __future__ import annotations

SIGNS = {
    "add": "a + b", "sub": "a − b", "mul": "a × b", "truediv": "a ÷ b", "floordiv": "a // b",
    "mod": "a mod b", "pow": "a ^ b", "matmul": "a @ b", "eq": "a = b", "ne": "a ≠ b",
    "lt": "a < b", "le": "a ≤ b", "gt": "a > b", "ge": "a ≥ b", "and": "a and b", "or": "a or b",
    "xor": "a xor b", "invert": "not x", "neg": "−x", "getitem": "x[index]",
    "setitem": "x[index] = value",
}  # fmt: skip
"""Operators by their name without ``op.``."""
UNARY = {
    "relu": "max(0, x)", "sigmoid": "σ(x)", "tanh": "tanh x", "abs": "|x|", "sqrt": "√x",
    "rsqrt": "1 / √x", "square": "x²", "exp": "eˣ", "log": "ln x", "log1p": "ln(1 + x)",
    "maximum": "max(a, b)", "minimum": "min(a, b)", "bmm": "a @ b", "outer": "a ⊗ b",
    "where": "if c: a, else b", "detach": "no gradient", "float": "to float32",
    "long": "to int64", "bool": "to bool", "contiguous": "copy in order",
}  # fmt: skip
MODULES = {
    "ReLU": "max(0, x)", "ReLU6": "max(0, x) ≤ 6", "Sigmoid": "σ(x)", "Tanh": "tanh x",
    "GELU": "x · Φ(x)", "SiLU": "x · σ(x)", "Mish": "x · tanh sp(x)", "Identity": "x",
    "LogSigmoid": "ln σ(x)", "Softsign": "x / (1 + |x|)", "Tanhshrink": "x − tanh x",
    "SELU": "scaled ELU", "Hardswish": "x · hard σ(x)", "Hardsigmoid": "hard σ(x)",
    "Softmax2d": "over channels", "ELU": "eˣ − 1 below 0", "CELU": "eˣ − 1 below 0",
    "Softplus": "ln(1 + eˣ)", "Hardtanh": "−1 ≤ x ≤ 1",
}  # fmt: skip
METRICS = {
    "accuracy": "top-1", "binary_accuracy": "logits above 0", "mae": "mean |a − b|",
    "mse": "mean (a − b)²", "rmse": "√ mean (a − b)²", "r2": "share explained",
}  # fmt: skip
FORMULAS: dict[str, str] = {
    **{f"op.{name}": text for name, text in SIGNS.items()},
    **{f"{kind}.{name}": text for name, text in UNARY.items() for kind in ("torch", "Tensor", "F")},
    **{f"nn.{name}": text for name, text in MODULES.items()},
    **{f"metric.{name}": text for name, text in METRICS.items()},
    "F.gelu": "x · Φ(x)",
    "F.silu": "x · σ(x)",
    "transform.standardize": "(x − mean) / std",
}
"""Spec -> its line."""
