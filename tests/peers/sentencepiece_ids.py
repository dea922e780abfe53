#!/usr/bin/env python3
"""Small SentencePiece models and the ids and texts that the SentencePiece library makes with them.

python sentencepiece_ids.py OUT writes <name>.model and <name>.jsonl (text, ids, decode) for models of both kinds with
other settings of normalisation, white space, byte fallback and user-defined symbols. Made with sentencepiece 0.2.3.
"""
import io
import json
import pathlib
import random
import sys

import sentencepiece

MODELS = {
    "unigram_squeeze": dict(model_type="unigram", normalization_rule_name="identity",
                            user_defined_symbols=["<mask>", "of", "\u65e5"]),
    "unigram_bytes": dict(model_type="unigram", normalization_rule_name="identity", byte_fallback=True,
                          remove_extra_whitespaces=False, vocab_size=700),
    "bpe_bytes": dict(model_type="bpe", normalization_rule_name="identity", byte_fallback=True,
                      remove_extra_whitespaces=False, add_dummy_prefix=False,
                      user_defined_symbols=["  ", "\n", "[multimodal]"], vocab_size=700),
    "bpe_squeeze": dict(model_type="bpe", normalization_rule_name="identity"),
}
WORDS = ("a photo of the lung with no acute finding in left lower lobe chest X-ray shows cardiomegaly and pleural effusion "
         "melanoma or benign nevus dermoscopy image tumor tissue lymph node section retinal fundus diabetic retinopathy "
         "severe mild moderate patient's 12 3.5 mm caf\u00e9 na\u00efve").split()
ODD = ["\u65e5\u672c", "\u2581", "\u2581\u2581a", "e\u0301", "\U0001f469", "<mask>", "<unk>", "<s>", "[multimodal]", "\n",
       "\t",
       "  ", "   ", "of", "\u0001", "\u3000", "\u00a0", "xxxxxxxxxxxxxxxx", "!!!!!!!!!!", "<0x41>"]


def lines(draw):
    for _ in range(400):
        yield " ".join(draw.choice(WORDS) for _ in range(draw.randint(3, 14)))


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    for name, settings in MODELS.items():
        draw = random.Random(name)
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=lines(draw), model_writer=model, hard_vocab_limit=False, minloglevel=2,
            character_coverage=0.9995, num_threads=1, **{"vocab_size": 300, **settings})
        (out / f"{name}.model").write_bytes(model.getvalue())
        processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
        texts = ["", " ", "a", " a  photo ", *ODD]
        texts += ["".join(draw.choice(WORDS + ODD) + draw.choice(["", " ", "  "]) for _ in range(draw.randint(1, 9)))
                  for _ in range(150)]
        with open(out / f"{name}.jsonl", "w", encoding="ascii") as file:
            for text in texts:
                ids = processor.encode(text)
                file.write(json.dumps({"text": text, "ids": ids, "decode": processor.decode(ids)}) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
