#!/usr/bin/env python3
"""Hidden states of the real models, computed by transformers in fp32, small enough to be kept.

  make_real_models.py MODELS    where smollm2-135m-instruct, all-minilm-l6-v2 and gemma-3-270m are

Writes smollm2.safetensors, smollm2-instruction.safetensors, minilm.safetensors and gemma3.safetensors beside this
script, each with
  ids (S), offsets (N+1)   the prompts' own tokens, packed; prefix_ids (P) stand before every prompt
  norms (K,S)              length of every token's vector in transformers' hidden_states, every index
  projections (K,S,7)      its products with seven fixed vectors of signs, over the root of the width
  exact_layers (3), exact  (3,E,D) the vectors themselves, for the first E tokens and three indices
  prefix_norms (K,P), prefix_projections (K,P,7)

Versions: torch 2.11.0, transformers 5.23.0, gguf 0.17 or later, safetensors.
"""
import pathlib
import sys

import torch
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer

HERE = pathlib.Path(__file__).parent
PROJECTIONS = 7
EXACT_TOKENS = 14
INSTRUCTION = ("Describe the image by detailing the color, shape, size, texture, quantity, text, and spatial "
               "relationships of the objects:")
PROMPTS = [
    "a red circle",
    "a blue backpack and a green bench",
    "Three striped triangles stand in a row; the middle one is larger than the others.",
    "An old caf\u00e9 at night, neon sign reading \"OPEN 24 h\", two people sharing a table near the window "
    "while rain runs down the glass.",
    "In the upper left corner there is a small crimson square with a dotted texture, and directly below it a big "
    "navy circle touches the edge of the picture; to their right, four yellow stars of equal size form a diamond "
    "around a single white triangle, which points down at a row of letters that spell the word HELLO.",
]


def signs(width):
    """(7, width) of +1 and -1 from a mixing of 32-bit integers."""
    index = torch.arange(PROJECTIONS)[:, None] * 2654435761 + torch.arange(width)[None, :] * 40503 + 1
    index = index & 0xFFFFFFFF
    index = ((index ^ (index >> 15)) * 2246822519) & 0xFFFFFFFF
    index = ((index ^ (index >> 13)) * 3266489917) & 0xFFFFFFFF
    return 1.0 - 2.0 * ((index >> 16) & 1).double()


def summary(states):
    """norms (K,T) and projections (K,T,7) of (K,T,D)."""
    wide = states.double()
    projections = wide @ signs(states.shape[-1]).T / states.shape[-1] ** 0.5
    return wide.norm(dim=-1).float(), projections.float()


@torch.no_grad()
def write(path, model, prompts, prefix):
    p, whole = len(prefix), []
    for ids in prompts:
        row = torch.tensor(prefix + ids)[None]
        states = model(row, attention_mask=torch.ones_like(row), output_hidden_states=True).hidden_states
        whole.append(torch.stack(states)[:, 0])
    states = torch.cat([s[:, p:] for s in whole], 1)
    norms, projections = summary(states)
    prefix_norms, prefix_projections = summary(whole[0][:, :p])
    depth = len(states) - 1
    exact = torch.tensor([1, depth // 2, depth])
    save_file({
        "ids": torch.tensor(sum(prompts, [])),
        "offsets": torch.tensor([0] + [len(ids) for ids in prompts]).cumsum(0),
        "prefix_ids": torch.tensor(prefix, dtype=torch.long),
        "norms": norms.contiguous(), "projections": projections.contiguous(),
        "prefix_norms": prefix_norms.contiguous(), "prefix_projections": prefix_projections.contiguous(),
        "exact_layers": exact, "exact": states[exact, :EXACT_TOKENS].contiguous(),
    }, HERE / path)


def main(models):
    folder = models / "smollm2-135m-instruct"
    file = next(folder.glob("*.gguf")).name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
    ids = [tokenizer(p, add_special_tokens=False).input_ids for p in PROMPTS]
    instruction = tokenizer(INSTRUCTION, add_special_tokens=False).input_ids
    model = AutoModel.from_pretrained(folder, gguf_file=file, dtype=torch.float32, attn_implementation="eager").eval()
    write("smollm2.safetensors", model, ids, [tokenizer.bos_token_id])
    write("smollm2-instruction.safetensors", model, ids, [tokenizer.bos_token_id] + instruction)

    folder = models / "gemma-3-270m"
    file = next(folder.glob("*.gguf")).name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
    ids = [tokenizer(p, add_special_tokens=False).input_ids for p in PROMPTS]
    model = AutoModel.from_pretrained(folder, gguf_file=file, dtype=torch.float32, attn_implementation="eager").eval()
    write("gemma3.safetensors", model, ids, [tokenizer.bos_token_id])

    folder = models / "all-minilm-l6-v2"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    write("minilm.safetensors", model, [tokenizer(p, truncation=False).input_ids for p in PROMPTS], [])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    torch.set_num_threads(1)
    main(pathlib.Path(sys.argv[1]))
