#!/usr/bin/env python3
"""What transformers makes of the tiny Gemma 3 checkpoint in cases that the other goldens leave out: pan and scan, a
window smaller than an image, and config keys of newer versions of the library.

    python make_gemma3_variants.py GEMMA3_GOLDEN_FOLDER OUT
"""

import copy
import gzip
import json
import sys
from pathlib import Path

import numpy as np
import torch
import transformers
from PIL import Image
from safetensors.torch import save
from transformers import Gemma3Config, Gemma3ForConditionalGeneration, PreTrainedTokenizerFast
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil
from transformers.models.gemma3.processing_gemma3 import Gemma3Processor

PAN_AND_SCAN = {"min_crop_size": 20, "max_num_crops": 3, "min_ratio": 1.3}
QUESTION = "Which organ shows the lesion?"
NEW_TOKENS = 12
LAST = 4  # so many rows of logits are kept

torch.set_num_threads(1)


def long_picture():
    y, x = np.mgrid[0:61, 0:200]
    planes = [(x * 3 + y) % 256, (y * 4) % 256, (x + 2 * y) % 256]
    return Image.fromarray(np.stack(planes, -1).astype(np.uint8))


def variants(config):
    """Changes of text_config by name."""
    newer = {
        "layer_types": ["full_attention", "sliding_attention"] * (config["text_config"]["num_hidden_layers"] // 2),
        "rope_parameters": {
            "full_attention": {"rope_type": "linear", "factor": 4.0, "rope_theta": 50000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 3000.0},
        },
    }
    return {"pan_and_scan": {}, "small_window": {"sliding_window": 5}, "newer_keys": newer}


def load_model(checkpoint, changes):
    config = json.loads((checkpoint / "config.json").read_text())
    if "rope_parameters" in changes:
        config["text_config"].pop("rope_scaling", None)
    config["text_config"].update(copy.deepcopy(changes))
    config.pop("torch_dtype", None)
    loaded = Gemma3Config.from_dict(config)
    model = Gemma3ForConditionalGeneration.from_pretrained(
        checkpoint, config=loaded, dtype=torch.float32, attn_implementation="eager")
    return model.eval()


def processor_of(checkpoint):
    named = json.loads((checkpoint / "tokenizer_config.json").read_text())["extra_special_tokens"]
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(checkpoint / "tokenizer.json"), bos_token="<bos>", eos_token="<eos>", pad_token="<pad>",
        unk_token="<unk>", extra_special_tokens=named)
    length = json.loads((checkpoint / "config.json").read_text())["mm_tokens_per_image"]
    return Gemma3Processor(Gemma3ImageProcessorPil.from_pretrained(checkpoint), tokenizer, image_seq_length=length)


def answer(model, inputs):
    with torch.no_grad():
        logits = model(**inputs).logits[0]
        ids = model.generate(**inputs, do_sample=False, max_new_tokens=NEW_TOKENS, eos_token_id=None)[0]
    new = ids[inputs["input_ids"].shape[1]:]
    check_margins(model, inputs, new)
    return {"logits": logits[-LAST:], "greedy_ids": new}


def check_margins(model, inputs, new):
    """No token is a close call that rounding may turn over."""
    longer = {k: torch.cat([v, torch.zeros_like(new[None]) if k == "token_type_ids" else torch.ones_like(new[None])], 1)
              for k, v in inputs.items() if k != "pixel_values"}
    longer["input_ids"][0, -len(new):] = new
    with torch.no_grad():
        top = model(**longer, pixel_values=inputs["pixel_values"]).logits[0, -len(new) - 1 : -1].topk(2).values
    if (top[:, 0] - top[:, 1]).min() < 2e-3:
        raise RuntimeError(f"close call: {(top[:, 0] - top[:, 1]).min().item()}")


def main():
    root, out = Path(sys.argv[1]), Path(sys.argv[2])
    checkpoint = root / "checkpoint"
    out.mkdir(parents=True, exist_ok=True)
    long_picture().save(out / "long.png")
    processor = processor_of(checkpoint)
    prompt = f"<bos><start_of_turn>user\n{QUESTION}<start_of_image><end_of_turn>\n<start_of_turn>model\n"
    tensors = {}
    changes = variants(json.loads((checkpoint / "config.json").read_text()))
    for name, change in changes.items():
        model = load_model(checkpoint, change)
        cropped = name == "pan_and_scan"
        files = [out / "long.png"] + ([root / "images" / f for f in ("a.png", "b.jpg", "c.png")] if cropped else [])
        for file in files:
            inputs = processor(
                images=[Image.open(file).convert("RGB")], text=[prompt], return_tensors="pt", add_special_tokens=False,
                do_pan_and_scan=cropped, pan_and_scan_min_crop_size=PAN_AND_SCAN["min_crop_size"],
                pan_and_scan_max_num_crops=PAN_AND_SCAN["max_num_crops"],
                pan_and_scan_min_ratio_to_activate=PAN_AND_SCAN["min_ratio"])
            inputs.pop("num_crops", None)
            key = f"{name}.{file.name}."
            tensors[key + "input_ids"] = inputs["input_ids"][0]
            tensors[key + "pixel_values"] = inputs["pixel_values"]
            for part, value in answer(model, inputs).items():
                tensors[key + part] = value
    packed = gzip.compress(save({k: v.contiguous() for k, v in tensors.items()}), mtime=0)
    (out / "variants.safetensors.gz").write_bytes(packed)
    versions = {"transformers": transformers.__version__, "pillow": Image.__version__, "torch": torch.__version__}
    about = {"question": QUESTION, "pan_and_scan": PAN_AND_SCAN, "text_config": changes, "versions": versions}
    (out / "variants.json").write_text(json.dumps(about, indent=2) + "\n")


if __name__ == "__main__":
    main()
