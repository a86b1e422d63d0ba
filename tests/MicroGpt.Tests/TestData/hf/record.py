"""Records tiny random models as transformers writes them, with the logits that it computes and the tokens that it then takes.

    python3 record.py FOLDER

writes FOLDER/NAME/ as save_pretrained does, and FOLDER/recorded.json. Made with transformers 5.12.1 and PyTorch 2.14.
"""

import json
import os
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig, Qwen2Config, Qwen3Config

IDS = [3, 1, 4, 1, 5, 9, 2, 6]
NEW_TOKENS = 6

GPT2 = dict(vocab_size=23, n_positions=16, n_embd=16, n_layer=2, n_head=4)
LLAMA = dict(vocab_size=23, max_position_embeddings=32, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4)

MODELS = {
    "gpt2": (GPT2Config(**GPT2), torch.float32, None),
    "gpt2-gelu": (GPT2Config(**GPT2, n_inner=24, activation_function="gelu", layer_norm_epsilon=1e-6, tie_word_embeddings=False), torch.float32, None),
    "llama": (LlamaConfig(**LLAMA, num_key_value_heads=2, rms_norm_eps=1e-5, rope_theta=500000.0), torch.float32, "5KB"),
    "smollm2": (LlamaConfig(**LLAMA, num_key_value_heads=1, tie_word_embeddings=True, rope_theta=100000.0), torch.bfloat16, None),
    "llama3": (
        LlamaConfig(
            **LLAMA, tie_word_embeddings=True, head_dim=6,
            rope_parameters=dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16),
        ),
        torch.float32,
        None,
    ),
    "qwen2": (Qwen2Config(**LLAMA, num_key_value_heads=2), torch.float32, None),
    "qwen3": (Qwen3Config(**LLAMA, num_key_value_heads=2, head_dim=8, tie_word_embeddings=True, rope_theta=1000000.0), torch.float16, "5KB"),
}


def main(folder):
    recorded = {}
    for name, (config, dtype, shard) in MODELS.items():
        torch.manual_seed(7)
        config.bos_token_id = config.eos_token_id = 0
        model = AutoModelForCausalLM.from_config(config)
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                parameter.normal_(1.0 if "norm" in key or ".ln_" in key and key.endswith("weight") else 0.0, 0.25)
        model.to(dtype)
        path = os.path.join(folder, name)
        model.save_pretrained(path, max_shard_size=shard or "1GB")
        if name == "gpt2":
            publish(os.path.join(path, "model.safetensors"))

        # From the files, in single precision, as we compute.
        model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()
        ids = torch.tensor([IDS])
        with torch.no_grad():
            logits = model(ids).logits[0]
            tokens = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=NEW_TOKENS, eos_token_id=None, pad_token_id=0)
        recorded[name] = {"ids": IDS, "logits": logits.flatten().tolist(), "greedy": tokens[0, len(IDS):].tolist()}
    with open(os.path.join(folder, "recorded.json"), "w") as file:
        json.dump(recorded, file)


def publish(path):
    """As the published files of GPT-2 are: without a prefix, and with the triangle of attention."""
    tensors = {name.removeprefix("transformer."): tensor for name, tensor in load_file(path).items()}
    for layer in range(GPT2["n_layer"]):
        n = GPT2["n_positions"]
        tensors[f"h.{layer}.attn.bias"] = torch.tril(torch.ones(n, n)).view(1, 1, n, n)
    save_file(tensors, path, metadata={"format": "pt"})


main(sys.argv[1])
