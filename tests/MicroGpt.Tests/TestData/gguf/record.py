"""Records tiny random models as GGUF files that llama.cpp's own conversion wrote, and what gguf-py makes of some numbers.

    python3 record.py FOLDER

writes FOLDER/NAME.gguf and FOLDER/recorded.json. Made with llama.cpp 0.7.0 (its conversion scripts as Debian installs them, gguf-py,
llama-quantize), transformers 5.12.1 and PyTorch 2.14.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig, PreTrainedTokenizerFast, Qwen3Config

sys.path.insert(1, "/usr/share/llama.cpp/llama.cpp-tools")
import conversion  # noqa: E402

TEXT = "the quick brown fox jumps over the lazy dog, and the dog sleeps: it's 12 o'clock in the forest, naïve fox\n"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEMPLATE = "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
SIZES = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64)
STRETCHED = dict(
    rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=8192)

ARCHITECTURES = {"llama": "LlamaForCausalLM", "gpt2": "GPT2LMHeadModel", "qwen3": "Qwen3ForCausalLM"}

MODELS = {
    # tied, queries and keys turned, positions stretched; quantized
    "llama": (lambda v: LlamaConfig(vocab_size=v, **SIZES, rms_norm_eps=1e-5, rope_parameters=STRETCHED, tie_word_embeddings=True), "llama-bpe", ["f32", "q8_0"]),
    "gpt2": (lambda v: GPT2Config(vocab_size=v, bos_token_id=0, eos_token_id=0, n_positions=16, n_embd=32, n_layer=1, n_head=4), "gpt-2", ["f16"]),
    # a head of its own, rows without tokens
    "qwen3": (lambda v: Qwen3Config(vocab_size=v + 3, **SIZES, head_dim=16, rope_theta=1000000.0, tie_word_embeddings=False), "qwen2", ["bf16"]),
}


def tokenizer(pre):
    learned = Tokenizer(models.BPE(ignore_merges=pre == "llama-bpe"))
    learned.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False) if pre == "gpt-2" else pre_tokenizers.Sequence([
        pre_tokenizers.Split(pattern(pre), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    learned.decoder = decoders.ByteLevel()
    learned.train_from_iterator([TEXT], trainers.BpeTrainer(vocab_size=60, special_tokens=["<|endoftext|>"], show_progress=False))
    wrapped = PreTrainedTokenizerFast(tokenizer_object=learned, bos_token="<|endoftext|>", eos_token="<|im_end|>", chat_template=TEMPLATE)
    wrapped.add_special_tokens({"additional_special_tokens": ["<|im_start|>"]})
    wrapped.add_tokens(["<think>"])
    return wrapped


def pattern(pre):
    return Regex(LLAMA3 if pre == "llama-bpe" else LLAMA3.replace("{1,3}", ""))


def convert(path, name, pre, kind, out, big_endian=False):
    model = conversion.get_model_class(ARCHITECTURES[name])
    model.set_vocab = lambda self: self._set_vocab_gpt2()  # what it comes to, where there is no file of SentencePiece
    model.get_vocab_base_pre = lambda self, tokenizer: pre  # it knows published tokenizers, by their ids of a text
    ftype = {"f32": "ALL_F32", "f16": "MOSTLY_F16", "bf16": "MOSTLY_BF16", "q8_0": "MOSTLY_Q8_0"}[kind]
    with torch.inference_mode():
        model(Path(path), gguf.LlamaFileType[ftype], Path(out), is_big_endian=big_endian).write()


def blocks():
    random = np.random.default_rng(3)
    numbers = random.normal(0, 0.05, (12, 32)).astype(np.float32)
    numbers[1] = 0
    numbers[2] = random.integers(-8, 9, 32) * 0.25  # ties, of rounding and of the largest
    numbers[3, :2] = [1, -1]
    numbers[4, :2] = [-1, 1]
    numbers[5] = 1e-8  # a scale that a half rounds to little or nothing
    numbers[6] *= 1e5
    numbers[7] = np.linspace(-1, 1, 32)
    result = {"numbers": numbers.view(np.uint32).flatten().tolist()}
    for kind in (gguf.GGMLQuantizationType.Q8_0, gguf.GGMLQuantizationType.Q4_0):
        stored = gguf.quants.quantize(numbers, kind)
        result[kind.name] = stored.tobytes().hex()
        result[kind.name + "-numbers"] = gguf.quants.dequantize(stored, kind).view(np.uint32).flatten().tolist()
    return result


def main(folder):
    recorded = {"blocks": blocks()}
    for name, (config, pre, kinds) in MODELS.items():
        words = tokenizer(pre)
        torch.manual_seed(11)
        model = AutoModelForCausalLM.from_config(config(len(words)))
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                parameter.normal_(1.0 if "norm" in key or ".ln_" in key and key.endswith("weight") else 0.0, 0.25)
        if kinds[0] in ("f16", "bf16"):
            model.to(torch.float16 if kinds[0] == "f16" else torch.bfloat16)
        with tempfile.TemporaryDirectory() as temporary:
            path = os.path.join(temporary, f"tiny {name}")  # what the file will be called inside
            model.save_pretrained(path)
            words.save_pretrained(path)
            if name == "gpt2":  # what published files have and save_pretrained leaves out
                with open(os.path.join(path, "config.json")) as file:
                    settings = json.load(file)
                with open(os.path.join(path, "config.json"), "w") as file:
                    json.dump(settings | {"n_ctx": settings["n_positions"]}, file)
            for kind in kinds:
                convert(path, name, pre, kind, os.path.join(folder, f"{name}-{kind}.gguf"))
            if name == "llama":
                convert(path, name, pre, "f16", os.path.join(folder, "llama-f16-big-endian.gguf"), big_endian=True)
                source = os.path.join(folder, "llama-f32.gguf")
                subprocess.run(["llama-quantize", "--pure", source, os.path.join(folder, "llama-q4_0.gguf"), "Q4_0", "1"], check=True)
            model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()
        text = "the lazy fox's 12 dogs"
        ids = words(text)["input_ids"]
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0]
        recorded[name] = {"text": text, "ids": ids, "logits": logits[-1].tolist()}
    with open(os.path.join(folder, "recorded.json"), "w") as file:
        json.dump(recorded, file)


main(sys.argv[1])
