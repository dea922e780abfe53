#!/usr/bin/env python3
"""What transformers makes of the tiny InternVL checkpoint (-hf) in cases that the other goldens leave out: tiles of
another size than the tower was made for, another layer, a norm after the tower, a coarser merging, a tied head.

    python make_internvl_variants.py INTERNVL3_HF_GOLDEN_FOLDER OUT
"""

import copy
import gzip
import json
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from PIL import Image
from safetensors.torch import load_file, save, save_file
from tokenizers import Tokenizer
from transformers import GenerationConfig, InternVLConfig, InternVLForConditionalGeneration
from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil

QUESTION = "Which organ shows the lesion?"
PICTURE = "b.jpg"  # of the question
PICTURES = ("a.png", "b.jpg", "c.png")
HEAD = "language_model.lm_head.weight"
NEW_TOKENS = 12
LAST = 4  # so many rows of logits are kept

torch.set_num_threads(1)


def merged(value, patch):
    """RFC 7396."""
    out = copy.deepcopy(value)
    for key, change in patch.items():
        out[key] = merged(out.get(key, {}), change) if isinstance(change, dict) else change
    return out


def variants(weights):
    """Changes of the two json files and of the weights, by name."""
    torch.manual_seed(5)
    wide, out = weights["vision_tower.embeddings.cls_token"].shape[-1], weights[HEAD].shape[1]
    norm = {f"vision_tower.layernorm.{p}": torch.randn(wide) for p in ("weight", "bias")}
    root = "multi_modal_projector."
    coarse = {root + f"layer_norm.{p}": torch.randn(16 * wide) for p in ("weight", "bias")}
    coarse[root + "linear_1.weight"] = torch.randn(out, 16 * wide) / 28
    return {
        "large_tiles": {"preprocessor": {"size": {"height": 84, "width": 84}}, "config": {"image_seq_length": 9}},
        "layer_before": {"config": {"vision_feature_layer": -2}},
        "norm_after": {"config": {"vision_config": {"use_mean_pooling": False}}, "weights": norm},
        "coarse": {
            "config": {"downsample_ratio": 0.25, "image_seq_length": 1},
            "preprocessor": {"min_patches": 2, "max_patches": 5}, "weights": coarse,
        },
        "tied": {
            "config": {"tie_word_embeddings": True, "text_config": {"tie_word_embeddings": True}}, "without": [HEAD],
        },
    }


def load_model(weights, config):
    config = InternVLConfig.from_dict({k: v for k, v in config.items() if k != "torch_dtype"})
    with tempfile.TemporaryDirectory() as folder:
        config.save_pretrained(folder)
        save_file(weights, Path(folder) / "model.safetensors", {"format": "pt"})
        model, info = InternVLForConditionalGeneration.from_pretrained(
            folder, config=config, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    if info["missing_keys"] or info["unexpected_keys"] or info["mismatched_keys"]:
        raise RuntimeError(info)
    model.generation_config = GenerationConfig()
    return model.eval()


def check_margins(model, ids, pixels):
    """No token is a close call that rounding may turn over."""
    with torch.no_grad():
        top = model(input_ids=ids, pixel_values=pixels).logits[0, -NEW_TOKENS - 1 : -1].topk(2).values
    if (top[:, 0] - top[:, 1]).min() < 2e-3:
        raise RuntimeError(f"close call: {(top[:, 0] - top[:, 1]).min().item()}")


def results(model, tokenizer, tiles, tokens):
    out = {}
    for name, pixels in tiles.items():
        with torch.no_grad():
            out[name + ".features"] = model.get_image_features(pixel_values=pixels).pooler_output.flatten(0, 1)
    pixels = tiles[PICTURE]
    span = "<img>" + "<IMG_CONTEXT>" * (tokens * pixels.shape[0]) + "</img>"
    text = f"<|im_start|>user\n{QUESTION}{span}\n<|im_end|>\n<|im_start|>assistant\n"
    ids = torch.tensor([tokenizer.encode(text).ids])
    with torch.no_grad():
        out["logits"] = model(input_ids=ids, pixel_values=pixels).logits[0, -LAST:]
        longer = model.generate(
            input_ids=ids, pixel_values=pixels, attention_mask=torch.ones_like(ids), do_sample=False,
            max_new_tokens=NEW_TOKENS, eos_token_id=None)
    check_margins(model, longer, pixels)
    return {**out, "input_ids": ids[0], "greedy_ids": longer[0, ids.shape[1]:]}


def main():
    root, out = Path(sys.argv[1]), Path(sys.argv[2])
    checkpoint = root / "checkpoint"
    out.mkdir(parents=True, exist_ok=True)
    weights = load_file(checkpoint / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    tensors, about = {}, {}
    for name, change in variants(weights).items():
        more = {k: v.bfloat16() for k, v in change.pop("weights", {}).items()}
        changed = {k: v for k, v in {**weights, **more}.items() if k not in change.get("without", [])}
        config = merged(json.loads((checkpoint / "config.json").read_text()), change.get("config", {}))
        options = json.loads((checkpoint / "preprocessor_config.json").read_text())
        options = merged(options, change.get("preprocessor", {}))
        options = {k: options[k] for k in ("size", "image_mean", "image_std", "min_patches", "max_patches", "resample")}
        processor = GotOcr2ImageProcessorPil(**options)
        pictures = {p: Image.open(root / "images" / p).convert("RGB") for p in PICTURES}
        tiles = {p: processor(picture, crop_to_patches=True, return_tensors="pt")["pixel_values"]
                 for p, picture in pictures.items()}
        tensors.update({f"{name}.weights.{k}": v for k, v in more.items()})
        made = results(load_model(changed, config), tokenizer, tiles, config["image_seq_length"])
        tensors.update({f"{name}.{k}": v for k, v in made.items()})
        about[name] = change
    packed = gzip.compress(save({k: v.contiguous() for k, v in tensors.items()}), mtime=0)
    (out / "variants.safetensors.gz").write_bytes(packed)
    versions = {"transformers": transformers.__version__, "pillow": Image.__version__, "torch": torch.__version__}
    about = {"question": QUESTION, "picture": PICTURE, "variants": about, "versions": versions}
    (out / "variants.json").write_text(json.dumps(about, indent=2) + "\n")


if __name__ == "__main__":
    main()
