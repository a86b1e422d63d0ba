"""What DoRA computes, recorded for PyTorch/DoraTests.cs: written out here from the paper (Liu et al. 2024, section 4.3) and PEFT's
description of its layers, since nothing but PyTorch is needed for it.

    python3 record_dora.py        # writes dora.safetensors beside itself

y = m / |W + s B A| * (W x + s B A x) + b, the norms of the rows not differentiated, then a step of a judge as in record.py.
"""

import random
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)


def drawn(rng, *shape, deviation=1.0):
    """Gaussian numbers, rounded to floats."""
    values = torch.tensor([rng.gauss(0.0, deviation) for _ in range(torch.Size(shape).numel())])
    return values.to(torch.float32).to(torch.float64).reshape(shape)


rng = random.Random(3)
s = 1.5
leaves = {
    "x": drawn(rng, 2, 5, 12), "a": drawn(rng, 3, 12, deviation=0.3), "b": drawn(rng, 7, 3, deviation=0.3),
    "m": drawn(rng, 7).abs() + 0.5, "bias": drawn(rng, 7), "residual": drawn(rng, 2, 5, 7),
}
for leaf in leaves.values():
    leaf.requires_grad_()
x, a, b, m, bias, residual = leaves.values()
weight = drawn(rng, 7, 12)
norms = torch.linalg.norm(weight + s * b @ a, dim=1).detach()
y = m / norms * (F.linear(x, weight) + s * F.linear(F.linear(x, a), b)) + bias + residual
judge = drawn(rng, 3, 7)
targets = torch.tensor([2 * row % 3 for row in range(10)])
F.cross_entropy(y.reshape(-1, 7) @ judge.T, targets).backward()
tensors = {"weight": weight, "norms": norms, "y": y, "judge": judge, "targets": targets.to(torch.int32)}
for name, leaf in leaves.items():
    tensors[name], tensors[f"{name}.grad"] = leaf, leaf.grad
save_file({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()},
          Path(__file__).parent / "dora.safetensors", metadata={"torch": torch.__version__})
