"""What nanochat's optimizer and plain Muon do to a few matrices, recorded for PyTorch/MuonTests.cs.

    TORCHDYNAMO_DISABLE=1 python3 record_muon.py PATH/TO/nanochat/optim.py        # writes muon.safetensors beside itself

nanochat's file is loaded from its path (at commit 92d63d4); plain Muon is written out here, as its author describes it.
"""

import importlib.util
import random
import sys
import types
from pathlib import Path

import torch

from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)

# The one thing that optim.py wants of nanochat: the type that products are computed in.
common = types.ModuleType("nanochat.common")
common.COMPUTE_DTYPE = torch.float64
sys.modules["nanochat"] = types.ModuleType("nanochat")
sys.modules["nanochat.common"] = common
spec = importlib.util.spec_from_file_location("optim", sys.argv[1])
optim = importlib.util.module_from_spec(spec)
spec.loader.exec_module(optim)

def drawn(rng, *shape, deviation=1.0):
    """Gaussian numbers, rounded to floats."""
    values = torch.tensor([rng.gauss(0.0, deviation) for _ in range(torch.Size(shape).numel())])
    return values.to(torch.float32).to(torch.float64).reshape(shape)


SHAPES = {"tall": (7, 4), "wide": (3, 8), "square": (5, 5)}


def plain_step(parameter, momentum, rate, beta, decay):
    gradient = parameter.grad
    momentum.lerp_(gradient, 1 - beta)
    x = gradient.lerp(momentum, beta)
    x = x / (x.norm() + 1e-7)
    transposed = x.shape[0] > x.shape[1]
    x = x.T if transposed else x
    for _ in range(5):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    x = x.T if transposed else x
    rate_of_shape = rate * max(1, x.shape[0] / x.shape[1]) ** 0.5
    parameter.data.mul_(1 - rate_of_shape * decay).sub_(rate_of_shape * x)


def main():
    rng, tensors = random.Random(7), {}
    for kind in ("plain", "nanochat"):
        for name, shape in SHAPES.items():
            parameter = drawn(rng, *shape, deviation=0.3)
            tensors[f"{kind}.{name}.start"] = parameter
            parameter = parameter.clone().requires_grad_()
            group = dict(kind="muon", params=[parameter], lr=0.02, momentum=0.9, ns_steps=5, beta2=0.9, weight_decay=0.5)
            optimizer, momentum = optim.MuonAdamW([group]), torch.zeros(shape)
            for step in range(1, 4):
                parameter.grad = drawn(rng, *shape)
                tensors[f"{kind}.{name}.grad.{step}"] = parameter.grad.clone()
                if kind == "plain":
                    plain_step(parameter, momentum, 0.02, 0.9, 0.5)
                else:
                    optimizer.step()
                tensors[f"{kind}.{name}.after.{step}"] = parameter.detach().clone()
    save_file(tensors, Path(__file__).parent / "muon.safetensors", metadata={"torch": torch.__version__})


main()
