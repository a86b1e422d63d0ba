"""What transformers computes for the tasks beside this file: the losses of every option, what is chosen, and how many are right.

    python3 record.py        # writes recorded.json

Needs torch and transformers. The model (1 layer, 16 wide, 320 tokens) was made by `microgpt train` on the curriculum.
Each option is scored by itself, without padding; questions and solved ones are drawn as nanochat draws them
(scripts/base_eval.py, nanochat/core_eval.py), with Python's own random module.
"""

import json
import random
from pathlib import Path

import torch
import transformers

HERE = Path(__file__).parent
torch.set_grad_enabled(False)
MODEL = transformers.AutoModelForCausalLM.from_pretrained(HERE / "model").eval()
TOKENIZER = transformers.PreTrainedTokenizerFast(tokenizer_file=str(HERE / "model" / "tokenizer.json"))
BOS = TOKENIZER.convert_tokens_to_ids("<|bos|>")
CONTEXT = MODEL.config.n_positions


def encode(text):
    return [BOS] + TOKENIZER.encode(text, add_special_tokens=False)


def common(sequences):
    length = 0
    while all(len(s) > length and s[length] == sequences[0][length] for s in sequences):
        length += 1
    return length


def score(ids, start):
    """The mean loss of ids[start:], and whether each of them is the likeliest."""
    cropped = max(0, len(ids) - CONTEXT)
    ids, start = torch.tensor(ids[cropped:]), max(1, start - cropped)
    logits = MODEL(ids[None]).logits[0, start - 1:-1].double()
    loss = torch.nn.functional.cross_entropy(logits, ids[start:]).item()
    return loss, bool((logits.argmax(-1) == ids[start:]).all()), cropped > 0


def pairs(item):
    if "choices" in item:
        return [(item["query"], choice) for choice in item["choices"]]
    if "context_options" in item:
        return [(context, item["continuation"]) for context in item["context_options"]]
    return [(item["context"].strip(), item["continuation"])]


def ask(items, index, kind, shots, delimiter):
    others = [i for i in range(len(items)) if i != index]
    solved = random.Random(1234 + index).sample(others, shots) if shots else []
    before = "".join(delimiter.join(pairs(items[i])[items[i].get("gold", 0)]) + "\n\n" for i in solved)
    texts = [before + delimiter.join(pair) for pair in pairs(items[index])]
    tokens = [encode(text) for text in texts]
    if kind == "schema":
        end = common([s[::-1] for s in tokens])
        starts = [len(s) - end for s in tokens]
    elif kind == "language_modeling":
        starts = [common([encode((before + pairs(items[index])[0][0] + delimiter).strip()), tokens[0]])]
    else:
        # A choice may be the beginning of another: at least one token of it is scored.
        starts = [min(common(tokens), len(s) - 1) for s in tokens]
    scores = [score(s, start) for s, start in zip(tokens, starts)]
    losses = [loss for loss, _, _ in scores]
    chosen = (0 if scores[0][1] else -1) if kind == "language_modeling" else losses.index(min(losses))
    return losses, chosen, sum(cropped for _, _, cropped in scores)


def letters(item):
    question = f"Multiple Choice question: {item['query']}\n"
    question += "".join(f"- {choice}={chr(65 + i)}\n" for i, choice in enumerate(item["choices"]))
    question += "\nRespond only with the letter of the correct answer."
    special = [TOKENIZER.convert_tokens_to_ids(f"<|{name}|>") for name in ("user_start", "user_end", "assistant_start")]
    ids = [BOS, special[0], *encode(question)[1:], special[1], special[2]]
    logits = MODEL(torch.tensor(ids[-CONTEXT:])[None]).logits[0, -1]
    losses = [-logits[TOKENIZER.encode(chr(65 + i), add_special_tokens=False)[0]].item() for i in range(len(item["choices"]))]
    return losses, losses.index(min(losses)), int(len(ids) > CONTEXT)


def main():
    recorded = {}
    for task in json.loads((HERE / "tasks.json").read_text())["icl_tasks"]:
        items = [json.loads(line) for line in (HERE / task["dataset_uri"]).read_text().splitlines()]
        random.Random(1337).shuffle(items)
        kind, shots = task["icl_task_type"], task.get("num_fewshot", 0)
        shots = shots[0] if isinstance(shots, list) else shots
        answers = [letters(item) if kind == "letters" else ask(items, i, kind, shots, task.get("continuation_delimiter", " "))
                   for i, item in enumerate(items)]
        recorded[task["label"]] = {
            "losses": [losses for losses, _, _ in answers],
            "chosen": [chosen for _, chosen, _ in answers],
            "cropped": sum(cropped for _, _, cropped in answers),
            "accuracy": sum(chosen == item.get("gold", 0) for item, (_, chosen, _) in zip(items, answers)) / len(items),
        }
    ids = torch.tensor(encode("The sun was shining. Edith saw a camel at the palace."))
    recorded["text"] = {"nats": torch.nn.functional.cross_entropy(MODEL(ids[None]).logits[0, :-1].double(), ids[1:]).item(), "tokens": len(ids) - 1}
    (HERE / "recorded.json").write_text(json.dumps({"transformers": transformers.__version__, "torch": torch.__version__, **recorded}, indent=1) + "\n")
    for label, values in recorded.items():
        print(label, values.get("accuracy"), values.get("cropped"), values.get("chosen"))


main()
