"""What PyTorch computes, recorded for the tests in PyTorch/: every operation, and a tiny model of each kind with its training.

    python3 record.py        # writes operations.safetensors and a file for each model beside itself

Needs torch and safetensors; the recorded files say which version of torch they are of. Everything is computed in double
precision from numbers that floats hold exactly, so that one file judges both precisions.

Of an operation's result y the gradient needs a single number: the cross-entropy of y W' at some targets, W and targets recorded.
A model's weights are not recorded but drawn, here and in the tests, from the same Mersenne Twister in the order of their names.
"""

import random
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)
HERE = Path(__file__).parent
IGNORED = -1  # the target of a row that does not count
EPSILON = 1e-5  # of norms
BASE = 10000.0  # theta of rotary positions


def drawn(rng, *shape, deviation=1.0, mean=0.0):
    """Gaussian numbers, rounded to floats."""
    count = torch.Size(shape).numel()
    values = torch.tensor([rng.gauss(mean, deviation) for _ in range(count)])
    return values.to(torch.float32).to(torch.float64).reshape(shape)


def save(name, tensors):
    contiguous = {key: value.detach().contiguous().clone() for key, value in tensors.items()}
    save_file(contiguous, HERE / f"{name}.safetensors", metadata={"torch": torch.__version__})


def angles(positions, size, base=BASE):
    """Cosines and sines (T, D/2)."""
    turns = base ** (-torch.arange(0, size, 2) / size)
    table = positions[:, None] * turns[None, :]
    return table.cos(), table.sin()


def rotate(x, cos, sin):
    """x (B, T, heads, D): the first half of each head turns with the second."""
    a, b = x.chunk(2, dim=-1)
    cos, sin = cos[:, None, :], sin[:, None, :]
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


def attend(q, k, v, window=None, scale=None):
    """(B, T, H, D), (B, T, G, D) twice -> (B, T, H*D)."""
    back = torch.arange(q.shape[1])[:, None] - torch.arange(q.shape[1])[None, :]
    mask = None if window is None else (back >= 0) & (back <= window)
    y = F.scaled_dot_product_attention(
        q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), attn_mask=mask, is_causal=mask is None, scale=scale, enable_gqa=True)
    return y.transpose(1, 2).flatten(2)


def attend_fused(qkv, heads, groups, window=None, scale=None):
    q, k, v = qkv.unflatten(-1, (heads + 2 * groups, -1)).split((heads, groups, groups), dim=2)
    return attend(q, k, v, window, scale)


def shift(x):
    """(B, T, C): every position gets the row of the one before, the first zeros."""
    return torch.cat((torch.zeros_like(x[:, :1]), x[:, :-1]), dim=1)


def open_gate(x, gates):
    """(..., H*D), (..., H) -> (..., H*D)."""
    return (gates.sigmoid().unsqueeze(-1) * x.unflatten(-1, (gates.shape[-1], -1))).flatten(-2)


# Operations


def record_operations():
    rng = random.Random(1)
    tensors = {}

    def record(name, function, **operands):
        leaves = {key: value.requires_grad_(value.is_floating_point()) for key, value in operands.items()}
        y = function(**leaves)
        if y.dim() > 0:
            weight = drawn(rng, 3, y.shape[-1])
            targets = torch.tensor([2 * row % 3 for row in range(y.numel() // y.shape[-1])])
            F.cross_entropy(y.reshape(-1, y.shape[-1]) @ weight.T, targets).backward()
            tensors[f"{name}.judge"] = weight
        else:
            y.backward()
        tensors[f"{name}.y"] = y
        for key, leaf in leaves.items():
            tensors[f"{name}.{key}"] = leaf if leaf.is_floating_point() else leaf.to(torch.int32)
            if leaf.grad is not None:
                tensors[f"{name}.{key}.grad"] = leaf.grad

    rows = (2, 5, 12)
    record("linear", F.linear, input=drawn(rng, *rows), weight=drawn(rng, 7, 12), bias=drawn(rng, 7))
    record("embedding", lambda table, ids: F.embedding(ids, table),
           table=drawn(rng, 9, 6), ids=torch.tensor([[3, 0, 3, 8, 1], [1, 3, 7, 7, 0]]))
    record("layer_norm", lambda input, weight, bias: F.layer_norm(input, (12,), weight, bias, EPSILON),
           input=drawn(rng, *rows), weight=drawn(rng, 12), bias=drawn(rng, 12))
    record("rms_norm", lambda input, weight: F.rms_norm(input, (12,), weight, EPSILON),
           input=drawn(rng, *rows), weight=drawn(rng, 12))
    record("relu", F.relu, input=drawn(rng, *rows))
    record("relu_squared", lambda input: F.relu(input).square(), input=drawn(rng, *rows))
    record("soft_cap", lambda input: 3 * torch.tanh(input / 3), input=drawn(rng, *rows, deviation=4))
    record("columns", lambda input: input[..., :5], input=drawn(rng, *rows))
    record("shift", lambda input: shift(input), input=drawn(rng, *rows))
    record("sigmoid_gate", lambda input, gates: 3 * open_gate(input, gates),
           input=drawn(rng, *rows), gates=drawn(rng, 2, 5, 4, deviation=2))
    record("weighted_sum", lambda a, alpha, b, beta: 0.5 * alpha[1] * a - beta[2] * b,
           a=drawn(rng, *rows), alpha=drawn(rng, 2), b=drawn(rng, *rows), beta=drawn(rng, 3))
    record("rms_norm_heads", lambda input, weight: F.rms_norm(input.unflatten(-1, (3, 4)), (4,), weight, EPSILON).flatten(-2),
           input=drawn(rng, *rows), weight=drawn(rng, 4))
    record("gelu_tanh", lambda input: F.gelu(input, approximate="tanh"), input=drawn(rng, *rows, deviation=2))
    record("gelu_erf", F.gelu, input=drawn(rng, *rows, deviation=2))
    record("swiglu", lambda gate, up: F.silu(gate) * up, gate=drawn(rng, *rows, deviation=3), up=drawn(rng, *rows))

    size, past = 6, 3
    cos, sin = angles(torch.arange(past, past + 5), size)
    record("rotary", lambda queries, keys, values: torch.cat((
               rotate(queries.unflatten(-1, (4, size)), cos, sin).flatten(2),
               rotate(keys.unflatten(-1, (2, size)), cos, sin).flatten(2), values), dim=-1),
           queries=drawn(rng, 2, 5, 4 * size), keys=drawn(rng, 2, 5, 2 * size), values=drawn(rng, 2, 5, 2 * size))

    record("attention", lambda qkv: attend_fused(qkv, 4, 4), qkv=drawn(rng, 2, 5, 12 * size))
    record("attention_grouped", lambda qkv: attend_fused(qkv, 4, 2), qkv=drawn(rng, 2, 5, 8 * size))
    record("attention_window", lambda qkv: attend_fused(qkv, 4, 2, window=2, scale=0.6), qkv=drawn(rng, 2, 5, 8 * size))
    record("cross_entropy",
           lambda logits, targets: F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED),
           logits=drawn(rng, 2, 5, 7, deviation=3), targets=torch.tensor([[6, IGNORED, 0, 2, 2], [IGNORED, 5, 1, IGNORED, 4]]))

    parameters = [drawn(rng, 5, 7).requires_grad_(), drawn(rng, 7).requires_grad_()]
    for index, parameter in enumerate(parameters):
        tensors[f"adamw.{index}.start"] = parameter.clone()
    optimizer = optimizer_of(parameters, epsilon=1e-8)
    for step in range(1, 4):
        for index, parameter in enumerate(parameters):
            parameter.grad = drawn(rng, *parameter.shape)
            tensors[f"adamw.{index}.grad.{step}"] = parameter.grad.clone()
        optimizer.step()
        for index, parameter in enumerate(parameters):
            tensors[f"adamw.{index}.after.{step}"] = parameter.clone()

    def token_loss(logits, targets):
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten().long(), ignore_index=IGNORED, reduction="none").view(targets.shape)

    def policy_loss(logits, targets, advantages, weights, reference):
        away = token_loss(logits, targets) - reference.detach()
        return (weights.detach() * (advantages.detach() * (away + reference.detach()) + 0.3 * (away.exp() - away - 1))).sum()

    def preference_loss(logits, targets, reference):
        sums = token_loss(logits, targets).sum(-1)
        return -F.logsigmoid(0.7 * (sums[1::2] - sums[::2] - reference.detach())).mean()

    targets = torch.tensor([[6, IGNORED, 0, 2, 2], [IGNORED, 5, 1, IGNORED, 4], [0, 1, 2, 3, 4], [6, 6, IGNORED, IGNORED, IGNORED]])
    counted = (targets != IGNORED).double()
    record("token_loss", token_loss, logits=drawn(rng, 4, 5, 7, deviation=3), targets=targets)
    record("policy_loss", policy_loss, logits=drawn(rng, 4, 5, 7, deviation=3), targets=targets,
           advantages=drawn(rng, 4, 5), weights=counted / counted.sum(), reference=drawn(rng, 4, 5).square() * counted)
    record("preference_loss", preference_loss, logits=drawn(rng, 4, 5, 7, deviation=3), targets=targets, reference=drawn(rng, 2))
    save("operations", tensors)


def optimizer_of(parameters, epsilon):
    """Matrices decay, vectors do not."""
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": 0.1},
        {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.95), eps=epsilon)


# Models

VOCABULARY, CONTEXT, WIDTH, LAYERS, HEADS = 13, 8, 16, 2, 4
IDS = torch.tensor([[1, 12, 0, 7, 3, 3], [5, 2, 9, 4, 11, 8]])
TARGETS = torch.tensor([[12, 0, 7, 3, 3, IGNORED], [2, 9, IGNORED, 11, 8, 6]])


def gpt2_shapes():
    shapes = {"transformer.wte.weight": (VOCABULARY, WIDTH), "transformer.wpe.weight": (CONTEXT, WIDTH)}
    for layer in range(LAYERS):
        block = f"transformer.h.{layer}."
        for name, shape in {"attn.c_attn": (3 * WIDTH, WIDTH), "attn.c_proj": (WIDTH, WIDTH),
                            "mlp.c_fc": (4 * WIDTH, WIDTH), "mlp.c_proj": (WIDTH, 4 * WIDTH)}.items():
            shapes[f"{block}{name}.weight"], shapes[f"{block}{name}.bias"] = shape, shape[:1]
        for name in ("ln_1", "ln_2"):
            shapes[f"{block}{name}.weight"] = shapes[f"{block}{name}.bias"] = (WIDTH,)
    shapes["transformer.ln_f.weight"] = shapes["transformer.ln_f.bias"] = (WIDTH,)
    return shapes


def gpt2(p, ids):
    def linear(x, name):
        return F.linear(x, p[f"{name}.weight"], p[f"{name}.bias"])

    def norm(x, name):
        return F.layer_norm(x, (WIDTH,), p[f"{name}.weight"], p[f"{name}.bias"], EPSILON)

    x = p["transformer.wte.weight"][ids] + p["transformer.wpe.weight"][: ids.shape[1]]
    for layer in range(LAYERS):
        block = f"transformer.h.{layer}."
        x = x + linear(attend_fused(linear(norm(x, f"{block}ln_1"), f"{block}attn.c_attn"), HEADS, HEADS), f"{block}attn.c_proj")
        hidden = F.gelu(linear(norm(x, f"{block}ln_2"), f"{block}mlp.c_fc"), approximate="tanh")
        x = x + linear(hidden, f"{block}mlp.c_proj")
    return norm(x, "transformer.ln_f") @ p["transformer.wte.weight"].T


GROUPS, HIDDEN = 2, 24


def llama_shapes(size=WIDTH // HEADS, tied=False, norm_heads=False):
    queries, keys = HEADS * size, GROUPS * size
    shapes = {"model.embed_tokens.weight": (VOCABULARY, WIDTH), "model.norm.weight": (WIDTH,)}
    if not tied:
        shapes["lm_head.weight"] = (VOCABULARY, WIDTH)
    for layer in range(LAYERS):
        for name, shape in {
            "self_attn.q_proj": (queries, WIDTH), "self_attn.k_proj": (keys, WIDTH), "self_attn.v_proj": (keys, WIDTH),
            "self_attn.o_proj": (WIDTH, queries), "mlp.gate_proj": (HIDDEN, WIDTH), "mlp.up_proj": (HIDDEN, WIDTH),
            "mlp.down_proj": (WIDTH, HIDDEN), "input_layernorm": (WIDTH,), "post_attention_layernorm": (WIDTH,),
        }.items():
            shapes[f"model.layers.{layer}.{name}.weight"] = shape
        if norm_heads:
            shapes[f"model.layers.{layer}.self_attn.q_norm.weight"] = shapes[f"model.layers.{layer}.self_attn.k_norm.weight"] = (size,)
    return shapes


def llama(p, ids, base=BASE, epsilon=EPSILON):
    """Llama, and Qwen3 where there are weights to normalize heads with."""
    def norm(x, name):
        weight = p.get(f"{name}.weight")
        return x if weight is None else F.rms_norm(x, weight.shape, weight, epsilon)

    x = p["model.embed_tokens.weight"][ids]
    for layer in range(LAYERS):
        block = f"model.layers.{layer}."

        def linear(x, name):
            return F.linear(x, p[f"{block}{name}.weight"])

        h = norm(x, f"{block}input_layernorm")
        q, k, v = (linear(h, f"self_attn.{part}_proj").unflatten(-1, (heads, -1))
                   for part, heads in (("q", HEADS), ("k", GROUPS), ("v", GROUPS)))
        q, k = norm(q, f"{block}self_attn.q_norm"), norm(k, f"{block}self_attn.k_norm")
        cos, sin = angles(torch.arange(ids.shape[1]), q.shape[-1], base)
        x = x + linear(attend(rotate(q, cos, sin), rotate(k, cos, sin), v), "self_attn.o_proj")
        h = norm(x, f"{block}post_attention_layernorm")
        x = x + linear(F.silu(linear(h, "mlp.gate_proj")) * linear(h, "mlp.up_proj"), "mlp.down_proj")
    return norm(x, "model.norm") @ p.get("lm_head.weight", p["model.embed_tokens.weight"]).T


def microgpt_50m_shapes():
    shapes = gpt2_shapes() | {"lm_head.weight": (VOCABULARY, WIDTH), "lm_head.bias": (VOCABULARY,)}
    del shapes["transformer.wpe.weight"]
    return shapes


def microgpt_50m(p, ids):
    def linear(x, name):
        return F.linear(x, p[f"{name}.weight"], p[f"{name}.bias"])

    def norm(x, name):
        return F.layer_norm(x, (WIDTH,), p[f"{name}.weight"], p[f"{name}.bias"], EPSILON)

    cos, sin = angles(torch.arange(ids.shape[1]), WIDTH)
    x = p["transformer.wte.weight"][ids] * WIDTH ** 0.5 + torch.stack((sin, cos), dim=-1).flatten(-2)
    for layer in range(LAYERS):
        block = f"transformer.h.{layer}."
        x = x + linear(attend_fused(linear(norm(x, f"{block}ln_1"), f"{block}attn.c_attn"), HEADS, HEADS), f"{block}attn.c_proj")
        x = x + linear(F.gelu(linear(norm(x, f"{block}ln_2"), f"{block}mlp.c_fc")), f"{block}mlp.c_proj")
    return linear(norm(x, "transformer.ln_f"), "lm_head")


# nanochat in small: short windows of 2 in its first two layers, value embeddings in the first and the last, tables of 16 rows.
NANO_WIDTH, NANO_LAYERS, NANO_HIDDEN, NANO_ROWS, NANO_WINDOW, NANO_BASE = 24, 3, 32, 16, 2, 100000.0
FLOAT_EPSILON = torch.finfo(torch.float32).eps


def nanochat_shapes():
    size = NANO_WIDTH // HEADS
    shapes = {
        "transformer.wte.weight": (NANO_ROWS, NANO_WIDTH), "lm_head.weight": (NANO_ROWS, NANO_WIDTH), "smear_gate.weight": (1, 24),
        "resid_lambdas": (NANO_LAYERS,), "x0_lambdas": (NANO_LAYERS,), "smear_lambda": (1,), "backout_lambda": (1,),
    }
    for layer in range(NANO_LAYERS):
        for name, shape in {
            "attn.c_q": (HEADS * size, NANO_WIDTH), "attn.c_k": (GROUPS * size, NANO_WIDTH), "attn.c_v": (GROUPS * size, NANO_WIDTH),
            "attn.c_proj": (NANO_WIDTH, NANO_WIDTH), "mlp.c_fc": (NANO_HIDDEN, NANO_WIDTH), "mlp.c_proj": (NANO_WIDTH, NANO_HIDDEN),
        }.items():
            shapes[f"transformer.h.{layer}.{name}.weight"] = shape
        if layer % 2 == (NANO_LAYERS - 1) % 2:
            shapes[f"transformer.h.{layer}.attn.ve_gate.weight"] = (GROUPS, 12)
            shapes[f"value_embeds.{layer}.weight"] = (NANO_ROWS, GROUPS * size)
    return shapes


def nanochat(p, ids):
    def norm(x):
        return F.rms_norm(x, x.shape[-1:], None, FLOAT_EPSILON)

    cos, sin = angles(torch.arange(ids.shape[1]), NANO_WIDTH // HEADS, NANO_BASE)
    x = norm(p["transformer.wte.weight"][ids])
    x = x + p["smear_lambda"] * open_gate(shift(x), F.linear(x[..., :24], p["smear_gate.weight"]))
    first, middle = x, None
    for layer in range(NANO_LAYERS):
        def linear(x, name):
            return F.linear(x, p[f"transformer.h.{layer}.{name}.weight"])

        x = p["resid_lambdas"][layer] * x + p["x0_lambdas"][layer] * first
        h = norm(x)
        q, k, v = linear(h, "attn.c_q"), linear(h, "attn.c_k"), linear(h, "attn.c_v")
        if f"value_embeds.{layer}.weight" in p:
            v = v + 3 * open_gate(p[f"value_embeds.{layer}.weight"][ids], linear(h[..., :12], "attn.ve_gate"))
        q, k = (1.2 * norm(rotate(part.unflatten(-1, (heads, -1)), cos, -sin)) for part, heads in ((q, HEADS), (k, GROUPS)))
        window = NANO_WINDOW if layer < NANO_LAYERS - 1 else None
        x = x + linear(attend(q, k, v.unflatten(-1, (GROUPS, -1)), window), "attn.c_proj")
        x = x + linear(F.relu(linear(norm(x), "mlp.c_fc")).square(), "mlp.c_proj")
        middle = x if layer == NANO_LAYERS // 2 else middle
    x = norm(x - p["backout_lambda"] * middle)
    return 15 * torch.tanh(F.linear(x, p["lm_head.weight"])[..., :VOCABULARY] / 15)


# Recurrent models and baselines.
RECURRENT = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
SMALL, PLACES, EMBEDDING = 8, 3, 4  # width; of the n-gram, tokens it looks at and numbers for each


def recurrent_module(kind):
    return kind(SMALL, SMALL, num_layers=LAYERS, batch_first=True)


def recurrent_shapes(kind):
    shapes = {"embedding.weight": (VOCABULARY, SMALL), "head.weight": (VOCABULARY, SMALL), "head.bias": (VOCABULARY,)}
    return shapes | {f"rnn.{key}": tuple(parameter.shape) for key, parameter in recurrent_module(kind).named_parameters()}


def recurrent(p, ids, kind):
    inside = {key.removeprefix("rnn."): value for key, value in p.items() if key.startswith("rnn.")}
    y, _ = torch.func.functional_call(recurrent_module(kind), inside, (p["embedding.weight"][ids],))
    return F.linear(y, p["head.weight"], p["head.bias"])


def mlp_shapes():
    shapes = {"embedding.weight": (VOCABULARY + 1, EMBEDDING), "hidden.bias": (SMALL,)}
    shapes |= {f"hidden.{back}.weight": (SMALL, EMBEDDING) for back in range(PLACES)}
    return shapes | {"head.weight": (VOCABULARY, SMALL), "head.bias": (VOCABULARY,)}


def mlp(p, ids):
    """Bengio's: the last tokens' vectors beside each other through one matrix; the table's last row stands for what is before the text."""
    before = torch.full((ids.shape[0], PLACES - 1), VOCABULARY)
    last = torch.cat((before, ids), dim=1).unfold(1, PLACES, 1).flip(-1)  # (B, T, n), the latest first
    matrix = torch.cat([p[f"hidden.{back}.weight"] for back in range(PLACES)], dim=1)
    hidden = torch.tanh(F.linear(p["embedding.weight"][last].flatten(2), matrix, p["hidden.bias"]))
    return F.linear(hidden, p["head.weight"], p["head.bias"])


def record_model(name, model, shapes):
    rng = random.Random(2)
    parameters = {
        key: drawn(rng, *shape, deviation=0.2, mean=0.0 if len(shape) > 1 or key.endswith("bias") else 1.0).requires_grad_()
        for key, shape in sorted(shapes.items())
    }
    tensors = {"ids": IDS.to(torch.int32), "targets": TARGETS.to(torch.int32)}
    # The gradient of a key's bias is zero but for rounding: with an epsilon far above that, such numbers stay where they are.
    optimizer = optimizer_of(list(parameters.values()), epsilon=1e-5)
    losses = []
    for step in range(3):
        optimizer.zero_grad()
        logits = model(parameters, IDS)
        loss = F.cross_entropy(logits.flatten(0, 1), TARGETS.flatten(), ignore_index=IGNORED)
        loss.backward()
        losses.append(loss.detach())
        if step == 0:
            tensors["logits"] = logits
            tensors |= {f"gradient.{key}": value.grad.clone() for key, value in parameters.items()}
        optimizer.step()
    tensors["losses"] = torch.stack(losses)
    tensors |= {f"after.{key}": value for key, value in parameters.items()}
    save(name, tensors)


def record_recurrent():
    """nn.RNN, nn.GRU and nn.LSTM of two layers, with a state to begin with; the gradients are of a fixed sum of the outputs."""
    rng = random.Random(3)
    tensors = {}
    for name, kind in RECURRENT.items():
        module = kind(5, 5, num_layers=2, batch_first=True)
        for key, parameter in module.named_parameters():
            parameter.data = drawn(rng, *parameter.shape, deviation=0.5)
            tensors[f"{name}.{key}"] = parameter.data.clone()
        x = drawn(rng, 3, 4, 5).requires_grad_()
        h, c = drawn(rng, 2, 3, 5), drawn(rng, 2, 3, 5)
        y, last = module(x, (h, c) if name == "lstm" else h)
        judge = drawn(rng, 3, 5)
        F.cross_entropy(y.reshape(-1, 5) @ judge.T, torch.tensor([2 * row % 3 for row in range(12)])).backward()
        state = lambda pair: torch.cat(pair, dim=-1) if name == "lstm" else pair[0]
        before, after = state((h, c)), state(last if name == "lstm" else (last,))
        for layer in range(2):
            tensors[f"{name}.before.{layer}"], tensors[f"{name}.after.{layer}"] = before[layer], after[layer]
        tensors |= {f"{name}.x": x, f"{name}.y": y, f"{name}.x.grad": x.grad, f"{name}.judge": judge}
        tensors |= {f"{name}.{key}.grad": parameter.grad for key, parameter in module.named_parameters()}
    save("recurrent", tensors)


record_operations()
record_recurrent()
record_model("gpt2", gpt2, gpt2_shapes())
record_model("llama", llama, llama_shapes())
record_model("qwen3-0.6b", partial(llama, base=1e6, epsilon=1e-6), llama_shapes(size=6, tied=True, norm_heads=True))
record_model("microgpt-50m", microgpt_50m, microgpt_50m_shapes())
record_model("nanochat", nanochat, nanochat_shapes())
for name, kind in RECURRENT.items():
    record_model(name, partial(recurrent, kind=kind), recurrent_shapes(kind))
record_model("mlp", mlp, mlp_shapes())
record_model("bigram", lambda p, ids: p["table.weight"][ids], {"table.weight": (VOCABULARY, VOCABULARY)})
