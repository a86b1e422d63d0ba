"""Files that PyTorch writes, with what is in them, for the tests of Checkpoints/PyTorch.

    python3 record.py FOLDER

writes into FOLDER: state_dict.pth and its kin (every type, views, prefixes, a whole checkpoint, protocols, the old format);
microgpt-50m.pth and nanochat/ (tiny models of those two kinds with the names, types and padding that their trainers give them) with
the logits that the modules below compute; nanochat's tokenizer.pkl with the ids that tiktoken gives; recorded.json with all values.
Made with PyTorch 2.14 and tiktoken 0.12.
"""

import json
import math
import pickle
import random
import sys
from pathlib import Path

import tiktoken
import torch
import torch.nn as nn
import torch.nn.functional as F

OUT = Path(sys.argv[1])
RECORDED = {"torch": torch.__version__}


# --- plain files ---------------------------------------------------------------------------------------------------------------

def values(tensor):
    return tensor.detach().to(torch.float64).flatten().tolist()


def save(name, content, tensors=None, **options):
    torch.save(content, OUT / name, **options)
    if tensors is not None:
        RECORDED[name] = {key: {"shape": list(value.shape), "values": values(value)} for key, value in tensors.items()}


def plain():
    numbers = torch.arange(24, dtype=torch.float32)
    cube = numbers.reshape(2, 3, 4) / 8
    types = {
        f"type.{dtype}".replace("torch.", ""): (torch.arange(-3, 4).to(dtype) if dtype != torch.uint8 else torch.arange(7, dtype=dtype))
        for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)
    }
    views = {
        "whole": cube,
        "transposed": cube.transpose(0, 2),
        "permuted": cube.permute(1, 2, 0),
        "part": cube[1:, 1:, 1:3],
        "every_second": numbers[1::2],
        "column": cube[:, :, 2],
        "expanded": numbers[3:5, None].expand(2, 3),
        "one": torch.tensor(2.5),
        "one_of_many": numbers[7],
        "none": torch.empty(0, 3),
        "with_ones": cube[:, :1, :],
        "parameter": nn.Parameter(torch.tensor([[1.5, -2.0]])),
        "precise": torch.tensor([1 / 3, 1e300], dtype=torch.float64),
        "large": torch.tensor([2**40 + 1], dtype=torch.int64),
    }
    everything = {**types, **views}
    save("state_dict.pth", everything, everything)
    for protocol in (3, 4, 5):
        save(f"protocol{protocol}.pth", dict(list(views.items())[:4]), dict(list(views.items())[:4]), pickle_protocol=protocol)

    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    model(torch.randn(4, 3)).sum().backward()
    optimizer.step()
    checkpoint = {
        "step": 7, "model": {"_orig_mod." + key: value for key, value in model.state_dict().items()}, "optimizer": optimizer.state_dict(),
        "best_loss": torch.tensor(1.25).item(), "settings": {"layers": [1, 2], "name": "tiny", "compile": True, "other": None, "large": 2**40, "negative": -5},
    }
    save("checkpoint.pth", checkpoint, model.state_dict())
    save("parallel.pth", {"module." + key: value for key, value in model.state_dict().items()}, model.state_dict())
    save("old.pth", model.state_dict(), _use_new_zipfile_serialization=False)
    torch.jit.script(nn.Linear(2, 1)).save(str(OUT / "torchscript.pth"))


# --- the MicroGPT of 50 million parameters, written here with the modules that give its names ----------------------------------------

class Positions(nn.Module):
    def __init__(self, width, rows):
        super().__init__()
        turns = torch.arange(rows)[:, None] * torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        self.register_buffer("pe", torch.stack((turns.sin(), turns.cos()), dim=-1).flatten(1))

    def forward(self, x):
        return x + self.pe[: x.size(1)]


class FeedForward(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class DecoderBlock(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.ffn = FeedForward(width, hidden)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.size(1))
        y = self.ln1(x)
        x = x + self.attn(y, y, y, attn_mask=mask, need_weights=False)[0]
        return x + self.ffn(self.ln2(x))


class MicroGpt50m(nn.Module):
    def __init__(self, vocabulary, width, heads, layers, positions):
        super().__init__()
        self.width = width
        self.embedding = nn.Embedding(vocabulary, width)
        self.pos_encoding = Positions(width, positions)
        self.gpt_blocks = nn.ModuleList(DecoderBlock(width, heads, 4 * width) for _ in range(layers))
        self.ln_f, self.fc = nn.LayerNorm(width), nn.Linear(width, vocabulary)

    def forward(self, ids):
        x = self.pos_encoding(self.embedding(ids) * math.sqrt(self.width))
        for block in self.gpt_blocks:
            x = block(x)
        return self.fc(self.ln_f(x))


def randomize(model, seed):
    """Biases and norms too, so that none of them could be left out unseen."""
    torch.manual_seed(seed)
    for parameter in model.parameters():
        parameter.data += torch.randn_like(parameter.data.float()).to(parameter.dtype) * 0.2


def logits(name, model, ids, positions):
    with torch.no_grad():
        RECORDED[name] = {"ids": ids, "positions": positions, "logits": values(model(torch.tensor([ids]))[0, positions])}


def microgpt_50m():
    model = MicroGpt50m(29, 16, 4, 2, 40).eval()
    randomize(model, 2)
    save("microgpt-50m.pth", model.state_dict())
    logits("microgpt-50m", model, [3, 1, 4, 1, 5, 9, 2, 6], [0, 1, 4, 7])
    # As it is published: everything in bfloat16, positions too; computed from the rounded weights and the positions as they should be.
    half = MicroGpt50m(29, 8, 2, 1, 5000).eval()
    randomize(half, 3)
    rounded = half.to(torch.bfloat16).state_dict()
    save("microgpt-50m-bf16.pth", rounded)
    half = MicroGpt50m(29, 8, 2, 1, 5000).eval()
    half.load_state_dict({key: value.float() for key, value in rounded.items() if "pe" not in key}, strict=False)
    logits("microgpt-50m-bf16", half, [3, 1, 4, 1, 5], [0, 4])


# --- nanochat, likewise ----------------------------------------------------------------------------------------------------------------

def linear(inputs, outputs):
    return nn.Linear(inputs, outputs, bias=False)


def norm(x):
    return F.rms_norm(x, (x.size(-1),))


def turn(x):
    """(B, T, H, D), by minus the angle."""
    size = x.size(-1) // 2
    angles = torch.arange(x.size(1))[:, None] * 100000.0 ** (-torch.arange(size) / size)
    cos, sin = angles.cos()[:, None], angles.sin()[:, None]
    a, b = x[..., :size], x[..., size:]
    return torch.cat((a * cos + b * sin, b * cos - a * sin), dim=-1)


class Attention(nn.Module):
    def __init__(self, width, heads, groups, has_gate):
        super().__init__()
        self.size, size = width // heads, width // heads
        self.c_q, self.c_k, self.c_v = linear(width, width), linear(width, groups * size), linear(width, groups * size)
        self.c_proj = linear(width, width)
        self.ve_gate = linear(12, groups) if has_gate else None

    def forward(self, x, value, window):
        q, k, v = (projection(x).unflatten(-1, (-1, self.size)) for projection in (self.c_q, self.c_k, self.c_v))
        if value is not None:
            v = v + 3 * torch.sigmoid(self.ve_gate(x[..., :12]))[..., None] * value.unflatten(-1, (-1, self.size))
        q, k = norm(turn(q)) * 1.2, norm(turn(k)) * 1.2
        distance = torch.arange(x.size(1))[:, None] - torch.arange(x.size(1))[None, :]
        mask = (distance >= 0) & (distance <= window)
        y = F.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), attn_mask=mask, enable_gqa=True)
        return self.c_proj(y.transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.c_fc, self.c_proj = linear(width, 4 * width), linear(4 * width, width)

    def forward(self, x):
        return self.c_proj(F.relu(self.c_fc(x)).square())


class NanochatBlock(nn.Module):
    def __init__(self, width, heads, groups, has_gate):
        super().__init__()
        self.attn, self.mlp = Attention(width, heads, groups, has_gate), Mlp(width)

    def forward(self, x, value, window):
        x = x + self.attn(norm(x), value, window)
        return x + self.mlp(norm(x))


class Nanochat(nn.Module):
    def __init__(self, sequence_len, vocab_size, n_layer, n_head, n_kv_head, n_embd, window_pattern):
        super().__init__()
        self.vocabulary = vocab_size
        padded = math.ceil(vocab_size / 64) * 64
        has_value = [i % 2 == (n_layer - 1) % 2 for i in range(n_layer)]
        short = math.ceil(sequence_len / 4 / 128) * 128
        self.windows = [short if window_pattern[i % len(window_pattern)] == "S" and i < n_layer - 1 else sequence_len for i in range(n_layer)]
        self.transformer = nn.ModuleDict({
            "wte": nn.Embedding(padded, n_embd),
            "h": nn.ModuleList(NanochatBlock(n_embd, n_head, n_kv_head, has) for has in has_value),
        })
        self.lm_head = linear(n_embd, padded)
        self.resid_lambdas, self.x0_lambdas = nn.Parameter(torch.ones(n_layer)), nn.Parameter(torch.zeros(n_layer))
        self.smear_gate = linear(24, 1)
        self.smear_lambda, self.backout_lambda = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.full((1,), 0.2))
        self.value_embeds = nn.ModuleDict({str(i): nn.Embedding(padded, n_kv_head * n_embd // n_head) for i in range(n_layer) if has_value[i]})

    def forward(self, ids):
        x = norm(self.transformer.wte(ids).float())
        x = torch.cat((x[:, :1], x[:, 1:] + self.smear_lambda * torch.sigmoid(self.smear_gate(x[:, 1:, :24])) * x[:, :-1]), dim=1)
        first = x
        for i, block in enumerate(self.transformer.h):
            x = self.resid_lambdas[i] * x + self.x0_lambdas[i] * first
            x = block(x, self.value_embeds[str(i)](ids).float() if str(i) in self.value_embeds else None, self.windows[i])
            if i == len(self.transformer.h) // 2:
                middle = x
        x = norm(x - self.backout_lambda * middle)
        return 15 * torch.tanh(self.lm_head(x)[..., : self.vocabulary] / 15)


SPECIAL = ["<|bos|>", *(f"<|{part}_{end}|>" for part in ("user", "assistant", "python", "output") for end in ("start", "end"))]
PATTERN = r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,2}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"""
MERGES = [b"th", b"the", b" the", b"in", b"ing", "ü".encode(), b" w"]
TEXTS = ["the king is in the window", "  12345 über\n\nthings", "<|bos|>'LL don't"]


def nanochat():
    folder = OUT / "nanochat"
    folder.mkdir(exist_ok=True)
    ranks = {bytes([i]): i for i in range(256)} | {token: 256 + i for i, token in enumerate(MERGES)}
    encoding = tiktoken.Encoding(
        name="rustbpe", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={name: len(ranks) + i for i, name in enumerate(SPECIAL)})
    for protocol, name in ((4, "tokenizer.pkl"), (5, "tokenizer5.pkl")):
        (folder / name).write_bytes(pickle.dumps(encoding, protocol=protocol))
    RECORDED["tokenizer"] = [{"text": text, "ids": encoding.encode_ordinary(text)} for text in TEXTS]

    config = dict(sequence_len=256, vocab_size=encoding.n_vocab, n_layer=3, n_head=2, n_kv_head=1, n_embd=24, window_pattern="SSSL")
    model = Nanochat(**config).eval()
    randomize(model, 4)
    for table in (model.transformer.wte, *model.value_embeds.values()):
        table.to(torch.bfloat16)
    save("nanochat/model_000010.pt", {"_orig_mod." + key: value for key, value in model.state_dict().items()})
    meta = {"step": 10, "val_bpb": 1.5, "model_config": config, "user_config": {"run": "dummy", "depth": 3, "window_pattern": "SSSL"},
            "device_batch_size": 1, "max_seq_len": 256, "total_batch_size": 512, "dataloader_state_dict": {"pq_idx": 0, "rg_idx": 1, "epoch": 1}}
    (folder / "meta_000010.json").write_text(json.dumps(meta, indent=2))
    rng = random.Random(5)
    ids = [rng.randrange(encoding.n_vocab) for _ in range(140)]
    logits("nanochat", model, ids, [0, 1, 100, 139])


OUT.mkdir(exist_ok=True, parents=True)
plain()
microgpt_50m()
nanochat()
(OUT / "recorded.json").write_text(json.dumps(RECORDED))
