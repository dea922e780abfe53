"""The images and labels of a bench's table, as one would load them in Python."""
import csv
import os
import pathlib

import torch
from PIL import Image

try:
    from transformers import CLIPImageProcessorPil as Processor
except ImportError:
    from transformers import CLIPImageProcessor as Processor


class Table(torch.utils.data.Dataset):
    def __init__(self, file, split, processor):
        file = pathlib.Path(file)
        with open(file) as lines:
            self.rows = [(file.parent / row["image"], int(row["label"])) for row in csv.DictReader(lines) if row["split"] == split]
        self.processor = processor

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        path, label = self.rows[index]
        return self.processor(images=Image.open(path).convert("RGB"), return_tensors="pt")["pixel_values"][0], label


def loader(checkpoint, table, split):
    data = Table(table, split, Processor.from_pretrained(checkpoint))
    return torch.utils.data.DataLoader(data, batch_size=8, shuffle=split == "train", num_workers=os.cpu_count())
