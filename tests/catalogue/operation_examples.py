"""A least legal use of every operation in the catalogue."""

from graph_editor.document.model import Hole, Name, Slice
from tests.catalogue.examples import Example, Mask, Whole, one

TWO = {"input": (2, 3), "other": (2, 3)}
UNARY = (
    "op.neg Tensor.flatten torch.flatten Tensor.squeeze Tensor.contiguous torch.mean torch.sum "
    "torch.prod torch.amax torch.amin torch.max torch.min torch.argmax torch.argmin torch.std "
    "torch.var torch.all torch.any torch.sigmoid torch.tanh F.relu "
    "torch.relu F.gelu F.silu F.softplus F.leaky_relu torch.exp torch.log torch.log1p torch.sqrt "
    "torch.rsqrt torch.square torch.abs torch.sign torch.sin torch.cos torch.erf torch.floor "
    "torch.ceil torch.round torch.isnan torch.sort torch.argsort torch.triu torch.tril "
    "torch.diagonal F.normalize F.dropout torch.zeros_like torch.ones_like torch.randn_like "
    "torch.rand_like torch.bernoulli Tensor.float Tensor.long Tensor.bool Tensor.detach"
)
BINARY = (
    "op.add op.sub op.mul op.truediv op.floordiv op.mod op.pow op.eq op.ne op.lt op.le op.gt op.ge "
    "torch.maximum torch.minimum Tensor.type_as"
)
LOGICAL = "op.and op.or op.xor"

OPERATIONS: dict[str, Example] = {name: one(2, 3) for name in UNARY.split()}
OPERATIONS |= {name: Example({}, TWO) for name in BINARY.split()}
OPERATIONS |= {
    name: Example({}, {"input": Mask((2, 3)), "other": Mask((2, 3))}) for name in LOGICAL.split()
}
OPERATIONS |= {
    "F.cosine_similarity": Example({}, {"x1": (2, 3), "x2": (2, 3)}),
    "F.embedding": Example({}, {"input": Whole(4, (2, 3)), "weight": (4, 5)}),
    "F.interpolate": one(2, 3, 4, 4, scale_factor=2.0),
    "F.linear": Example({}, {"input": (2, 3), "weight": (4, 3)}),
    "F.one_hot": Example({"num_classes": 4}, {"tensor": Whole(4, (3,))}),
    "F.pad": one(2, 3, pad=(1, 1)),
    "F.log_softmax": one(2, 3, dim=1),
    "F.softmax": one(2, 3, dim=1),
    "F.scaled_dot_product_attention": Example(
        {}, {"query": (2, 4, 3), "key": (2, 5, 3), "value": (2, 5, 3)}
    ),
    "Tensor.expand": one(2, 1, args=(2, 3)),
    "Tensor.masked_fill": Example({"value": 0.0}, {"input": (2, 3), "mask": Mask((2, 3))}),
    "Tensor.permute": one(2, 3, 4, args=(0, 2, 1)),
    "Tensor.repeat": one(2, 3, args=(1, 2)),
    "Tensor.reshape": one(2, 6, args=(2, -1, 3)),
    "Tensor.size": one(2, 3, dim=1),
    "Tensor.to": one(2, 3, dtype=Name("float64")),
    "Tensor.transpose": one(2, 3, dim0=0, dim1=1),
    "Tensor.unflatten": one(2, 6, dim=1, sizes=(2, 3)),
    "Tensor.unsqueeze": one(2, 3, dim=1),
    "Tensor.view": Example({"args": (Hole(), -1)}, {"input": (2, 6), "args[0]": 3}),
    "op.getitem": one(4, 3, index=(Slice(None, 2, None), 0)),
    "op.invert": Example({}, {"input": Mask((2, 3))}),
    "op.matmul": Example({}, {"input": (2, 3), "other": (3, 4)}),
    "op.setitem": Example({"index": 0, "value": 1.0}, {"input": (2, 3)}),
    "torch.arange": Example({"end": 4}),
    "torch.bmm": Example({}, {"input": (2, 3, 4), "mat2": (2, 4, 5)}),
    "torch.cat": Example({"dim": 1}, {"tensors[0]": (2, 3), "tensors[1]": (2, 4)}),
    "torch.chunk": one(2, 6, chunks=3, dim=1),
    "torch.clamp": one(2, 3, min=0.0, max=0.5),
    "torch.cumprod": one(2, 3, dim=1),
    "torch.cumsum": one(2, 3, dim=1),
    "torch.einsum": Example(
        {"args": ("ij,jk->ik", Hole(), Hole())}, {"args[1]": (2, 3), "args[2]": (3, 4)}
    ),
    "torch.eye": Example({"n": 3}),
    "torch.flip": one(2, 3, dims=(1,)),
    "torch.full": Example({"size": (2, 3), "fill_value": 0.5}),
    "torch.full_like": one(2, 3, fill_value=0.5),
    "torch.gather": Example({"dim": 1}, {"input": (2, 3), "index": Whole(3, (2, 2))}),
    "torch.index_select": Example({"dim": 1}, {"input": (2, 3), "index": Whole(3, (4,))}),
    "torch.lerp": Example({"weight": 0.5}, {"input": (2, 3), "end": (2, 3)}),
    "torch.linalg.vector_norm": Example({"dim": 1}, {"x": (2, 3)}),
    "torch.linspace": Example({"start": 0.0, "end": 1.0, "steps": 5}),
    "torch.logsumexp": one(2, 3, dim=1),
    "torch.movedim": one(2, 3, 4, source=1, destination=2),
    "torch.ones": Example({"size": (2, 3)}),
    "torch.outer": Example({}, {"input": (2,), "vec2": (3,)}),
    "torch.rand": Example({"size": (2, 3)}),
    "torch.randint": Example({"high": 4, "size": (2, 3)}),
    "torch.randn": Example({"size": (Hole(), 3)}, {"size[0]": 2}),
    "torch.repeat_interleave": one(2, 3, repeats=2, dim=1),
    "torch.roll": one(2, 3, shifts=1, dims=1),
    "torch.scatter": Example(
        {"dim": 1}, {"input": (2, 3), "index": Whole(3, (2, 2)), "src": (2, 2)}
    ),
    "torch.softmax": one(2, 3, dim=1),
    "torch.split": Example({"split_size_or_sections": 2, "outputs": 3}, {"tensor": (6, 2)}),
    "torch.stack": Example({}, {"tensors[0]": (2, 3), "tensors[1]": (2, 3)}),
    "torch.topk": one(2, 3, k=2),
    "torch.unbind": one(3, 2, outputs=3),
    "torch.where": Example({"other": 0.0}, {"condition": Mask((2, 3)), "input": (2, 3)}),
    "torch.zeros": Example({"size": (2, 3)}),
    "const.tensor": Example({"value": ((1, 2), (3, 4))}),
}
