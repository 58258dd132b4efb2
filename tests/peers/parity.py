#!/usr/bin/env python3
"""Compares `lidit encode` with transformers: every block, every token, in fp32.

  tests/peers/parity.py PROGRAM MODEL FOLDER [--strategy S] [--prompts FILE] [--layers K ...]

PROGRAM is the lidit program, MODEL what it is to be called with, FOLDER the same model's GGUF file or Hugging
Face folder for transformers. Prompts: one a line (default: five of different lengths). Prints one line per
hidden state with the largest ||ours - theirs|| / ||theirs|| over all tokens; exit status 1 if one is not
below 2e-5, or if rows and offsets do not agree. Token ids are lidit's own; their parity is tested elsewhere.

Versions: torch 2.11.0, transformers 5.23.0, gguf 0.17 or later, safetensors.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file
from transformers import AutoModel

LIMIT = 2e-5
PROMPTS = [
    "a red circle",
    "a blue backpack and a green bench",
    "Three striped triangles stand in a row; the middle one is larger than the others.",
    "An old caf\u00e9 at night, neon sign reading \"OPEN 24 h\", two people sharing a table near the window.",
    " ".join(["In the upper left corner there is a small crimson square with a dotted texture."] * 6),
]


def load_model(path):
    if path.suffix == ".gguf":
        model = AutoModel.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    else:
        model = AutoModel.from_pretrained(path, dtype=torch.float32)
    return model.eval()


def encode(arguments, prompts, layer, out):
    subprocess.run([arguments.program, "encode", "--model", arguments.model, "--strategy", arguments.strategy,
                    "--set", f"encoder.layer={layer}", "--set", "encoder.dtype=f32", "--prompts", prompts,
                    "--out", out], check=True, stdout=subprocess.DEVNULL)
    return load_file(out)


@torch.no_grad()
def reference(model, ours):
    """transformers' states (K,T,D) of the prompts' own rows."""
    prefix, offsets = ours["prefix_token_ids"].tolist(), ours["offsets"].tolist()
    rows = []
    for begin, end in zip(offsets, offsets[1:]):
        ids = torch.tensor(prefix + ours["token_ids"][begin:end].tolist())[None]
        states = model(ids, attention_mask=torch.ones_like(ids), output_hidden_states=True).hidden_states
        rows.append(torch.stack(states)[:, 0, len(prefix):])
    return torch.cat(rows, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--strategy", default="raw-llm")
    parser.add_argument("--prompts", type=pathlib.Path)
    parser.add_argument("--layers", type=int, nargs="*")
    arguments = parser.parse_args()
    model = load_model(arguments.folder)
    layers = arguments.layers or range(model.config.num_hidden_layers + 1)
    passed, theirs = True, None
    with tempfile.TemporaryDirectory() as folder:
        prompts = arguments.prompts or pathlib.Path(folder) / "prompts.txt"
        if arguments.prompts is None:
            prompts.write_text("\n".join(PROMPTS) + "\n")
        for layer in layers:
            ours = encode(arguments, prompts, layer, pathlib.Path(folder) / "features.safetensors")
            if theirs is None:
                theirs = reference(model, ours)
            error = (ours["features"] - theirs[layer]).norm(dim=-1) / theirs[layer].norm(dim=-1)
            fine = bool(error.max() < LIMIT)
            passed &= fine
            print(f"hidden state {layer:3d}: {len(error)} tokens, worst relative error {error.max():.2e}"
                  f"{'' if fine else '  ABOVE THE LIMIT'}", flush=True)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
