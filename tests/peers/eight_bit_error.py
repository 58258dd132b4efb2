#!/usr/bin/env python3
"""How far products in eight bits move a model's states, beside what bf16 does: why there are none here.

  eight_bit_error.py FILE.gguf [--prompts 8]      torch 2.11, transformers 5.23, gguf, accelerate

Weights and activations are rounded to eight bits and multiplied in fp32: the sums that an exact kernel would give. Prints the
mean relative error of a token's state, third from the end, against fp32: the figure that compare_encoders.py gates with.
"""
import argparse
import pathlib

import torch
from transformers import AutoModel

from compare_encoders import LAYER, draw_workload


def rounded(rows, group):
    """One scale for each row, or for each `group` values of a row."""
    parts = rows.reshape(-1, group or rows.shape[-1])
    scale = parts.abs().amax(1, keepdim=True).clamp_min(1e-12) / 127
    return (torch.round(parts / scale) * scale).reshape(rows.shape)


@torch.inference_mode()
def states(model, prefix, prompts):
    hidden = [model(input_ids=torch.tensor([prefix + prompt]), output_hidden_states=True,
                    use_cache=False).hidden_states[LAYER][0, len(prefix):] for prompt in prompts]
    return torch.cat(hidden).float()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--prompts", type=int, default=8)
    options = parser.parse_args()
    load = lambda dtype: AutoModel.from_pretrained(options.model.parent, gguf_file=options.model.name, dtype=dtype).eval()
    prefix, prompts = draw_workload("dense, instruction", 40000, 64)
    prompts = prompts[:options.prompts]
    model = load(torch.float32)
    exact = states(model, prefix, prompts)
    report = lambda name, found: print(f"{name}: {float(((found - exact).norm(dim=1) / exact.norm(dim=1)).mean()):.2e}")
    report("bf16", states(load(torch.bfloat16), prefix, prompts))
    linears = [module for module in model.modules() if isinstance(module, torch.nn.Linear)]
    for linear in linears:
        linear.weight.data = rounded(linear.weight.data, None)
    for name, group in (("8 bits, a scale for each token", None), ("8 bits, a scale for each 64 inputs", 64)):
        hooks = [linear.register_forward_pre_hook(lambda _, inputs, group=group: (rounded(inputs[0], group),))
                 for linear in linears]
        report(name, states(model, prefix, prompts))
        for hook in hooks:
            hook.remove()


if __name__ == "__main__":
    main()
