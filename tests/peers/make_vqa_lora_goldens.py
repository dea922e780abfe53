#!/usr/bin/env python3
"""How PEFT and transformers train LoRA on the decoders of the tiny generative checkpoints: the loss of a batch of questions
with their answers (prompt and image masked), the first gradients, and the losses of some AdamW steps without dropout.

    python make_vqa_lora_goldens.py tests/goldens/generative OUT
"""

import json
import sys
from pathlib import Path

import peft
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoModelForImageTextToText, PreTrainedTokenizerFast

# The text between prompt and answer, and what ends an answer.
FAMILIES = {
    "llava15-hf": (" ", "</s>"),
    "qwen2_5-vl": ("", "<|im_end|>"),
    "gemma3": ("", "<end_of_turn>"),
    "internvl3-hf": ("", "<|im_end|>"),
}
STEPS = 20
LR = 5e-3
WEIGHT_DECAY = 0.01
TARGETS = r".*language_model.*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"

torch.set_num_threads(1)


def answer_ids(folder, prompt, answer, between, end):
    """What prompt, answer and end become together, without the prompt's."""
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "checkpoint" / "tokenizer.json"))
    asked = tokenizer(prompt, add_special_tokens=False).input_ids
    whole = tokenizer(prompt + between + answer + end, add_special_tokens=False).input_ids
    assert whole[: len(asked)] == asked, "the answer changes the prompt's tokens"
    assert tokenizer.convert_ids_to_tokens(whole[-1]) == end
    return whole[len(asked):]


def padded(rows, value):
    longest = max(len(row) for row in rows)
    return torch.tensor([row + [value] * (longest - len(row)) for row in rows])


def batch_of(folder, tensors, between, end):
    """The prompts as the goldens have them, with their answers, padded on the right."""
    asked = json.loads((folder / "prompts.json").read_text())["prompts"]
    rows, labels, kinds, places, pixels, grids, answers = [], [], [], [], [], [], []
    for prompt in asked:
        key, image = f"prompt.{prompt['id']}.", f"image.{prompt['image']}."
        ids = tensors[key + "input_ids"].tolist()
        answer = answer_ids(folder, prompt["prompt"], prompt["answer"], between, end)
        rows.append(ids + answer)
        labels.append([-100] * len(ids) + answer)
        if key + "token_type_ids" in tensors:
            kinds.append(tensors[key + "token_type_ids"].tolist() + [0] * len(answer))
        if key + "position_ids" in tensors:
            known = tensors[key + "position_ids"]
            more = torch.arange(len(answer)) + known.max() + 1
            places.append(torch.cat([known, more.expand(3, -1)], 1))
        pixels.append(tensors[image + "pixel_values"])
        if image + "image_grid_thw" in tensors:
            grids.append(tensors[image + "image_grid_thw"])
        answers.append(answer)
    batch = {"input_ids": padded(rows, 0), "labels": padded(labels, -100), "pixel_values": torch.cat(pixels)}
    batch["attention_mask"] = padded([[1] * len(row) for row in rows], 0)
    if kinds:
        batch["token_type_ids"] = padded(kinds, 0)
    if grids:
        batch["image_grid_thw"] = torch.cat(grids)
        longest = batch["input_ids"].shape[1]
        batch["position_ids"] = torch.stack(
            [torch.nn.functional.pad(p, (0, longest - p.shape[1]), value=1) for p in places], 1)
    return asked, answers, batch


def main():
    root, out = Path(sys.argv[1]), Path(sys.argv[2])
    for family, (between, end) in FAMILIES.items():
        folder = root / family
        tensors = load_file(folder / "expected.safetensors")
        model = AutoModelForImageTextToText.from_pretrained(
            folder / "checkpoint", dtype=torch.float32, attn_implementation="eager")
        asked, answers, batch = batch_of(folder, tensors, between, end)
        torch.manual_seed(3)
        config = peft.LoraConfig(r=2, lora_alpha=4, lora_dropout=0.0, target_modules=TARGETS, init_lora_weights=False)
        adapted = peft.get_peft_model(model, config).train()
        for name, parameter in adapted.named_parameters():
            if "lora_B" in name:  # as large as after some training
                parameter.data.mul_(0.2)
        place = out / family
        place.mkdir(parents=True, exist_ok=True)
        adapted.save_pretrained(place / "initial")
        (place / "initial" / "README.md").unlink(missing_ok=True)
        trained = {n: p for n, p in adapted.named_parameters() if p.requires_grad}
        optimizer = torch.optim.AdamW(trained.values(), lr=LR, weight_decay=WEIGHT_DECAY)
        kept, losses = {}, []
        for step in range(STEPS):
            optimizer.zero_grad()
            loss = adapted(**batch).loss
            loss.backward()
            losses.append(loss.item())
            if step == 0:
                kept = {"gradient." + n.replace(".default", ""): p.grad.clone() for n, p in trained.items()}
            optimizer.step()
        kept["loss"] = torch.tensor(losses, dtype=torch.float64)
        save_file(kept, place / "trace.safetensors")
        about = {
            "base": f"../../generative/{family}",
            "questions": [{"query": a["query"], "image": a["image"], "answer": a["answer"], "answer_ids": ids}
                          for a, ids in zip(asked, answers)],
            "optimizer": {"name": "AdamW", "lr": LR, "weight_decay": WEIGHT_DECAY},
            "tolerances": {"gradient.": {"atol": 1e-5, "rtol": 1e-3}, "loss": {"atol": 0, "rtol": 1e-4}},
            "versions": {"transformers": transformers.__version__, "peft": peft.__version__, "torch": torch.__version__},
        }
        (place / "trace.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n")
        print(family, len(trained), "tensors", [round(x, 4) for x in losses[::5]], losses[-1])


if __name__ == "__main__":
    main()
