"""Makes a LLaVA checkpoint with random weights (about 300 M parameters, or 7 B with "large") in the layout of
llava-hf/llava-1.5-7b-hf, with the tokenizer of a tiny one. Run by bench/answers.py with the peers' Python."""
import json
import pathlib
import shutil
import sys

import torch
from safetensors.torch import save_file

SIZES = {
    "medium": dict(width=1024, hidden=2816, layers=16, heads=16, vision=(512, 2048, 9, 8), image=224),
    "large": dict(width=4096, hidden=11008, layers=32, heads=32, vision=(1024, 4096, 24, 16), image=336),
}
VOCABULARY, SHARD = 32064, 2 << 30


def tensors(size):
    """Names and shapes, in the order of the shards."""
    width, hidden = size["width"], size["hidden"]
    v_width, v_hidden, v_layers, _ = size["vision"]
    tower = "vision_tower.vision_model."
    yield tower + "embeddings.class_embedding", (v_width,)
    yield tower + "embeddings.patch_embedding.weight", (v_width, 3, 14, 14)
    yield tower + "embeddings.position_embedding.weight", ((size["image"] // 14) ** 2 + 1, v_width)
    for norm in ("pre_layrnorm", "post_layernorm"):
        yield f"{tower}{norm}.weight", (v_width,)
        yield f"{tower}{norm}.bias", (v_width,)
    for i in range(v_layers):
        layer = f"{tower}encoder.layers.{i}."
        shapes = {"self_attn.q_proj": (v_width, v_width), "self_attn.k_proj": (v_width, v_width), "self_attn.v_proj": (v_width, v_width),
                  "self_attn.out_proj": (v_width, v_width), "mlp.fc1": (v_hidden, v_width), "mlp.fc2": (v_width, v_hidden),
                  "layer_norm1": (v_width,), "layer_norm2": (v_width,)}
        for name, shape in shapes.items():
            yield f"{layer}{name}.weight", shape
            yield f"{layer}{name}.bias", shape[:1]
    for i, inputs in ((1, v_width), (2, width)):
        yield f"multi_modal_projector.linear_{i}.weight", (width, inputs)
        yield f"multi_modal_projector.linear_{i}.bias", (width,)
    decoder = "language_model.model."
    yield decoder + "embed_tokens.weight", (VOCABULARY, width)
    for i in range(size["layers"]):
        layer = f"{decoder}layers.{i}."
        for name in "qkvo":
            yield f"{layer}self_attn.{name}_proj.weight", (width, width)
        for name, shape in (("gate", (hidden, width)), ("up", (hidden, width)), ("down", (width, hidden))):
            yield f"{layer}mlp.{name}_proj.weight", shape
        for name in ("input_layernorm", "post_attention_layernorm"):
            yield f"{layer}{name}.weight", (width,)
    yield decoder + "norm.weight", (width,)
    yield "language_model.lm_head.weight", (VOCABULARY, width)


def write_weights(folder, size):
    torch.manual_seed(1)
    shard, held, index, files = {}, 0, {}, []

    def flush():
        files.append(shard.copy())
        name = f"model-{len(files):05d}.safetensors"
        save_file(shard, folder / name, metadata={"format": "pt"})
        index.update({key: name for key in shard})
        files[-1] = name
        shard.clear()

    for name, shape in tensors(size):
        one = len(shape) == 1 and "norm" in name and name.endswith("weight")
        scale = 0.02 if len(shape) < 2 or "embed" in name else shape[-1] ** -0.5
        shard[name] = (torch.ones(shape) if one else torch.randn(shape) * scale).to(torch.float16)
        held += shard[name].nbytes
        if held > SHARD:
            flush()
            held = 0
    flush()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))


def main():
    folder, tiny, size = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), SIZES[sys.argv[3]]
    if (folder / "model.safetensors.index.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for file in tiny.iterdir():
        if file.suffix != ".safetensors":
            shutil.copy(file, folder)
    config = json.loads((tiny / "config.json").read_text())
    config["text_config"].update(hidden_size=size["width"], intermediate_size=size["hidden"], num_hidden_layers=size["layers"],
                                 num_attention_heads=size["heads"], vocab_size=VOCABULARY, max_position_embeddings=4096)
    v_width, v_hidden, v_layers, v_heads = size["vision"]
    config["vision_config"].update(hidden_size=v_width, intermediate_size=v_hidden, num_hidden_layers=v_layers,
                                   num_attention_heads=v_heads, image_size=size["image"], patch_size=14)
    (folder / "config.json").write_text(json.dumps(config))
    processor = json.loads((folder / "preprocessor_config.json").read_text())
    processor["size"], processor["crop_size"] = {"shortest_edge": size["image"]}, {"height": size["image"], "width": size["image"]}
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    write_weights(folder, size)


main()
