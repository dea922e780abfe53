#!/usr/bin/env python3
"""Writes MedCLIP checkpoints of odd sizes with what transformers' SwinModel and BertModel make of them, in the form of the
goldens, for conformance_medclip to compare: grids that windows or merging do not divide, a window of one stage's whole grid,
another patch size, absolute positions, many layers, other heads and norms.

    python medclip_peer.py --out FOLDER
    MEDVLM_GOLDENS=FOLDER build/release/tests/conformance_medclip

Needs torch, transformers, numpy, Pillow, safetensors."""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertModel, BertTokenizer, SwinConfig, SwinModel

VISION, TEXT = "microsoft/swin-tiny-patch4-window7-224", "emilyalsentzer/Bio_ClinicalBERT"
MEAN, STD = 0.5862785803043838, 0.27950088968644304
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
TOLERANCES = {"decoded.": (0, 0), "input_ids": (0, 0), "attention_mask": (0, 0), "pixel_values": (1e-5, 0),
              "logits": (5e-4, 1e-5), "probs": (5e-5, 0), "": (5e-6, 1e-5)}

CASES = {
    "odd-grid": (dict(image_size=52, patch_size=4, embed_dim=12, depths=[2, 3, 2], num_heads=[2, 3, 4], window_size=4),
                 dict(hidden_size=24, num_attention_heads=3, num_hidden_layers=2, intermediate_size=50), 14, 5.2),
    "filled-windows": (dict(image_size=80, patch_size=4, embed_dim=8, depths=[2, 2], num_heads=[1, 4], window_size=7),
                       dict(hidden_size=16, num_attention_heads=4, num_hidden_layers=5, intermediate_size=40,
                            layer_norm_eps=1e-5), 9, 2.5),
    "whole-grid-window": (dict(image_size=40, patch_size=5, embed_dim=6, depths=[1, 2], num_heads=[3, 2], window_size=4,
                               qkv_bias=False, mlp_ratio=2.5),
                          dict(hidden_size=16, num_attention_heads=1, num_hidden_layers=3, intermediate_size=16,
                               hidden_act="gelu_new"), 7, -0.5),
    "patch-left-over": (dict(image_size=45, patch_size=4, embed_dim=10, depths=[2, 2], num_heads=[2, 5], window_size=5,
                             layer_norm_eps=1e-6),
                        dict(hidden_size=20, num_attention_heads=2, num_hidden_layers=3, intermediate_size=33,
                             max_position_embeddings=80, type_vocab_size=1), 6, 4.0),
    "absolute-positions": (dict(image_size=36, patch_size=6, embed_dim=8, depths=[2], num_heads=[2], window_size=3,
                                use_absolute_embeddings=True, hidden_act="gelu_new"),
                           dict(hidden_size=16, num_attention_heads=2, num_hidden_layers=4, intermediate_size=32,
                                hidden_act="relu"), 8, 1.0),
}
TEXTS = ["chest x-ray: no acute finding.", "Pneumonie, œdème & épanchement; 3.5 mm", "", "肺炎 of the LEFT lobe",
         "effusion " * 90, "a [MASK] b[SEP]"]


def vocabulary():
    letters = [chr(c) for c in range(33, 127)] + list("àœ肺炎µ≥")
    words = ["chest", "effusion", "lobe", "left", "##ing", "##usion", "find", "pneu", "##monie", "the", "of", "acute"]
    unique = dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + c for c in letters), *words])
    return list(unique)


def pictures(folder, rng):
    folder.mkdir(parents=True)
    for name, height, width in [("a.png", 31, 77), ("b.png", 90, 90), ("c.png", 7, 5), ("d.png", 50, 33)]:
        Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8)).save(folder / name)
    return [Image.open(file).convert("RGB") for file in sorted(folder.iterdir())]


def package_pixels(image, size):
    side = max(size, *image.size)
    square = Image.new("L", (side, side), 0)
    square.paste(image.convert("L"), ((side - image.width) // 2, (side - image.height) // 2))
    gray = np.asarray(square.resize((size, size), Image.BICUBIC), dtype=np.float32) / np.float32(255)
    return torch.from_numpy((gray - np.float32(MEAN)) / np.float32(STD))[None]


def benchmark_pixels(image, size):
    side = max(image.size)
    square = Image.new("RGB", (side, side), 0)
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    rgb = np.asarray(square.resize((size, size), Image.BILINEAR), dtype=np.float32) / np.float32(255)
    return torch.from_numpy(rgb * np.float32(MEAN) / np.asarray(CLIP_STD, dtype=np.float32)).permute(2, 0, 1).contiguous()


def randomise(model, generator):
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            is_norm = p.ndim == 1 and name.endswith("weight")
            scale = 0.1 if p.ndim == 1 or "embedding" in name else p[0].numel() ** -0.5
            p.copy_(1 + 0.2 * noise if is_norm else scale * noise)
    return model.eval()


def public_state(model):
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return load_file(Path(folder) / "model.safetensors")


def record(modules):
    """What each module makes the first time it runs."""
    values = {}

    def keep(name, made):
        values.setdefault(name, (made[0] if isinstance(made, tuple) else made).clone())

    for name, module in modules.items():
        module.register_forward_hook(lambda _, __, made, name=name: keep(name, made))
    return values


def write_case(folder, swin, bert, projection, log_scale, seed):
    generator = torch.Generator().manual_seed(seed)
    words = vocabulary()
    swin, bert = {"model_type": "swin", **swin}, {"model_type": "bert", "vocab_size": len(words), **bert}
    for tower, config in [(VISION, swin), (TEXT, bert)]:
        (folder / tower).mkdir(parents=True)
        (folder / tower / "config.json").write_text(json.dumps(config))
    (folder / TEXT / "vocab.txt").write_text("".join(word + "\n" for word in words), encoding="utf-8")
    (folder / "texts.json").write_text(json.dumps(TEXTS))

    vision = randomise(SwinModel(SwinConfig(**swin), add_pooling_layer=True), generator)
    text = randomise(BertModel(BertConfig(**bert)), generator)
    heads = [torch.randn(projection, model.config.hidden_size, generator=generator) / model.config.hidden_size ** 0.5
             for model in (vision, text)]
    state = {"logit_scale": torch.tensor(log_scale)}
    for tower, model, head in zip(("vision_model", "text_model"), (vision, text), heads):
        state |= {f"{tower}.model.{name}": value for name, value in public_state(model).items()}
        state[f"{tower}.projection_head.weight"] = head
    torch.save(state, folder / "pytorch_model.bin")

    images = pictures(folder / "images", np.random.default_rng(seed))
    size = swin["image_size"]
    gray = torch.stack([package_pixels(image, size) for image in images])
    colour = torch.stack([benchmark_pixels(image, size) for image in images])
    tokenizer = BertTokenizer.from_pretrained(folder / TEXT)
    tokenizer.model_max_length = 77

    def embed_images(pixels):
        return vision(pixels.expand(-1, 3, -1, -1)).pooler_output @ heads[0].T

    def embed_texts(tokens):
        states = text(**tokens, output_hidden_states=True).hidden_states
        return torch.stack([states[1], states[2], states[-1]]).mean(2).mean(0) @ heads[1].T

    def logits(a, b):
        unit = lambda x: x / x.norm(dim=-1, keepdim=True)
        return torch.tensor(log_scale).clamp(0, 4.6052).exp() * unit(a) @ unit(b).T

    tokens = tokenizer(TEXTS, padding=True, truncation=True, return_tensors="pt")
    modules = {"vision.embeddings": vision.embeddings, "vision.final_norm": vision.layernorm,
               "text.embeddings": text.embeddings}
    for s, stage in enumerate(vision.encoder.layers):
        modules |= {f"vision.stage.{s}.block.{b}": block for b, block in enumerate(stage.blocks)}
        if stage.downsample is not None:
            modules[f"vision.stage.{s}.downsample"] = stage.downsample
    modules |= {f"text.block.{i}": layer for i, layer in enumerate(text.encoder.layer)}
    with torch.no_grad():
        states = record(modules)
        embed_images(gray[:1])
        embed_texts({name: value[:1] for name, value in tokens.items()})
        found = dict(states)
        image, benchmark, texts = embed_images(gray), embed_images(colour), embed_texts(tokens)
        alone = [embed_texts(tokenizer(t, truncation=True, return_tensors="pt")) for t in TEXTS]
    unit = lambda x: x / x.norm(dim=-1, keepdim=True)
    found |= {f"decoded.{file.name}": torch.from_numpy(np.asarray(i).copy())
              for file, i in zip(sorted((folder / "images").iterdir()), images)}
    found |= {"pixel_values": gray, "pixel_values_benchmark": colour, "input_ids": tokens.input_ids,
              "attention_mask": tokens.attention_mask, "image_embeds_raw": image, "image_embeds": unit(image),
              "image_embeds_raw_benchmark": benchmark, "text_embeds_raw": texts, "text_embeds": unit(texts),
              "text_embeds_raw_alone": torch.cat(alone), "logits_per_image": logits(image, texts),
              "logits_per_image_benchmark": logits(benchmark, texts), "probs_per_image": logits(image, texts).softmax(-1)}
    save_file({name: value.contiguous() for name, value in found.items()}, folder / "expected.safetensors")
    limits = {name: {"atol": atol, "rtol": rtol} for name, (atol, rtol) in TOLERANCES.items()}
    (folder / "expected.json").write_text(json.dumps({"tolerances": limits}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for number, (name, case) in enumerate(CASES.items()):
        write_case(arguments.out / "contrastive" / f"medclip-{name}", *case, seed=arguments.seed + number)
        print(name)


if __name__ == "__main__":
    main()
