"""Records what Hugging Face tokenizers' trainers learn: python3 record_training.py [FOLDER OF DATA SETS].

Writes training.json beside this file. Needs tokenizers (recorded with 0.23.1). With a folder that holds tinyshakespeare.txt,
wikitext2-valid.txt and wikitext2-test.txt, the hashes of the merges on these are recorded anew, otherwise the old ones are kept.
"""

import hashlib
import json
import os
import random
import sys

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
NANOCHAT = (r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,2}| ?[^\s\p{L}\p{N}]++[\r\n]*"
            r"|\s*[\r\n]|\s+(?!\S)|\s+")
OWN_TEXT = ("The lighthouse keeper's daughter counted the ships: twelve, then 1234, then none.\n\n"
            "She'd said she'll count them again — \"tomorrow\", if there's wind.   And there was; wind, wind, wind!\n"
            "灯塔守护人的女儿数着船。船，船，又是船。\n\tif (ship == null) { return count++; }\r\n")


def bpe(documents, pattern, size, special, min_frequency, max_token_length):
    tokenizer = Tokenizer(models.BPE())
    if pattern == "gpt2":
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(NANOCHAT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.train_from_iterator(documents, trainers.BpeTrainer(
        vocab_size=size, min_frequency=min_frequency, special_tokens=special, max_token_length=max_token_length,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return [" ".join(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"]]


def word_piece(documents, size, min_frequency, lowercase):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(documents, trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=min_frequency, limit_alphabet=1000, show_progress=False,
        special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]))
    return sorted(tokenizer.get_vocab())


def random_documents(seed):
    """Few letters in long words: then equal frequencies, runs of one letter and tokens spelled by two pairs are common."""
    draw = random.Random(seed)
    letters = draw.choice(["ab", "abc", "aé", "abcdefgh"])
    space = draw.choice([0.02, 0.1, 0.3])
    length = draw.choice([50, 300, 1500])
    return ["".join(" " if draw.random() < space else draw.choice(letters) for _ in range(length)) for _ in range(draw.randrange(1, 4))]


def bpe_cases():
    cases = [{"documents": [OWN_TEXT], "pattern": pattern, "size": 420, "special": ["<|endoftext|>"], "min_frequency": 0}
             for pattern in ("gpt2", "nanochat")]
    for seed in range(24):
        draw = random.Random(1000 + seed)
        cases.append({
            "documents": random_documents(seed), "pattern": "gpt2", "size": draw.choice([257, 300, 400, 600]), "special": [],
            "min_frequency": draw.choice([0, 0, 2, 5]), "max_token_length": draw.choice([None, None, 3, 4, 6])})
    for case in cases:
        case.setdefault("max_token_length", None)
        case["merges"] = bpe(**case)
    return cases


def word_piece_case(documents, name, size, lowercase):
    """The library numbers characters at random and breaks ties by the numbers: kept only where five runs agree."""
    runs = [word_piece(documents, size, 2, lowercase) for _ in range(5)]
    agree = all(run == runs[0] for run in runs)
    return [{"files": [name], "size": size, "min_frequency": 2, "lowercase": lowercase, "sha256": sha256(runs[0])}] if agree else []


def sha256(lines):
    return hashlib.sha256("".join(line + "\n" for line in lines).encode("utf-8")).hexdigest()


def data_sets(folder):
    hashes = []
    for names, pattern, size in [
            (["tinyshakespeare.txt"], "gpt2", 8192),
            (["tinyshakespeare.txt"], "nanochat", 1000),
            (["tinyshakespeare.txt", "wikitext2-valid.txt", "wikitext2-test.txt"], "nanochat", 32768)]:
        documents = [open(os.path.join(folder, name), encoding="utf-8", newline="").read() for name in names]
        merges = bpe(documents, pattern, size, ["<|endoftext|>"], 0, None)
        hashes.append({"files": names, "pattern": pattern, "size": size, "merges": len(merges), "sha256": sha256(merges)})
    return hashes


def word_piece_data_sets(folder):
    name = "tinyshakespeare.txt"
    documents = [open(os.path.join(folder, name), encoding="utf-8", newline="").read()]
    return [case for size in (300, 800, 1200) for lowercase in (True, False)
            for case in word_piece_case(documents, name, size, lowercase)]


def main():
    path = os.path.join(HERE, "training.json")
    if len(sys.argv) > 1:
        data = {"bpe_data_sets": data_sets(sys.argv[1]), "word_piece_data_sets": word_piece_data_sets(sys.argv[1])}
    else:
        old = json.load(open(path, encoding="utf-8"))
        data = {name: old[name] for name in ("bpe_data_sets", "word_piece_data_sets")}
    recorded = {"bpe": bpe_cases(), **data}
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        json.dump(recorded, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
