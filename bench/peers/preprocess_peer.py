"""Decode + resize + crop + normalise of JPEG files with Pillow and numpy, written leanly, on one thread."""
import io
import json
import statistics
import sys
import time

import numpy as np
from PIL import Image


def main():
    with open(sys.argv[1]) as lines:
        files = [open(line.strip(), "rb").read() for line in lines]
    config = json.load(open(sys.argv[2]))
    size = config["size"] if isinstance(config["size"], int) else config["size"]["shortest_edge"]
    mean = np.array(config["image_mean"], np.float32).reshape(3, 1, 1)
    std = np.array(config["image_std"], np.float32).reshape(3, 1, 1)

    def process(data):
        image = Image.open(io.BytesIO(data)).convert("RGB")
        w, h = image.size
        short, long = (w, h) if w < h else (h, w)
        scaled = int(size * long / short)
        image = image.resize((size, scaled) if w < h else (scaled, size), Image.BICUBIC)
        left, top = (image.width - size) // 2, (image.height - size) // 2
        pixels = np.asarray(image.crop((left, top, left + size, top + size))).transpose(2, 0, 1)
        return (pixels * np.float32(1 / 255) - mean) / std

    times = []
    for _ in range(int(sys.argv[3])):
        start = time.perf_counter()
        for data in files:
            process(data)
        times.append((time.perf_counter() - start) * 1000 / len(files))
    print(json.dumps({"images": len(files), "median_ms": statistics.median(times)}))


main()
