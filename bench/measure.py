"""Writes studies, runs programs and measures them, prints rows of the table. Shared by the benches."""
import pathlib
import re
import statistics
import subprocess
import threading
import time


STUDY = """
[study]
name = "bench"
output = "out"
[run]
batch_size = 32
{run}
[[models]]
plugin = "clip"
checkpoint = "{checkpoint}"
[[datasets]]
plugin = "table"
file = "{table}"
label = "label"
classes = ["no", "yes"]
class_texts = ["no", "yes"]
split = "split"
[[adapters]]
{adapter}
[[metrics]]
plugin = "auroc"
"""


def write_study(out, checkpoint, table, adapter, run=""):
    (out / "study.toml").write_text(STUDY.format(checkpoint=checkpoint, table=table, adapter=adapter, run=run))


def tree_memory(pid):
    """Proportional resident memory (MiB) of a process and its children: shared pages count once."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        try:
            total += int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{one}/smaps_rollup").read_text(), re.M)[1])
            for task in pathlib.Path(f"/proc/{one}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
        except (OSError, TypeError):
            pass
    return total / 1024


def measured(command, watch=None):
    """Runs; gives output, seconds, peak memory, and when `watch` first held more than one line."""
    start, peak, first, sampled = time.perf_counter(), 0.0, None, 0.0
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(process.stdout))
    reader.start()
    while process.poll() is None:
        if watch and first is None and watch.exists() and watch.read_bytes().count(b"\n") > 1:
            first = time.perf_counter() - start
        # Summing proportional sizes holds the process up a little, so it is done seldom.
        if time.perf_counter() - sampled > 0.2:
            peak, sampled = max(peak, tree_memory(process.pid)), time.perf_counter()
        time.sleep(0.02 if watch and first is None else 0.2)
    seconds = time.perf_counter() - start
    reader.join()
    if process.returncode:
        raise SystemExit(f"failed ({process.returncode}): {' '.join(map(str, command))}")
    return "".join(lines), seconds, peak, first


def row(name, ours, peer, unit, better="lower"):
    a, b = statistics.median(ours), statistics.median(peer)
    ratio = b / a if better == "lower" else a / b
    print(f"| {name} | {a:.4g} {unit} | {b:.4g} {unit} | {ratio:.2f}x |", flush=True)
