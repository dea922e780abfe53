"""JPEG files to CLIP image embeddings with transformers, Pillow and a DataLoader, as one would write it in Python."""
import json
import resource
import sys
import time

start = time.perf_counter()

import torch
from PIL import Image
from transformers import CLIPModel

try:
    from transformers import CLIPImageProcessorPil as Processor
except ImportError:
    from transformers import CLIPImageProcessor as Processor


class Files(torch.utils.data.Dataset):
    def __init__(self, files, processor):
        self.files, self.processor = files, processor

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        image = Image.open(self.files[index]).convert("RGB")
        return self.processor(images=image, return_tensors="pt")["pixel_values"][0]


def main():
    checkpoint, listing, batch, workers = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with open(listing) as lines:
        files = [line.strip() for line in lines]
    torch.set_num_threads(torch.get_num_threads())
    model = CLIPModel.from_pretrained(checkpoint, dtype=torch.float32).eval()
    loader = torch.utils.data.DataLoader(Files(files, Processor.from_pretrained(checkpoint)), batch_size=batch, num_workers=workers)
    marks, rows = [], 0
    with torch.inference_mode():
        for pixels in loader:
            out = model.get_image_features(pixel_values=pixels)
            rows += (out if isinstance(out, torch.Tensor) else out.pooler_output).shape[0]
            marks.append((rows, time.perf_counter() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * max(workers, 0)
    print(json.dumps({"images": rows, "first_s": marks[0][1], "seconds": marks[-1][1], "marks": marks, "peak_kib": peak}))


main()
