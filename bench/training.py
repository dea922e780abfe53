"""Benches of what is trained: the linear probe against encoding the images in every epoch, LoRA against peft."""
import pathlib
import shutil

from measure import measured, row, write_study

PEERS = pathlib.Path(__file__).resolve().parent / "peers"
# HAM10000 as the paper splits it, and the part of it that is measured.
HAM_TRAIN, HAM_TEST, PART = 8137, 1811, 64


def write_table(file, folder, train, test):
    """Both sides read it: image, label, split."""
    rows = [f"{folder}/{i:05d}.jpg,{i % 2},{'train' if i < train else 'test'}\n" for i in range(train + test)]
    file.write_text("image,label,split\n" + "".join(rows))


def run_ours(args, out, checkpoint, table, adapter):
    shutil.rmtree(out / "out", ignore_errors=True)
    write_study(out, checkpoint, table.name, adapter)
    _, seconds, memory, _ = measured([args.build / "bin/medvlm", "run", out / "study.toml", "--quiet"])
    return seconds, memory


def probe(args, out):
    """Ten epochs of the paper's probe. Measured on a 64th of HAM10000, image for image the same ratio of train to test."""
    table = out / "probe.csv"
    write_table(table, "images", HAM_TRAIN // PART, HAM_TEST // PART)
    ours, peer = [], []
    for _ in range(args.rounds):
        ours.append(run_ours(args, out, "vit-b-32", table, 'plugin = "linear_probe"\nsolver = "adamw"')[0])
        peer.append(measured([args.peer_python, PEERS / "probe_peer.py", out / "vit-b-32", table])[1])
    row(f"linear probe, 10 epochs, 1/{PART} of HAM10000 (peer encodes in every epoch)", ours, peer, "s")


def lora(args, out):
    """The time of a step of 8 images, from the difference of a longer and a shorter training; peak memory of the longer."""
    for name, checkpoint, folder, few, many in (("ViT-B/32", "vit-b-32", "images", 32, 96), ("tiny CLIP", "tiny-clip", "small", 64, 1024)):
        values = {key: [] for key in ("ours_step", "peer_step", "ours_memory", "peer_memory")}
        for _ in range(args.rounds):
            times = {}
            for count in (few, many):
                table = out / f"lora-{count}.csv"
                write_table(table, folder, count, 2)
                times["ours", count], ours_memory = run_ours(args, out, checkpoint, table, 'plugin = "lora"\nepochs = 1')
                _, times["peer", count], peer_memory, _ = measured([args.peer_python, PEERS / "lora_peer.py", out / checkpoint, table])
            for side, memory in (("ours", ours_memory), ("peer", peer_memory)):
                values[side + "_step"].append(1000 * 8 * (times[side, many] - times[side, few]) / (many - few))
                values[side + "_memory"].append(memory)
        row(f"LoRA, step of 8 images, {name}", values["ours_step"], values["peer_step"], "ms")
        row("the same, peak memory", values["ours_memory"], values["peer_memory"], "MiB")
