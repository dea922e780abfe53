"""Answers with transformers' generate, all questions on one image in one batch, as one would write it in Python.
  answers_peer.py CHECKPOINT TABLE LIMIT BATCH NEW_TOKENS"""
import csv
import itertools
import json
import pathlib
import sys
import time

start = time.perf_counter()

import torch
from PIL import Image
from transformers import AutoTokenizer, LlavaForConditionalGeneration

try:
    from transformers import CLIPImageProcessorPil as Processor
except ImportError:
    from transformers import CLIPImageProcessor as Processor


def main():
    checkpoint, table, limit, size, new_tokens = sys.argv[1], pathlib.Path(sys.argv[2]), *map(int, sys.argv[3:6])
    model = LlavaForConditionalGeneration.from_pretrained(checkpoint, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    tokenizer.padding_side = "left"
    processor = Processor.from_pretrained(checkpoint)
    features = (model.config.vision_config.image_size // model.config.vision_config.patch_size) ** 2
    rows, first, answers = list(csv.DictReader(table.open()))[:limit], None, []
    with torch.inference_mode():
        for group in itertools.batched(rows, size) if hasattr(itertools, "batched") else (rows[i : i + size] for i in range(0, len(rows), size)):
            prompts = [f"USER: {'<image>' * features}\n{row['question']} ASSISTANT:" for row in group]
            inputs = tokenizer(prompts, return_tensors="pt", padding=True)
            pixels = processor(images=[Image.open(table.parent / row["image"]).convert("RGB") for row in group], return_tensors="pt")["pixel_values"]
            ids = model.generate(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], pixel_values=pixels, max_new_tokens=new_tokens,
                                 min_new_tokens=new_tokens, do_sample=False)
            answers += ids[:, inputs["input_ids"].shape[1] :].tolist()
            first = first or time.perf_counter() - start
    print(json.dumps({"first_s": first, "answers": answers}))


main()
