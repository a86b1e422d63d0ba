"""Writes src/MicroGpt/Tokenizers/Unicode/normalization.txt from Python's copy of the Unicode Character Database.

    python3 unicode.py
"""

import unicodedata
from pathlib import Path

ROOT = Path(__file__).parents[4]


def main():
    lines = [f"# Made from the Unicode Character Database {unicodedata.unidata_version}. Copyright © 1991-2024 Unicode, Inc.,",
             "# under the Unicode License v3, https://www.unicode.org/license.txt. In hexadecimal: a character = what it decomposes to",
             "# (! = where the two never compose); then first-last combining class of runs of marks."]
    for c in map(chr, range(0x110000)):
        parts = unicodedata.decomposition(c)
        if parts and not parts.startswith("<") and not 0xAC00 <= ord(c) < 0xAC00 + 11172:  # Hangul is arithmetic
            decomposed = "".join(chr(int(part, 16)) for part in parts.split())
            excluded = len(decomposed) == 2 and unicodedata.normalize("NFC", decomposed) != c
            lines.append(f"{ord(c):X}{'!' if excluded else ''}={' '.join(f'{ord(part):X}' for part in decomposed)}")
    first = 0
    for code_point in range(1, 0x110001):
        found = unicodedata.combining(chr(code_point)) if code_point < 0x110000 else -1
        known = unicodedata.combining(chr(first))
        if found != known:
            if known:
                lines.append(f"{first:X}-{code_point - 1:X} {known:X}")
            first = code_point
    path = ROOT / "src/MicroGpt/Tokenizers/Unicode/normalization.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


main()
