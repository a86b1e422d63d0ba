"""Records how Hugging Face tokenizers cut texts as BERT does: python3 record_word_piece.py. Writes word_piece.json beside this file.

Needs tokenizers (recorded with 0.23.1). Characters come from blocks that were complete in Unicode 8, which that library knows.
"""

import json
import os
import unicodedata

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

HERE = os.path.dirname(os.path.abspath(__file__))
BLOCKS = [(0x01, 0x590, 3), (0x1E00, 0x2000, 3), (0x2000, 0x20C0, 1), (0x2100, 0x2190, 5), (0x3000, 0x3100, 2), (0x4E00, 0x4E10, 7),
          (0xAC00, 0xD7A4, 331), (0xF900, 0xFB00, 11), (0xFE30, 0xFFF0, 3), (0x1D15E, 0x1D165, 2), (0x1F600, 0x1F610, 5), (0x20000, 0x20003, 2)]
TEXTS = [
    "The unaffable lighthouse keeper's daughter couldn't count: twelve, 1234, NONE!",
    "灯塔守护人的女儿数着船。Ünïcödé İstanbul ÅNGSTRÖM 한국어 Straße tiếng Việt عَرَبِي हिन्दी ไทย",
    "a\x00b\x01c\u200bd\ufeffe\ufffdf\x0bg\x85h\u2028i\tj\nk\rl\u3000m",
    "", " ", "\n", "...", "##ing # ## [UNK] [cls]", "x" * 100 + " " + "y" * 101, "unaffunaff unaffz",
]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "##s", "the", "The", "count", "##er", "##n", "'", "t", ":", ",", "!",
              "12", "##34", "灯", "的", "数", "i", "##stan", "##bul", "istanbul", "İstanbul", "x", "##x", "y", "##y", "#", "[", "]", "cls", "a", "##bc", ".", "couldn", "unk", "?"]


def words(text, **options):
    pieces = pre_tokenizers.BertPreTokenizer().pre_tokenize_str(normalizers.BertNormalizer(**options).normalize_str(text))
    return [piece for piece, _ in pieces]


def main():
    letters = [chr(c) for first, last, step in BLOCKS for c in range(first, last, step) if unicodedata.category(chr(c)) != "Cn"]
    texts = TEXTS + ["".join("a" + c + "B " for c in letters[i:i + 100]) for i in range(0, len(letters), 100)]
    modes = [{"lowercase": True}, {"lowercase": False}, {"lowercase": True, "strip_accents": False},
             {"lowercase": False, "strip_accents": True}, {"lowercase": True, "clean_text": False}, {"lowercase": True, "handle_chinese_chars": False}]
    recorded = {"vocabulary": VOCABULARY, "words": [
        {"text": text, "lowercase": mode["lowercase"], "strip_accents": mode.get("strip_accents"), "clean_text": mode.get("clean_text", True),
         "handle_chinese_chars": mode.get("handle_chinese_chars", True), "words": words(text, **mode)}
        for text in texts for mode in (modes if text in TEXTS[:4] else modes[:2])]}
    tokenizer = Tokenizer(models.WordPiece({token: i for i, token in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    recorded["ids"] = [{"text": text, "ids": (ids := tokenizer.encode(text).ids), "decoded": tokenizer.decode(ids)} for text in TEXTS]
    with open(os.path.join(HERE, "word_piece.json"), "w", encoding="utf-8", newline="\n") as file:
        json.dump(recorded, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
