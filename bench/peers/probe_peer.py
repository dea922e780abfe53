"""A linear probe as MedVLMBench trains it: the frozen tower encodes the images anew in each of ten epochs."""
import sys

import torch
from transformers import CLIPVisionModel

from peer_data import loader


def main():
    checkpoint, table = sys.argv[1], sys.argv[2]
    model = CLIPVisionModel.from_pretrained(checkpoint, dtype=torch.float32).eval()
    head = torch.nn.Linear(model.config.hidden_size, 2)
    optimizer = torch.optim.AdamW(head.parameters(), lr=5e-5, weight_decay=0)
    train = loader(checkpoint, table, "train")
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, 10 * len(train))
    for _ in range(10):
        for pixels, labels in train:
            with torch.no_grad():
                features = model(pixel_values=pixels).pooler_output
            loss = torch.nn.functional.cross_entropy(head(features), labels)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    with torch.inference_mode():
        for pixels, _ in loader(checkpoint, table, "test"):
            head(model(pixel_values=pixels).pooler_output).softmax(-1)


main()
