"""check_peft.py CHECKPOINT ADAPTER BATCH: loads an adapter with PEFT onto the vision tower of a transformers CLIPModel, and
compares its image embeddings, unmerged and merged, with those of the batch."""
import sys

import peft
import torch
import transformers
from safetensors.torch import load_file


def main(checkpoint, adapter, batch):
    tensors = load_file(batch)
    model = transformers.CLIPModel.from_pretrained(checkpoint).eval()

    def embed():
        with torch.no_grad():
            output = model.get_image_features(pixel_values=tensors["pixel_values"])
        return output if torch.is_tensor(output) else output.pooler_output

    plain = embed()
    wrapped = peft.PeftModel.from_pretrained(model.vision_model, adapter)
    model.vision_model = wrapped
    adapted = embed()
    model.vision_model = wrapped.merge_and_unload()
    merged = embed()
    worst = max((adapted - tensors["embeds"]).abs().max().item(), (merged - tensors["embeds"]).abs().max().item())
    change = (adapted - plain).abs().max().item()
    print(f"peft: largest difference {worst:.2e}, change by the adapter {change:.2e}")
    return 0 if worst < 1e-5 * max(1, adapted.abs().max().item()) and change > 1e-2 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
