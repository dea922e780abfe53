#!/usr/bin/env python3
"""Odd texts and the ids that transformers' SiglipTokenizer (the Python class over spiece.model) makes of them.

python siglip_texts.py CHECKPOINT OUT.json reads the tokenizer of the golden checkpoint. Made with transformers 5.24.0 and
sentencepiece 0.2.3.
"""
import json
import random
import sys

from transformers import SiglipTokenizer

PARTS = ["A Photo", "of", "the", "lung", "!?", "\u2581", "</s>", "<unk>", "<pad>", "\u039f\u0394\u039f\u03a3",
         "\u0130stanbul", "\u00df", "\u1e9e", "\u65e5\u672c", "\x1c", "\x1f", "\x85", "\u00a0", "\u3000", "\t", "\n",
         "e\u0301", "\ufb01", "\u00bd", "\u200b", "\x01", "...", "don't", "x-ray", "\U0001f469\u200d\U0001f467", "\u0e33",
         "\uff21", "\u2163", "</S>", "<UNK>", "3.5"]


def main(checkpoint, out):
    tokenizer = SiglipTokenizer.from_pretrained(checkpoint)
    draw = random.Random(20240)
    texts = ["", " ", "!", "</s>", "</s></s>", "</s> a", " </s> a", "a </s>", "a</s> ", "<unk>", "<unk> a",
             "a <unk>b</s>", "\u2581a", "a\u2581b", "lung " * 100, "lung " * 62 + "</s> lung",
             "lung " * 61 + "</s> lung", "a </s> \u65e5\u672c"]
    texts += ["".join(draw.choice(PARTS) + draw.choice(["", " ", "  "]) for _ in range(draw.randint(1, 10)))
              for _ in range(400)]
    rows = [{"text": text, "ids": tokenizer(text, truncation=True)["input_ids"]} for text in texts]
    with open(out, "w", encoding="ascii") as file:
        file.write("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
