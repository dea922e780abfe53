#!/usr/bin/env python3
"""Writes the generated tables of sdk/src/text from Python's standard library.

    python3 scripts/make_text_tables.py sdk/src/text

html_entities.inc: the named character references of HTML5 (html.entities.html5), one word for each:
    NAME=CODE_POINT[+CODE_POINT]; a star before the = marks the names that are known without a semicolon too.
single_byte_maps.inc: the characters of the bytes 0x80 to 0xFF in the encodings that text repair tries. A byte that an
    encoding leaves out stands for the code point of its own number, as in ftfy's "sloppy" encodings.
"""
import html.entities
import sys
from pathlib import Path

ENCODINGS = ["windows-1252", "windows-1251", "windows-1250", "windows-1253", "windows-1254", "windows-1257",
             "iso-8859-2", "mac-roman", "cp437"]
HEADER = "// Made by scripts/make_text_tables.py from Python's {source}. Do not edit.\n"


def filled(words, width, separator=" "):
    lines, line = [], ""
    for word in words:
        if line and len(line) + len(separator) + len(word) > width:
            lines.append(line)
            line = ""
        line += (separator if line else "") + word
    return lines + [line]


def entities():
    table = html.entities.html5
    words = []
    for name in sorted(n[:-1] for n in table if n.endswith(";")):
        star = "*" if name in table else ""
        assert not star or table[name] == table[name + ";"]
        words.append(f"{name}{star}=" + "+".join(f"{ord(c):x}" for c in table[name + ";"]))
    assert len(words) + sum("*" in w for w in words) == len(table)
    # Compilers limit the length of one literal; neighbours are joined.
    return HEADER.format(source="html.entities.html5") + "".join(f'R"({line} )"\n' for line in filled(words, 115))


def single_byte_maps():
    out = HEADER.format(source="codecs")
    for encoding in ENCODINGS:
        characters = [bytes([b]).decode(encoding, errors="replace") for b in range(0x80, 0x100)]
        points = [b if c == "\ufffd" else ord(c) for b, c in zip(range(0x80, 0x100), characters)]
        assert len(set(points)) == 128
        lines = filled([f"0x{p:x}," for p in points], 113)
        out += f'{{"{encoding}",\n {{' + "\n  ".join(lines) + "}},\n"
    return out


folder = Path(sys.argv[1])
(folder / "html_entities.inc").write_text(entities(), encoding="utf-8")
(folder / "single_byte_maps.inc").write_text(single_byte_maps(), encoding="utf-8")
