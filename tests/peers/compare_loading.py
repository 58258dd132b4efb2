#!/usr/bin/env python3
"""From a checkpoint on disk to the first encoded prompt, beside transformers: seconds and peak memory, in turns.

  compare_loading.py --program LIDIT [--rounds 5] [--threads 2]

The checkpoint has Qwen2-0.5B's shape, random weights in bf16 (1 GB), and is written to a temporary folder. `lidit encode`
is timed as a whole process; transformers from from_pretrained to the last hidden state, its imports not counted.
Peak memory is that of the process less what it has before it loads: for lidit an `encode` of a tiny model, for
transformers its imports. The file is in the page cache. Versions: torch 2.11, transformers 5.23, tokenizers 0.23.
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import string
import subprocess
import sys
import tempfile
import time

SHAPE = dict(vocab_size=151936, hidden_size=896, intermediate_size=4864, num_hidden_layers=24, num_attention_heads=14,
             num_key_value_heads=2, max_position_embeddings=2048)
TINY = dict(hidden_size=8, intermediate_size=8, num_hidden_layers=3, num_attention_heads=2, vocab_size=100)


def write_checkpoint(folder, **changes):
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2Model
    torch.manual_seed(0)
    Qwen2Model(Qwen2Config(**dict(SHAPE, **changes))).to(torch.bfloat16).save_pretrained(folder)
    letters = ["<s>", "\u0120"] + [c for c in string.printable[:90] if c != " "]
    tokenizer = Tokenizer(models.BPE(vocab={letter: i for i, letter in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>").save_pretrained(folder)


def theirs(folder, threads):
    """Runs in a process of its own; prints seconds and MB."""
    import torch
    from transformers import AutoModel, AutoTokenizer
    torch.set_num_threads(threads)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    model = AutoModel.from_pretrained(folder, dtype=torch.bfloat16).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        model(**tokenizer("a red circle", return_tensors="pt"), output_hidden_states=True, use_cache=False)
    seconds = time.perf_counter() - begin
    print(json.dumps([seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024]))


def ours(program, folder, home, threads, number):
    prompts = pathlib.Path(home) / "prompt.txt"
    prompts.write_text(f"a red circle {number}\n")  # a new one: what is stored is not computed again
    command = [program, "encode", "--model", folder, "--strategy", "raw-llm", "--prompts", str(prompts), "--out",
               f"{home}/out.safetensors", "--device", "cpu"]
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=dict(os.environ, LIDIT_HOME=home, OMP_NUM_THREADS=str(threads)), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)}: status {status}")
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="the program lidit")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--write", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        return write_checkpoint(options.write[0], **json.loads(options.write[1]))
    if options.worker:
        return theirs(options.worker, options.threads)
    if not options.program:
        parser.error("give --program")
    with tempfile.TemporaryDirectory() as folder:
        big, tiny, home = (f"{folder}/{name}" for name in ("big", "tiny", "home"))
        os.mkdir(home)
        # In processes of their own: a child's peak memory begins with that of its parent.
        for path, changes in ((big, {}), (tiny, TINY)):
            subprocess.run([sys.executable, __file__, "--write", path, json.dumps(changes)], check=True)
        size = sum(file.stat().st_size for file in pathlib.Path(big).glob("*.safetensors")) / 2 ** 20
        _, idle = ours(options.program, tiny, home, options.threads, "tiny")
        ours(options.program, big, home, options.threads, "warm")  # hashes the file once, as a user's first encode does
        rows = {"lidit encode": [], "transformers": []}
        for number in range(options.rounds):
            seconds, peak = ours(options.program, big, home, options.threads, number)
            rows["lidit encode"].append((seconds, peak - idle))
            worker = subprocess.run([sys.executable, __file__, "--worker", big, "--threads", str(options.threads)],
                                    check=True, capture_output=True, text=True)
            rows["transformers"].append(json.loads(worker.stdout.splitlines()[-1]))
        print(f"weights {size:.0f} MiB\n\n| | seconds, median | range | peak memory, MiB |\n|---|---|---|---|")
        for name, samples in rows.items():
            seconds = [s for s, _ in samples]
            print(f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f}-{max(seconds):.2f} | "
                  f"{statistics.median(m for _, m in samples):.0f} |")
        print(f"\nfaster by {statistics.median(b[0] / a[0] for a, b in zip(*rows.values())):.2f}")


if __name__ == "__main__":
    main()
