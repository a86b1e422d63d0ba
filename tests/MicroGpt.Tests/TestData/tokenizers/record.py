"""What Hugging Face tokenizers and tiktoken give, recorded for the tests in Tokenizers/.

    python3 record.py [FOLDER]    # writes small.json and recorded.json beside itself

Needs tokenizers and tiktoken; recorded.json says which versions. small.json is a tokenizer of 1,000 tokens that the first trains on
samples.txt and the project's documents. Hashes are SHA-256 of the ids as little-endian 32-bit numbers. With a FOLDER that holds
microgpt50m-tokenizer.json, wikitext2-*.txt and tinyshakespeare.txt, these are recorded too.
"""

import hashlib
import json
import random
import re
import struct
import sys
import unicodedata
from pathlib import Path

import tiktoken
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

HERE = Path(__file__).parent
ROOT = HERE.parents[3]

PATTERNS = {
    "gpt2": r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""",
    "gpt2-tiktoken": r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s""",
    "cl100k": r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s++$|\s*[\r\n]|\s+(?!\S)|\s""",
    "cl100k-tiktoken": r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s""",
    "llama3": r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+""",
    "qwen": r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+""",
    "nanochat": r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,2}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+""",
    "o200k": "|".join([
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""\p{N}{1,3}""", r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""", r"""\s*[\r\n]+""", r"""\s+(?!\S)""", r"""\s+""",
    ]),
}

# {1,3}+ is possessive for tiktoken; for Hugging Face's engine, Oniguruma, it is a repetition that is repeated.
POSSESSIVE_COUNT = r"\{[0-9,]+\}\+"

# Texts are put together of these, drawn by the Mersenne Twister that the tests have too.
FRAGMENTS = [
    " ", "  ", "   ", "\n", "\r\n", "\n\n", "\t", "\u00a0", "\u3000", "\u0085", "\u2028", "a", "the", " of", "Hello", "WORLD", "ing",
    "1", "12", "123", "4567", "\u0663", "\u00bd", "\u2167", "'", "'s", "'S", "'\u017f", "'ll", "'LL", "'Re", "'ve", "'m", "'d", "'T",
    "''", ".", ",", "!?", "...", "(", "\"", "/", "//", "_", "-", "\u4e2d", "\u6587\u5b57", "\u3002", "\u3042", "\ud55c", "\u0414", "\u05d0",
    "e\u0301", "\u0301", "\u0e01\u0e34", "\U0001f600", "\U0001f469\u200d\U0001f467", "\U00020bb7", "\U0001d7d8", "\u01c5", "\u02b0",
    "\x00", "\x7f", "\ufeff", "\uffff", "<|end|>", "aaaa", "Aa", "zZ", "McDonald",
]


def drawn_texts():
    rng = random.Random(2024)
    return ["".join(FRAGMENTS[rng.randrange(len(FRAGMENTS))] for _ in range(1 + rng.randrange(24))) for _ in range(5000)]


def every_character(left_out=()):
    """Every assigned code point (and more) beside a letter, a digit, a space, an apostrophe and a line end."""
    code_points = [c for c in [*range(0x33480), *range(0xE0000, 0xE0200), 0xF0000, 0x10FFFF] if not 0xD800 <= c < 0xE000 and c not in left_out]
    return "".join(f"{c}a{c}1 {c}{c}'{c}\n{c} " for c in map(chr, code_points))


def combining():
    return [c for c in range(0x20000) if unicodedata.combining(chr(c))]


def marks():
    """Letters with many marks, in no order."""
    rng = random.Random(2025)
    marks = combining()
    letters = [0x61, 0x41, 0xE9, 0x1100, 0xAC00, 0xAC01, 0x1161, 0x11A8, 0x915, 0x308B, 0x1E9B]
    return "".join(
        chr(letters[rng.randrange(len(letters))]) + "".join(chr(marks[rng.randrange(len(marks))]) for _ in range(rng.randrange(6)))
        for _ in range(50000))


def unlike_unicode():
    """What Hugging Face normalizes otherwise than Unicode 16: characters that are newer than its tables."""
    nfd, nfc = normalizers.NFD(), normalizers.NFC()
    around = ["{0}", "{0}{0}", "a{0}\u0323", "a\u0345{0}", "a{0}\u0334"]
    return [c for c in range(0x110000) if not 0xD800 <= c < 0xE000 and any(
        nfd.normalize_str(text) != unicodedata.normalize("NFD", text) or nfc.normalize_str(text) != unicodedata.normalize("NFC", text)
        for text in (form.format(chr(c)) for form in around))]


def digest(ids):
    return {"count": len(ids), "sha256": hashlib.sha256(struct.pack(f"<{len(ids)}i", *ids)).hexdigest()}


def digest_all(encode, texts):
    ids = []
    for text in texts:
        ids += encode(text)
    return digest(ids)


def train_small():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1000, special_tokens=["<|end|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train([str(HERE / "samples.txt"), *sorted(map(str, (ROOT / "docs").glob("*.md")))], trainer)
    tokenizer.save(str(HERE / "small.json"))
    return tokenizer


def with_pre_tokenizer(tokenizer, pattern):
    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    return copy


def ranks_of(tokenizer):
    """tiktoken's ranks of a vocabulary: the bytes of its tokens in the order of their ids, special ones left out."""
    kept = list(range(33, 127)) + list(range(0xA1, 0xAD)) + list(range(0xAE, 0x100))
    rest = [b for b in range(256) if b not in kept]
    to_byte = {chr(b): b for b in kept} | {chr(256 + n): b for n, b in enumerate(rest)}
    special = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
    tokens = sorted((i, t) for t, i in tokenizer.get_vocab(with_added_tokens=True).items() if t not in special)
    return {bytes(to_byte[c] for c in t): rank for rank, (_, t) in enumerate(tokens)}


def hugging_face(tokenizer):
    tokenizer.encode_special_tokens = True  # special tokens in the text are text
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def tiktoken_of(tokenizer, pattern):
    return tiktoken.Encoding("recorded", pat_str=pattern, mergeable_ranks=ranks_of(tokenizer), special_tokens={}).encode_ordinary


def variants(small):
    """Every way of cutting a text, by both libraries."""
    for name, pattern in PATTERNS.items():
        if not re.search(POSSESSIVE_COUNT, pattern):
            yield f"hf {name}", hugging_face(with_pre_tokenizer(small, pattern))
        yield f"tiktoken {name}", tiktoken_of(small, pattern)
    digits = Tokenizer.from_str(small.to_str())
    digits.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    yield "hf digits", hugging_face(digits)
    prefix = Tokenizer.from_str(small.to_str())
    prefix.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    yield "hf prefix", hugging_face(prefix)
    for form in ["NFC", "NFD"]:
        normalized = Tokenizer.from_str(small.to_str())
        normalized.normalizer = getattr(normalizers, form)()
        yield f"hf {form}", hugging_face(normalized)


def added_tokens(small):
    """Cases of added tokens with every flag."""
    tokenizer = Tokenizer.from_str(small.to_str())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_special_tokens([
        AddedToken("<|end|>", special=True, normalized=False), AddedToken("<|endless|>", special=True, normalized=False),
        AddedToken("<mask>", special=True, lstrip=True, normalized=False), AddedToken("<r>", special=True, rstrip=True, normalized=False)])
    tokenizer.add_tokens([
        AddedToken("whole", single_word=True, normalized=False), AddedToken("caf\u00e9", normalized=True),
        AddedToken("<think>", normalized=False), AddedToken("  ", normalized=True), AddedToken("both", lstrip=True, rstrip=True, single_word=True, normalized=True)])
    texts = [
        "<|end|>", "a<|end|>b", "<|endless|><|end|>", "<|end<|end|>", " x <mask> y", "\n\t <mask><mask> z", "a <r> \n b<r>", "<r>  <mask>  <r>",
        "whole", "the whole thing", "wholesome whole.", "_whole whole_ whole1 \u00e9whole whole\u0301", "(whole)whole whole", "cafe\u0301 caf\u00e9 cafe",
        "<think>hm</think>", "a  b   c    d", "x both y", "x \t both \t both y", "bothboth both", "", " ", "  ", "<|End|>", "\u24b6whole \u200dwhole",
    ]
    cases = []
    for text in texts:
        tokenizer.encode_special_tokens = False
        allowed = tokenizer.encode(text, add_special_tokens=False).ids
        tokenizer.encode_special_tokens = True
        cases.append({"text": text, "allowed": allowed, "ids": tokenizer.encode(text, add_special_tokens=False).ids,
                      "decoded": tokenizer.decode(allowed, skip_special_tokens=False), "skipped": tokenizer.decode(allowed, skip_special_tokens=True)})
    added = json.loads(tokenizer.to_str())["added_tokens"]
    return {"added_tokens": added, "cases": cases}


def data_sets(folder):
    published = Tokenizer.from_file(str(folder / "microgpt50m-tokenizer.json"))
    for file in ["wikitext2-valid.txt", "wikitext2-test.txt", "tinyshakespeare.txt"]:
        text = (folder / file).read_bytes().decode()
        yield f"hf published {file}", digest(hugging_face(published)(text))
        for name, pattern in PATTERNS.items():
            if not re.search(POSSESSIVE_COUNT, pattern):
                yield f"hf {name} {file}", digest(hugging_face(with_pre_tokenizer(published, pattern))(text))
            yield f"tiktoken {name} {file}", digest(tiktoken_of(published, pattern)(text))


def main():
    small = train_small()
    recorded = {"tokenizers": tokenizers.__version__, "tiktoken": tiktoken.__version__, "patterns": PATTERNS, "fragments": FRAGMENTS}
    samples = (HERE / "samples.txt").read_bytes().decode()
    newer = unlike_unicode()
    recorded["unlike_unicode"] = " ".join(map(str, newer))
    recorded["marks"] = " ".join(map(str, combining()))
    recorded["variants"] = {
        name: {"samples": digest(encode(samples)), "drawn": digest_all(encode, drawn_texts()),
               "characters": digest(encode(every_character(newer if "NF" in name else ())))}
        for name, encode in variants(small)}
    recorded["normalized"] = {
        form: hashlib.sha256(unicodedata.normalize(form, every_character() + marks()).encode()).hexdigest() for form in ["NFC", "NFD"]}
    recorded["unicode"] = unicodedata.unidata_version
    recorded["first"] = {name: encode(samples)[:200] for name, encode in variants(small) if name == "hf gpt2"}
    recorded["added"] = added_tokens(small)
    if len(sys.argv) > 1:
        recorded["data"] = dict(data_sets(Path(sys.argv[1])))
    (HERE / "recorded.json").write_text(json.dumps(recorded, indent=1, ensure_ascii=True) + "\n")


main()
