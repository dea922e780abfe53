"""One epoch of LoRA with peft on the vision tower and a linear head: rank 8, every linear and embedding layer, batches of 8."""
import sys

import peft
import torch
from transformers import CLIPVisionModel

from peer_data import loader


def main():
    checkpoint, table = sys.argv[1], sys.argv[2]
    model = CLIPVisionModel.from_pretrained(checkpoint, dtype=torch.float32)
    kinds = (torch.nn.Linear, torch.nn.Embedding)
    targets = [name for name, module in model.named_modules() if isinstance(module, kinds)]
    model = peft.get_peft_model(model, peft.LoraConfig(r=8, lora_alpha=32, lora_dropout=0.05, target_modules=targets))
    head = torch.nn.Linear(model.config.hidden_size, 2)
    parameters = [p for p in [*model.parameters(), *head.parameters()] if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=5e-5, weight_decay=0)
    model.train()
    for pixels, labels in loader(checkpoint, table, "train"):
        loss = torch.nn.functional.cross_entropy(head(model(pixel_values=pixels).pooler_output), labels)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()


main()
