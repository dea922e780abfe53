"""Questions on images: medvlm against transformers' generate, with a LLaVA of 300 M random parameters."""
import json
import os
import pathlib
import shutil
import statistics
import subprocess

from measure import measured, row

ROOT = pathlib.Path(__file__).resolve().parent.parent
TINY = ROOT / "configs/demo/answerer"
QUESTIONS = 8  # on each image, as PathVQA has
BATCH = 8
STUDY = """
[study]
name = "bench"
output = "out"
[run]
batch_size = {batch}
limit = {limit}
[[models]]
plugin = "llava"
checkpoint = "{checkpoint}"
template = "USER: {{image}}\\n{{question}} ASSISTANT:"
[[datasets]]
plugin = "table"
task = "vqa"
file = "questions.csv"
split = "split"
[[adapters]]
plugin = "off_the_shelf"
max_new_tokens = {tokens}
temperature = 0
[[metrics]]
plugin = "exact_match"
"""


def write_questions(out, images):
    asked = ["What is shown?", "Is there an opacity in a lung?", "Is this a chest radiograph?", "What kind of image is this?",
             "Are the nuclei crowded, large and dark?", "Is the optic cup large?", "What does the image show?", "Is this a fundus photograph?"]
    rows = "".join(f'images/{i:05d}.jpg,"{question}",yes,test\n' for i in range(images) for question in asked)
    (out / "questions.csv").write_text("image,question,answer,split\n" + rows)


def ours(args, out, checkpoint, limit, tokens):
    (out / "answers.toml").write_text(STUDY.format(batch=BATCH, limit=limit, checkpoint=checkpoint, tokens=tokens))
    shutil.rmtree(out / "out/llava", ignore_errors=True)
    journal = out / "out/llava/table/off_the_shelf/journal.jsonl"
    return measured([args.build / "bin/medvlm", "run", out / "answers.toml", "--quiet", "--max-errors", "0"], journal)


def peer(args, out, checkpoint, limit, tokens):
    return measured([args.peer_python, ROOT / "bench/peers/answers_peer.py", checkpoint, out / "questions.csv", str(limit), str(BATCH), str(tokens)])


def answers(args, out):
    checkpoint = out / "llava-medium"
    subprocess.run([args.peer_python, ROOT / "bench/peers/answers_data.py", checkpoint, TINY, "medium"], check=True)
    few, many, tokens, more = QUESTIONS, 4 * QUESTIONS, 16, 80
    write_questions(out, many // QUESTIONS)
    found = {side: {key: [] for key in ("rate", "decode", "memory", "first")} for side in ("ours", "peer")}
    for _ in range(args.rounds):
        for side, run in (("ours", ours), ("peer", peer)):
            _, short, _, _ = run(args, out, checkpoint, few, tokens)
            printed, long, memory, _ = run(args, out, checkpoint, many, tokens)
            found[side]["rate"].append((many - few) / (long - short))
            found[side]["memory"].append(memory)
            _, one, _, first = run(args, out, checkpoint, 1, tokens)
            found[side]["decode"].append((more - tokens) / (run(args, out, checkpoint, 1, more)[1] - one))
            found[side]["first"].append(run(args, out, checkpoint, 1, 1)[1])
    row(f"questions, {QUESTIONS} on an image, {tokens} new tokens, batch {BATCH}", found["ours"]["rate"], found["peer"]["rate"], "questions/s", "higher")
    row("decoding one answer", found["ours"]["decode"], found["peer"]["decode"], "tokens/s", "higher")
    row("peak memory", found["ours"]["memory"], found["peer"]["memory"], "MiB")
    row("one question, one token, whole process", found["ours"]["first"], found["peer"]["first"], "s")


def large(args, out):
    """A 7 B checkpoint answers one question: memory and time, medvlm alone."""
    checkpoint = out / "llava-large"
    subprocess.run([args.peer_python, ROOT / "bench/peers/answers_data.py", checkpoint, TINY, "large"], check=True)
    write_questions(out, 1)
    _, seconds, memory, _ = ours(args, out, checkpoint, 1, 8)
    print(f"| 7 B parameters in float16: one question, 8 new tokens | {seconds:.0f} s, {memory / 1024:.1f} GiB | | |", flush=True)
