#!/usr/bin/env python3
"""What transformers makes of the tokenizer files of the generative goldens' checkpoints, and of the same with changes.

python tokenizer_folders.py OUT writes cases.json (which checkpoint, which files are left out, which keys are changed)
and per case <name>.jsonl.gz: for a text its ids without and with special tokens and their decodings, for ids their
decodings. Made with transformers 4.46.3, sentencepiece 0.2.3 and protobuf: the last versions whose Python classes are
what the original LLaVA and LLaVA-Med code loads. Needs no torch.
"""
import copy
import gzip
import json
import pathlib
import random
import shutil
import sys
import tempfile

from transformers import AutoTokenizer

GOLDENS = pathlib.Path(__file__).resolve().parent.parent / "goldens"
FILES = ["tokenizer.json", "tokenizer.model", "vocab.json", "merges.txt", "added_tokens.json", "tokenizer_config.json",
         "special_tokens_map.json"]
CONFIG, MAP, ADDED = "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"
NAMES = ["<im_start>", "<extra x>", "<image>", "[PAD]", "<pad>", "<|im_end|>", "<s>", "</s>", "<img>", "<|eot_id|>"]
FIRST = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": False}


def token(content, special=True, **flags):
    return {"content": content, "lstrip": False, "rstrip": False, "single_word": False, "normalized": not special,
            "special": special, **flags}


def case(base, slow=False, without=(), **changes):
    """`changes`: per file the keys to set; added_tokens_decoder goes if it is null."""
    return {"base": base, "slow": slow, "without": list(without), "changes": changes}


MORE = {"<im_start>": 700, "<extra x>": 701}
MORE_NAMES = {"additional_special_tokens": ["<im_start>"], "pad_token": "[PAD]"}
LISTED = {"0": token("<unk>"), "1": token("<s>"), "2": token("</s>"), "700": token("<im_start>", lstrip=True),
          "701": token("<extra x>", False, rstrip=True), "702": token("[PAD]")}
CASES = {
    "gemma3": case("gemma3"),
    "internvl3": case("internvl3", slow=True),
    "internvl3-hf": case("internvl3-hf"),
    "llava-med": case("llava-med", slow=True),
    "llava15-hf": case("llava15-hf"),
    "llava15-original": case("llava15-original", slow=True),
    "qwen2-vl": case("qwen2-vl"),
    "qwen2_5-vl": case("qwen2_5-vl"),
    "vila": case("vila"),
    "llama-legacy": case("llava15-original", True, **{CONFIG: {"legacy": True}}),
    "llama-legacy-by-default": case("llava-med", True, [CONFIG], **{"config.json": {"model_type": "llama"}}),
    "llama-end-token": case("llava-med", True, **{CONFIG: {"add_eos_token": True, "add_bos_token": False}}),
    "llama-no-prefix": case("llava15-original", True, **{CONFIG: {"add_prefix_space": None}}),
    "llama-no-json": case("llava15-original", True, [CONFIG, MAP], **{"config.json": {"model_type": "llama"}}),
    "llama-added": case("llava15-original", True, **{ADDED: MORE, MAP: MORE_NAMES}),
    "llama-added-legacy": case("llava15-original", True, **{CONFIG: {"legacy": True}, ADDED: MORE, MAP: MORE_NAMES}),
    "llama-listed": case("llava15-original", True, **{CONFIG: {
        "clean_up_tokenization_spaces": True, "added_tokens_decoder": LISTED, **MORE_NAMES}}),
    "json-listed": case("llava15-hf", False, [MAP, ADDED], **{CONFIG: {
        "pad_token": "[PAD]", "additional_special_tokens": ["<img>"],
        "added_tokens_decoder": {**LISTED, "700": token("<image>"), "701": token("<pad>"), "702": token("<im_start>"),
                                 "703": token("<extra x>", False)}}}),
    "json-first": case("llava15-hf", **{"tokenizer.json": {"normalizer": None, "pre_tokenizer": FIRST}}),
    "json-first-split": case("llava15-hf", **{"tokenizer.json": {
        "normalizer": None, "pre_tokenizer": {**FIRST, "split": True}, "decoder": {**FIRST, "split": True}}}),
    "qwen2-added": case("internvl3", True, **{CONFIG: {"added_tokens_decoder": None}}),
}


def source(base):
    folder = GOLDENS / "generative" / base / "checkpoint"
    return folder / "llm" if (folder / "llm").exists() else folder


def write_folder(folder, one):
    for name in FILES:
        if (source(one["base"]) / name).exists() and name not in one["without"]:
            shutil.copy(source(one["base"]) / name, folder / name)
    for name, change in one["changes"].items():
        content = json.loads((folder / name).read_text(encoding="utf-8")) if (folder / name).exists() else {}
        content.update(change)
        if content.get("added_tokens_decoder", ...) is None:
            del content["added_tokens_decoder"]
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    if not (folder / "config.json").exists():
        (folder / "config.json").write_text("{}")


def texts(draw):
    with gzip.open(GOLDENS / "tokenizers" / "corpus.jsonl.gz", "rt") as lines:
        corpus = [json.loads(line)["text"] for line in lines]
    chosen = [text for text in draw.sample(corpus, 100) if len(text) < 400][:80]
    for text in draw.sample(corpus, 40):
        text = text[:80]
        for _ in range(draw.randint(1, 3)):
            at = draw.randint(0, len(text))
            name = draw.choice(["", " ", "  ", "\n"]) + draw.choice(NAMES) + draw.choice(["", " ", "  ", "\n"])
            text = text[:at] + name + text[at:]
        chosen.append(text)
    chosen += [name + text for name in NAMES for text in ("", " x", "x", "\n")]
    return chosen + [" <s>", "\u2581<s>", "\u2581 <s> x", "Well , it is n't . I 'm ' so ' we 've ! do not ?"]


def rows(tokenizer, draw):
    for text in texts(draw):
        ids = tokenizer.encode(text, add_special_tokens=False)
        special = tokenizer.encode(text)
        yield {"text": text, "ids": ids, "ids_special": special, "decode": tokenizer.decode(ids),
               "decode_special": tokenizer.decode(special),
               "decode_skip": tokenizer.decode(special, skip_special_tokens=True)}
    for _ in range(40):
        ids = [draw.randrange(len(tokenizer)) for _ in range(draw.randint(0, 12))]
        yield {"ids": ids, "decode": tokenizer.decode(ids),
               "decode_skip": tokenizer.decode(ids, skip_special_tokens=True)}


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    for number, (name, one) in enumerate(CASES.items()):
        with tempfile.TemporaryDirectory() as folder:
            write_folder(pathlib.Path(folder), copy.deepcopy(one))
            tokenizer = AutoTokenizer.from_pretrained(folder, use_fast=not one["slow"])
            lines = [json.dumps(row, separators=(",", ":")) for row in rows(tokenizer, random.Random(number))]
        (out / f"{name}.jsonl.gz").write_bytes(gzip.compress(("\n".join(lines) + "\n").encode("ascii"), mtime=0))
        print(name, type(tokenizer).__name__, len(tokenizer), len(lines))
    (out / "cases.json").write_text(json.dumps(CASES, indent=1) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
