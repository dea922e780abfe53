#!/usr/bin/env python3
"""Makes tests/goldens/text_repair/corpus.jsonl.gz: sound and damaged texts with what ftfy 6.3.1, Python's html module and
open_clip 3.3.0's three cleaning functions make of them.

    python3 tests/peers/make_text_repair.py COUNT OUT.jsonl.gz [SEED]

Needs ftfy. Each line: text; fixed (ftfy.fix_text); encoding (ftfy.fix_encoding); unescaped (html.unescape); whitespace,
lower, canonical (open_clip.tokenizer.get_clean_fn, whose few lines are repeated here so that open_clip is not needed).
"""
import gzip
import html
import json
import random
import string
import sys
import unicodedata

import ftfy
import ftfy.bad_codecs  # noqa: F401  (registers the "sloppy" encodings)

WORDS = """chest X-ray café naïve mélanome Röntgenbild Ödem ½ 5 µm ≥ 10³ 胸部 пневмония β-amyloid it’s “quoted” – dash — … ™ ©
€ £ à la voilà très déjà vu œdème Ωμέγα ΣΟΦΟΣ ὀδυσσεύς straße İstanbul 🫁 💩 ﬁbrosis ﬂuid oﬃce ＣＴ　ｓｃａｎ ｶﾞﾝ № Å Ø ß ﷺ ñandú Ñ
Ç ç ¿qué? ¡sí! § ¶ ² ³ ° º ª H&E stage IIIb HER2+ <b>bold</b> &amp; &eacute; &EACUTE; &#233; &#x2019; &notit; &amp;amp;
&lt;tag&gt; &nbsp; &hellip; &NTILDE; &SZLIG; &bogus; &#x1F4A9; &#150; &copy &AMP &GTDOT; snake_case don't (a.b,c)""".split()
ENCODINGS = ["latin-1", "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1257", "iso-8859-2", "macroman", "cp437"]
ENCODINGS += [f"sloppy-windows-{n}" for n in (1252, 1251, 1250, 1253, 1254, 1257)]
ODD = ["\x00", "\x07", "\x1b[31m", "\x1b[0m", "\x7f", "\ufeff", "\u206a", "\ufffc", "\x85", "\x9d", "\x80", "\u2028", "\r\n",
       "\r", "\n", "\x0b", "\x0c", "\x1c", "\x1d", "\u200d", "\xad", "\u3000", "\xa0", "\u0301", "\u0308", "\x1a", "\ufffd"]
NOISE = ([chr(c) for c in [*range(0x80, 0x180), *range(0x391, 0x3D0), *range(0x401, 0x460)]]
         + list("–—‘’“”„†‡•…‰‹›€™√∂∫≈│▀ÂÃâ€œ \n&;#ac"))


def misread(rng, text):
    return text.encode("utf-8").decode(rng.choice(ENCODINGS), errors=rng.choice(["replace", "replace", "ignore"]))


def make_text(rng):
    if rng.random() < 0.2:
        return "".join(rng.choice(NOISE) for _ in range(rng.randint(1, 12)))
    words = [rng.choice(WORDS) for _ in range(rng.randint(1, 8))]
    kind = rng.random()
    if 0.45 < kind < 0.6:
        place = rng.randrange(len(words))
        words[place] = misread(rng, words[place])
    text = " ".join(words)
    if kind < 0.45:
        text = misread(rng, text)
    if kind < 0.1:
        text = misread(rng, text)
    if rng.random() < 0.25:
        text = text.replace("\xa0", " ")
    for _ in range(rng.choice([0, 0, 0, 0, 1, 2])):
        text = html.escape(text)
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        place = rng.randrange(len(text) + 1)
        text = text[:place] + rng.choice(ODD) + text[place:]
    if rng.random() < 0.1:
        text = unicodedata.normalize("NFD", text)
    if rng.random() < 0.1:
        text = text.upper()
    if rng.random() < 0.03:
        text += b"\xed\xa0\xbd\xed\xb2\xa9 \xc0\x80".decode("latin-1")
    return text


def basic(text):
    return html.unescape(html.unescape(ftfy.fix_text(text))).strip()


def whitespace(text):
    return " ".join(basic(text).split()).strip()


def canonical(text):
    text = basic(text).replace("_", " ").translate(str.maketrans("", "", string.punctuation)).lower()
    return " ".join(text.split()).strip()


def main():
    count, out = int(sys.argv[1]), sys.argv[2]
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20261125)
    texts = {}
    while len(texts) < count:
        texts[make_text(rng)] = None
    with gzip.GzipFile(out, "wb", mtime=0) as file:
        for text in texts:
            line = {"text": text, "fixed": ftfy.fix_text(text), "encoding": ftfy.fix_encoding(text),
                    "unescaped": html.unescape(text), "whitespace": whitespace(text), "lower": whitespace(text).lower(),
                    "canonical": canonical(text)}
            file.write((json.dumps(line) + "\n").encode())


main()
