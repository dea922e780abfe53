"""check_peft_answers.py CHECKPOINT ADAPTER: loads an adapter that was trained here on a model that answers with PEFT, and sees
whether all of its weights arrived. For checkpoints whose modules transformers renamed without telling PEFT (Qwen-VL), the
tensors' names are mapped as PEFT's `key_mapping` does it for users."""
import sys

import peft
import torch
from safetensors.torch import load_file
from transformers import AutoModelForImageTextToText


def main(checkpoint, adapter):
    tensors = load_file(adapter + "/adapter_model.safetensors")
    model = AutoModelForImageTextToText.from_pretrained(checkpoint, dtype=torch.float32)
    # Qwen's decoder is "model" in its checkpoints.
    flat = any(name.startswith("base_model.model.model.layers.") for name in tensors)
    mapping = {r"^model\.layers\.": "model.language_model.layers."} if flat else None
    wrapped = peft.PeftModel.from_pretrained(model, adapter, key_mapping=mapping)
    loaded = {n: p for n, p in wrapped.named_parameters() if "lora_" in n}
    stored, arrived = (sum(t.double().abs().sum().item() for t in each.values()) for each in (tensors, loaded))
    print(f"peft: {len(tensors)} tensors written, {len(loaded)} loaded, sums {stored:.6f} and {arrived:.6f}")
    return 0 if len(tensors) == len(loaded) and abs(stored - arrived) < 1e-6 * stored else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
