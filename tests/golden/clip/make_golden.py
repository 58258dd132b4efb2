#!/usr/bin/env python3
"""A tiny random CLIP with its embeddings by transformers in fp32, and pictures resized by Pillow.

Writes, beside this script:
  hugging-face/   config.json, model.safetensors, tokenizer.json, preprocessor_config.json
  open-clip/      open_clip_config.json, open_clip_model.safetensors, tokenizer.json: the same weights under
                  OpenCLIP's names, queries, keys and values in one matrix, projections the other way round
  pictures/       PNG files and captions.jsonl
  expected.safetensors
                  for picture i: resized.i (H,W,3), pixels.i (3,S,S) as the vision tower gets them;
                  images (N,P) and texts (N,P) of length 1, logits (N,N)

Versions: torch 2.11.0, transformers 5.23.0, pillow, safetensors.
"""
import json
import pathlib

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer

HERE = pathlib.Path(__file__).parent
SIDE, PATCH, WIDTH, HEADS, HIDDEN, DEPTH, CONTEXT, SPACE = 24, 8, 12, 2, 48, 2, 20, 12
MEAN, DEVIATION = [0.5, 0.45, 0.4], [0.25, 0.3, 0.2]
SIZES = [(61, 40), (17, 19), (24, 24), (90, 31)]  # smaller, larger, as it is, odd remainders
CAPTIONS = ["a red circle", "A  Blue square, on the LEFT!", "two cats & a dog's house", "striped " * 12]


def byte_symbols():
    """GPT-2's printable symbol of each byte, in the order of CLIP's vocabulary."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(rest))]


def make_tokenizer(folder):
    symbols = byte_symbols()
    merges = [("r", "e"), ("re", "d</w>"), ("c", "i"), ("t", "h"), ("th", "e</w>"), ("s", "t"), ("e", "d</w>")]
    words = symbols + [s + "</w>" for s in symbols] + ["".join(m) for m in merges]
    words += ["<|startoftext|>", "<|endoftext|>"]
    tokenizer = CLIPTokenizer(vocab={w: i for i, w in enumerate(words)}, merges=merges)
    tokenizer._tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer, len(words)


def make_model(vocabulary):
    shared = dict(hidden_size=WIDTH, intermediate_size=HIDDEN, num_hidden_layers=DEPTH, num_attention_heads=HEADS)
    config = CLIPConfig(
        text_config=dict(shared, vocab_size=vocabulary, max_position_embeddings=CONTEXT,
                         bos_token_id=vocabulary - 2, eos_token_id=vocabulary - 1, projection_dim=SPACE),
        vision_config=dict(shared, image_size=SIDE, patch_size=PATCH, projection_dim=SPACE),
        projection_dim=SPACE)
    model = CLIPModel(config).eval()
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if "norm" in name and name.endswith("weight"):
                p.copy_(1 + 0.2 * noise)
            elif name == "logit_scale":
                p.fill_(2.5)
            else:
                p.copy_(noise * (0.25 if p.dim() > 1 else 0.1))
    return model


def open_clip_tensors(state):
    out = {"logit_scale": state["logit_scale"],
           "text_projection": state["text_projection.weight"].T,
           "visual.proj": state["visual_projection.weight"].T,
           "token_embedding.weight": state["text_model.embeddings.token_embedding.weight"],
           "positional_embedding": state["text_model.embeddings.position_embedding.weight"],
           "visual.class_embedding": state["vision_model.embeddings.class_embedding"],
           "visual.conv1.weight": state["vision_model.embeddings.patch_embedding.weight"],
           "visual.positional_embedding": state["vision_model.embeddings.position_embedding.weight"]}
    for kind in ("weight", "bias"):
        out[f"ln_final.{kind}"] = state[f"text_model.final_layer_norm.{kind}"]
        out[f"visual.ln_pre.{kind}"] = state[f"vision_model.pre_layrnorm.{kind}"]
        out[f"visual.ln_post.{kind}"] = state[f"vision_model.post_layernorm.{kind}"]
        for tower, theirs in (("text_model", ""), ("vision_model", "visual.")):
            for i in range(DEPTH):
                ours, block = f"{tower}.encoder.layers.{i}.", f"{theirs}transformer.resblocks.{i}."
                out[f"{block}attn.in_proj_{kind}"] = torch.cat(
                    [state[f"{ours}self_attn.{x}_proj.{kind}"] for x in "qkv"])
                for a, b in (("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"), ("self_attn.out_proj", "attn.out_proj"),
                             ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj")):
                    out[f"{block}{b}.{kind}"] = state[f"{ours}{a}.{kind}"]
    return {k: v.contiguous() for k, v in out.items()}


def preprocess(picture):
    width, height = picture.size
    short = min(width, height)
    resized = picture.resize((int(SIDE * width / short), int(SIDE * height / short)), Image.Resampling.BICUBIC)
    left, top = (resized.width - SIDE) // 2, (resized.height - SIDE) // 2
    cut = np.asarray(resized.crop((left, top, left + SIDE, top + SIDE)), dtype=np.float64)
    pixels = (cut / 255 - np.array(MEAN)) / np.array(DEVIATION)
    return np.asarray(resized), torch.tensor(pixels.transpose(2, 0, 1).copy(), dtype=torch.float32)


def make_pictures(folder):
    rng = np.random.default_rng(3)
    lines, pictures = [], []
    for i, ((width, height), caption) in enumerate(zip(SIZES, CAPTIONS)):
        coarse = rng.integers(0, 256, (height // 3 + 1, width // 3 + 1, 3), dtype=np.uint8)
        pixels = coarse.repeat(3, 0).repeat(3, 1)[:height, :width]
        pixels[:: 5] = rng.integers(0, 256, pixels[:: 5].shape, dtype=np.uint8)
        picture = Image.fromarray(pixels)
        picture.save(folder / f"{i}.png")
        pictures.append(picture)
        lines.append(json.dumps({"image": f"{i}.png", "caption": caption}))
    (folder / "captions.jsonl").write_text("\n".join(lines) + "\n")
    return pictures


@torch.no_grad()
def main():
    ours, theirs, pictures = (HERE / name for name in ("hugging-face", "open-clip", "pictures"))
    for folder in (ours, theirs, pictures):
        folder.mkdir(exist_ok=True)
    tokenizer, vocabulary = make_tokenizer(ours)
    model = make_model(vocabulary)
    model.save_pretrained(ours)
    (ours / "preprocessor_config.json").write_text(json.dumps({"image_mean": MEAN, "image_std": DEVIATION}))
    (theirs / "tokenizer.json").write_text((ours / "tokenizer.json").read_text())
    save_file(open_clip_tensors(model.state_dict()), theirs / "open_clip_model.safetensors")
    (theirs / "open_clip_config.json").write_text(json.dumps({
        "model_cfg": {"embed_dim": SPACE, "quick_gelu": True,
                      "vision_cfg": {"image_size": SIDE, "layers": DEPTH, "width": WIDTH, "patch_size": PATCH,
                                     "head_width": WIDTH // HEADS},
                      "text_cfg": {"context_length": CONTEXT, "vocab_size": vocabulary, "width": WIDTH, "heads": HEADS,
                                   "layers": DEPTH}},
        "preprocess_cfg": {"mean": MEAN, "std": DEVIATION}}))
    expected, inputs = {}, []
    for i, picture in enumerate(make_pictures(pictures)):
        resized, pixels = preprocess(picture)
        expected[f"resized.{i}"] = torch.tensor(resized.astype(np.float32))
        expected[f"pixels.{i}"] = pixels
        inputs.append(pixels)
    tokens = tokenizer(CAPTIONS, padding=True, truncation=True, max_length=CONTEXT, return_tensors="pt")
    out = model(pixel_values=torch.stack(inputs), **tokens)
    expected |= {"images": out.image_embeds, "texts": out.text_embeds, "logits": out.logits_per_image}
    save_file({k: v.contiguous() for k, v in expected.items()}, HERE / "expected.safetensors")


main()
