#!/usr/bin/env python3
"""Measures medvlm against its Python peers on this machine, both sides in turn, and prints medians and ratios.

  python3 -m venv peers && peers/bin/pip install torch transformers peft pillow numpy scikit-learn safetensors torchmetrics nltk
  cmake --preset release -DMEDVLM_BUILD_BENCH=ON && cmake --build --preset release
  bench/run.py --peer-python peers/bin/python [--rounds 5] [--out build/bench]
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import time

from answers import answers, large
from measure import measured, row, write_study
from training import lora, probe

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Multiply-adds of the ViT-B/32 image tower for one picture, counted from its layers, times two.
TOKENS, WIDTH, LAYERS = 50, 768, 12
IMAGE_GFLOP = 2e-9 * (49 * 3072 * WIDTH + LAYERS * (12 * TOKENS * WIDTH**2 + 2 * TOKENS**2 * WIDTH) + WIDTH * 512)


def embeddings(args, out):
    few, many = 128, args.images
    journal = out / "out/clip/table/off_the_shelf/journal.jsonl"
    values = {key: [] for key in ("ours_few", "ours_rate", "ours_memory", "ours_first", "peer_few", "peer_rate", "peer_memory", "gemm", "default")}
    for _ in range(args.rounds):
        times = {}
        for limit in (few, many):
            write_study(out, "vit-b-32", "table.csv", 'plugin = "off_the_shelf"', f"cache = false\nlimit = {limit}")
            shutil.rmtree(out / "out", ignore_errors=True)
            _, times[limit], memory, first = measured([args.build / "bin/medvlm", "run", out / "study.toml", "--quiet"], journal)
            values["ours_memory"].append(memory)
            values["ours_first"].append(first)
        values["ours_few"].append(times[few])
        values["ours_rate"].append((many - few) / (times[many] - times[few]))
        for limit in (few, many):
            listing = out / f"files-{limit}.txt"
            listing.write_text("".join((out / "files.txt").read_text().splitlines(keepends=True)[:limit]))
            _, times[limit], memory, _ = measured([args.peer_python, ROOT / "bench/peers/embeddings_peer.py", out / "vit-b-32", listing, "32", str(os.cpu_count())])
            values["peer_memory"].append(memory)
        values["peer_few"].append(times[few])
        values["peer_rate"].append((many - few) / (times[many] - times[few]))
        gemm = json.loads(measured([args.build / "bench/medvlm_bench_gemm"])[0])
        values["gemm"].append(gemm["sdk_gflops"])
        values["default"].append(gemm["default_gflops"])
    row("JPEG to ViT-B/32 embeddings, steady", values["ours_rate"], values["peer_rate"], "images/s", "higher")
    row(f"the same, whole process, {few} images", values["ours_few"], values["peer_few"], "s")
    row("the same, peak memory", values["ours_memory"], values["peer_memory"], "MiB")
    gemm = statistics.median(values["gemm"])
    rate = statistics.median(values["ours_rate"]) * IMAGE_GFLOP
    print(f"| share of the matrix product's rate | {100 * rate / gemm:.0f} % of {gemm:.0f} GFLOP/s | "
          f"{100 * statistics.median(values['peer_rate']) * IMAGE_GFLOP / statistics.median(values['default']):.0f} % of {statistics.median(values['default']):.0f} GFLOP/s | |")
    print(f"| first prediction after start (new checkpoint, hashed) | {values['ours_first'][0]:.2f} s; later {statistics.median(values['ours_first']):.2f} s | | |")


def preprocess(args, out):
    listing = out / "files-128.txt"
    listing.write_text("".join((out / "files.txt").read_text().splitlines(keepends=True)[:128]))
    config = out / "vit-b-32/preprocessor_config.json"
    ours, peer = [], []
    for _ in range(args.rounds):
        ours.append(json.loads(measured([args.build / "bench/medvlm_bench_preprocess", listing, config, "3"])[0])["median_ms"])
        peer.append(json.loads(measured([args.peer_python, ROOT / "bench/peers/preprocess_peer.py", listing, config, "3"])[0])["median_ms"])
    row("decode + resize + normalise, one core", ours, peer, "ms")


def bootstrap(args, out):
    ours, peer = [], []
    for _ in range(args.rounds):
        ours.append(json.loads(measured([args.build / "bench/medvlm_bench_bootstrap"])[0].splitlines()[-1])["median_seconds"])
        peer.append(json.loads(measured([args.peer_python, ROOT / "bench/peers/bootstrap_peer.py"])[0].splitlines()[-1])["median_seconds"])
    row("1,000 bootstrap rounds of AUROC, n = 20,000", ours, peer, "s")


def text_metrics(args, out):
    ours, peer, means = [], [], []
    for _ in range(args.rounds):
        ours.append(json.loads(measured([args.build / "bench/medvlm_bench_text_metrics"])[0].splitlines()[-1])["median_seconds"])
        found = json.loads(measured([args.peer_python, ROOT / "bench/peers/text_metrics_peer.py"])[0].splitlines()[-1])
        peer.append(found["median_seconds"])
        means.append(found["means_seconds"])
    row("word F1, BLEU, ROUGE with 1,000 bootstrap rounds, 6,719 answers", ours, peer, "s")
    row("the same, the peer without BLEU of the corpus", ours, means, "s")


def listing(args, out):
    folder = out / "forty"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    manifests = sorted((args.build / "lib/medvlm/plugins").glob("*.toml"))
    for i in range(40):
        text = manifests[i % len(manifests)].read_text()
        library = re.search(r'library = "(.+)"', text)[1]
        shutil.copy(manifests[0].parent / library, folder / f"p{i}-{library}")
        text = text.replace(f'library = "{library}"', f'library = "p{i}-{library}"')
        (folder / f"p{i}.toml").write_text(re.sub(r'^id = "(.+)"', rf'id = "\1-{i}"', text, count=1, flags=re.M))
    times = [measured([args.build / "bin/medvlm", "list", "--plugin-dir", folder])[1] for _ in range(1)]
    for _ in range(max(args.rounds, 5)):
        start = time.perf_counter()
        subprocess.run([args.build / "bin/medvlm", "list", "--plugin-dir", folder], stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    print(f"| medvlm list, 40 plugins | {1000 * statistics.median(times[1:]):.1f} ms | | |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", required=True)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/bench-data")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--images", type=int, default=384)
    parser.add_argument("--only", choices=["embeddings", "preprocess", "bootstrap", "text_metrics", "listing", "probe", "lora", "answers", "large"])
    args = parser.parse_args()
    out = args.out.resolve()
    subprocess.run([args.peer_python, ROOT / "bench/make_data.py", out, ROOT / "configs/demo/generalist", str(args.images)], check=True, stderr=subprocess.DEVNULL)
    print(f"medians of {args.rounds}, {os.cpu_count()} cores, both sides in turn\n\n| what | medvlm | Python peer | ratio |\n| --- | --- | --- | --- |")
    for bench in (embeddings, preprocess, bootstrap, text_metrics, listing, probe, lora, answers, large):
        # The checkpoint of 7 B is 13 GB on disk: only when asked for.
        if args.only == bench.__name__ or (args.only is None and bench is not large):
            bench(args, out)


main()
