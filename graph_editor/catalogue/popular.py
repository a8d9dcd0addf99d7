"""What people reach for first, and by which other words: it decides between equal matches."""

from __future__ import annotations

POPULAR = (
    "nn.Linear", "nn.Conv2d", "nn.ReLU", "nn.MaxPool2d", "nn.BatchNorm2d", "nn.Dropout",
    "Tensor.flatten", "nn.CrossEntropyLoss", "optim.AdamW", "metric.accuracy", "op.add",
    "nn.LayerNorm", "nn.GELU", "nn.Embedding", "torch.cat", "nn.MultiheadAttention", "nn.LSTM",
    "nn.AdaptiveAvgPool2d", "nn.MSELoss", "nn.Softmax", "nn.Sigmoid", "nn.Tanh", "nn.SiLU",
    "lr_scheduler.CosineAnnealingLR", "optim.SGD", "optim.Adam", "nn.GRU", "nn.Conv1d",
    "nn.BatchNorm1d", "nn.TransformerEncoderLayer", "nn.GroupNorm", "nn.ConvTranspose2d",
    "Tensor.reshape", "Tensor.permute", "op.mul", "op.matmul", "torch.mean", "io.input",
    "io.output", "data.digits", "nn.Upsample", "nn.LeakyReLU", "lr_scheduler.OneCycleLR",
    "nn.BCEWithLogitsLoss", "nn.Flatten", "nn.MaxPool1d", "nn.AvgPool2d", "nn.Identity",
)  # fmt: skip
"""Specs in the order in which an empty search shows them."""
ALIASES: dict[str, tuple[str, ...]] = {
    "nn.Linear": ("dense", "fc", "fully connected", "perceptron", "projection"),
    "nn.Conv2d": ("convolution",),
    "nn.BatchNorm2d": ("bn", "batch normalization"),
    "nn.LayerNorm": ("ln", "layer normalization"),
    "nn.MultiheadAttention": ("mha", "self attention", "transformer"),
    "nn.CrossEntropyLoss": ("ce", "softmax loss", "nll", "classification loss"),
    "nn.BCEWithLogitsLoss": ("binary cross entropy",),
    "nn.MSELoss": ("l2", "mean squared error", "regression loss"),
    "nn.L1Loss": ("mae", "mean absolute error"),
    "nn.SiLU": ("swish",),
    "nn.AdaptiveAvgPool2d": ("gap", "global average pooling"),
    "nn.ConvTranspose2d": ("deconvolution", "deconv"),
    "nn.Upsample": ("resize", "interpolate"),
    "nn.Embedding": ("lookup", "tokens"),
    "op.add": ("residual", "skip connection", "sum", "plus", "+"),
    "op.sub": ("minus", "-"),
    "op.mul": ("times", "*"),
    "op.truediv": ("/",),
    "op.matmul": ("dot product", "@"),
    "torch.cat": ("concat", "join"),
    "Tensor.flatten": ("reshape to vector",),
    "optim.AdamW": ("optimizer",),
    "optim.SGD": ("gradient descent", "momentum"),
    "lr_scheduler.CosineAnnealingLR": ("schedule", "cosine decay"),
    "data.digits": ("mnist", "dataset", "images"),
    "metric.accuracy": ("metric",),
}
"""Other words for a spec, in small letters."""
CALLED_IN_TORCH: dict[str, tuple[str, ...]] = {
    "nn.BCELoss": ("f.binary_cross_entropy",),
    "nn.BCEWithLogitsLoss": ("f.binary_cross_entropy_with_logits",),
    "nn.KLDivLoss": ("f.kl_div",),
    "nn.TransformerEncoderLayer": ("nn.transformerencoder",),
    "nn.TransformerDecoderLayer": ("nn.transformerdecoder",),
    "Tensor.to": ("tensor.double", "tensor.half", "tensor.bfloat16", "tensor.int", "tensor.short",
                  "tensor.type"),
    "Tensor.float": ("tensor.float32",),
    "op.matmul": ("torch.matmul", "torch.mm"),
    "torch.cat": ("torch.concat", "torch.concatenate"),
}  # fmt: skip
"""Other names in torch of what a spec does, in small letters; a loss is found by its function."""
KIND_ORDER = ("block", "code", "nn", "op", "data", "io", "optim", "lr_scheduler", "metric", "torch",
              "Tensor", "transform", "param", "F", "buffer", "const")  # fmt: skip
"""Of specs that match alike, that of the earlier kind comes first."""
