"""Makes what the benches need: JPEG files of 600x450 and a ViT-B/32 CLIP checkpoint with random weights. Run by bench/run.py
with the peers' Python."""
import json
import pathlib
import shutil
import sys

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel


def make_images(folder, count):
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    for i in range(count):
        file = folder / f"{i:05d}.jpg"
        if file.exists():
            continue
        # Smooth colour with fine grain: compresses like a dermatoscopic photograph (30 to 60 kB at quality 85).
        coarse = Image.fromarray(rng.integers(90, 230, (9, 12, 3), dtype=np.uint8)).resize((600, 450), Image.BICUBIC)
        grain = rng.normal(0, 6, (450, 600, 1))
        Image.fromarray(np.clip(np.asarray(coarse) + grain, 0, 255).astype(np.uint8)).save(file, quality=85)


def make_small_images(folder, count):
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(8)
    for i in range(count):
        if not (folder / f"{i:05d}.jpg").exists():
            coarse = Image.fromarray(rng.integers(0, 255, (6, 6, 3), dtype=np.uint8))
            coarse.resize((64, 64), Image.BICUBIC).save(folder / f"{i:05d}.jpg", quality=90)


def make_checkpoint(folder, tokenizer_files):
    if (folder / "model.safetensors").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    config = CLIPConfig()
    # The tokenizer is the demo's tiny one: its end token is the one of highest id.
    config.text_config.eos_token_id, config.text_config.bos_token_id, config.text_config.pad_token_id = 2, 0, 1
    model = CLIPModel(config)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config.to_dict(), default=str))
    for file in tokenizer_files:
        shutil.copy(file, folder)
    processor = json.loads((folder / "preprocessor_config.json").read_text())
    processor["size"], processor["crop_size"] = 224, 224
    processor["image_processor_type"] = "CLIPImageProcessor"
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))


def main():
    out, demo, count = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    make_images(out / "images", max(count, 160))
    make_small_images(out / "small", 1026)
    shutil.copytree(demo, out / "tiny-clip", dirs_exist_ok=True)
    names = ["merges.txt", "vocab.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "preprocessor_config.json"]
    make_checkpoint(out / "vit-b-32", [demo / name for name in names])
    rows = "".join(f"images/{i:05d}.jpg,{i % 2},test\n" for i in range(count))
    (out / "table.csv").write_text("image,label,split\n" + rows)
    (out / "files.txt").write_text("".join(f"{out}/images/{i:05d}.jpg\n" for i in range(count)))


main()
