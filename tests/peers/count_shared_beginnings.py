#!/usr/bin/env python3
"""How many tokens of prompts are left to compute when beginnings that they share are computed once.

  count_shared_beginnings.py MODEL.gguf PROMPTS.txt [...]

One prompt a line, repeated lines once. Counted twice: in passes of about 256 computed tokens of which the first prompt is
whole, as the store does it (its files' limits aside), and over all prompts at once, which is the most there is to save.
"""
import pathlib
import sys

from transformers import AutoTokenizer

PASS = 256


def computed_tokens(prompts, tokens_of_pass):
    total, in_pass, before = 0, 0, []
    for prompt in prompts:
        shared = next((i for i, (a, b) in enumerate(zip(prompt, before)) if a != b), min(len(prompt), len(before)))
        if in_pass + len(prompt) - shared > tokens_of_pass:
            in_pass, shared = 0, 0
        total, in_pass, before = total + len(prompt) - shared, in_pass + len(prompt) - shared, prompt
    return total


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    path = pathlib.Path(sys.argv[1])
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    print("| prompts | number | tokens each | computed in passes | computed at least |\n|---|---:|---:|---:|---:|")
    for name in sys.argv[2:]:
        lines = dict.fromkeys(filter(None, pathlib.Path(name).read_text(encoding="utf-8").splitlines()))
        prompts = sorted(tokenizer(line, add_special_tokens=False).input_ids for line in lines)
        tokens = sum(map(len, prompts))
        share = lambda limit: f"{100 * computed_tokens(prompts, limit) / tokens:.0f} %"
        print(f"| {pathlib.Path(name).stem} | {len(prompts)} | {tokens / len(prompts):.1f} | {share(PASS)} | {share(tokens)} |")


if __name__ == "__main__":
    main()
