"""Loads a checkpoint folder with transformers, and compares its logits and greedy text with those of microgpt.

    python3 check.py FOLDER "PROMPT" LOGITS TEXT

LOGITS holds what `microgpt logits --model FOLDER --ids "…"` printed for the prompt's ids, which are printed here where that file does not exist;
TEXT what `microgpt sample --model FOLDER --prompt "PROMPT" --temperature 0 --max-tokens 20` printed.
"""

import os
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder, prompt, logits_file, text_file = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(folder)
ids = tokenizer(prompt)["input_ids"]
if not os.path.exists(logits_file):
    print(*ids)
    sys.exit()

model, report = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
model.eval()
print(type(model).__name__, model.dtype, {key: value for key, value in report.items() if value})
assert not any(report.values()), report
ours = torch.tensor([[float(number) for number in line.split()] for line in open(logits_file)])
with torch.no_grad():
    theirs = model(torch.tensor([ids])).logits[0].float()
    largest = (ours - theirs).abs().max().item()
    start = torch.tensor([ids if tokenizer.bos_token_id is None else [tokenizer.bos_token_id] + ids])
    new = model.generate(start, attention_mask=torch.ones_like(start), do_sample=False, max_new_tokens=20, pad_token_id=0)
text = prompt + tokenizer.decode(new[0, start.shape[1]:], skip_special_tokens=True)
print("largest difference of logits:", largest)
print("their text:", repr(text))
assert largest <= 1e-4
assert text == open(text_file).read().rstrip("\n"), open(text_file).read()
