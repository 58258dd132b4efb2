#!/usr/bin/env python3
"""Prompt encoding beside transformers and llama.cpp: one run, contenders in turns, correctness first.

  compare_encoders.py --peer BUILD/tests/encode_peer --model FILE.gguf [--rounds 7] [--json OUT] [--llama-gguf BF16.gguf ...]
  compare_encoders.py --peer BUILD/tests/encode_peer --shape qwen2-0.5b      random weights, written to a temporary folder
  compare_encoders.py --peer BUILD/tests/encode_peer --model FILE.gguf --texts PROMPTS.txt --instruction TEXT

Every contender is a process that stays alive; in each round each of them encodes the same token ids once.
Prompts are random ids of the lengths of a workload, or lines of --texts: people's prompts begin alike, and
"ours bf16, apart" does not use that. Useful tokens are the captions' own: neither the instruction nor padding counts. transformers runs uncompiled
(sdpa), in right-padded batches of 8, in the order given and sorted by length, up to the same hidden state.
llama.cpp's states are not compared: it is timed alone. A contender in bf16 must come as close to transformers' fp32 states as 1.15 times transformers' own bf16.
Versions: torch 2.11, transformers 5.23, gguf 0.17 or later; llama-cpp-python 0.3.36 where it is installed.
"""
import argparse
import json
import math
import os
import pathlib
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve()
BATCH = 8
LAYER = -3
SHAPES = {"qwen2-0.5b": dict(vocab_size=151936, hidden_size=896, intermediate_size=4864, num_hidden_layers=24,
                             num_attention_heads=14, num_key_value_heads=2, max_position_embeddings=2048)}
# name -> (mean length, spread of its logarithm, least, most, tokens before every prompt)
WORKLOADS = {"short": (24, .4, 8, 60, 0), "short, instruction": (24, .4, 8, 60, 26),
             "dense": (65, .35, 30, 200, 0), "dense, instruction": (65, .35, 30, 200, 26),
             "short, 34": (24, .4, 8, 60, 34), "dense, 34": (65, .35, 30, 200, 34),
             "short, long template": (24, .4, 8, 60, 95), "dense, long template": (65, .35, 30, 200, 95)}


def from_pretrained(kind, model, **options):
    """What transformers makes of a GGUF file or a folder."""
    path = pathlib.Path(model)
    if path.suffix == ".gguf":
        return kind.from_pretrained(path.parent, gguf_file=path.name, **options)
    return kind.from_pretrained(path, **options)


def draw_workload(name, vocabulary, prompts):
    """Lengths are the lognormal's quantiles in random order, so that few prompts have its mean and its spread."""
    mean, spread, least, most, prefix = WORKLOADS[name]
    draws = random.Random(name.split(",")[0])
    ids = lambda n: [draws.randrange(3, vocabulary) for _ in range(n)]
    quantile = statistics.NormalDist(-spread ** 2 / 2, spread).inv_cdf
    lengths = [min(most, max(least, round(mean * math.exp(quantile((i + .5) / prompts))))) for i in range(prompts)]
    draws.shuffle(lengths)
    texts = [ids(n) for n in lengths]
    return ids(prefix), texts


def read_texts(options):
    """Distinct lines of the file, `prompts` of them drawn in random order, as the model's own token ids."""
    from transformers import AutoTokenizer
    tokenizer = from_pretrained(AutoTokenizer, options.model)
    lines = list(dict.fromkeys(filter(None, pathlib.Path(options.texts).read_text(encoding="utf-8").splitlines())))
    random.Random(0).shuffle(lines)
    ids = lambda text: tokenizer(text, add_special_tokens=False).input_ids if text else []
    return ids(options.instruction), [ids(line) for line in lines[:options.prompts]]


# --- contenders in Python: worker processes of this very file -------------------------------------------------------

def serve(load, run, save):
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "load":
            rows = [[int(i) for i in row.split()] for row in pathlib.Path(argument).read_text().split("\n")[:-1]]
            load(rows[0], rows[1:])
            print("loaded", flush=True)
        elif command == "run":
            begin = time.perf_counter()
            run()
            print(time.perf_counter() - begin, flush=True)
        elif command == "save":
            save(argument)
            print("saved", flush=True)


def work_transformers(options):
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModel
    torch.set_num_threads(options.threads)
    model = from_pretrained(AutoModel, options.model, dtype=getattr(torch, options.dtype),
                            attn_implementation=options.attention).eval()
    state = {}

    def load(prefix, prompts):
        order = sorted(range(len(prompts)), key=lambda i: len(prompts[i])) if options.sorted else range(len(prompts))
        state["order"], state["prefix"] = list(order), len(prefix)
        state["batches"] = []
        rows = [prefix + prompts[i] for i in order]
        for begin in range(0, len(rows), BATCH):
            part = rows[begin:begin + BATCH]
            width = max(map(len, part))
            ids = torch.tensor([row + [0] * (width - len(row)) for row in part])
            mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in part])
            state["batches"].append((ids, mask))

    @torch.inference_mode()
    def run():
        return [model(input_ids=ids, attention_mask=mask, output_hidden_states=True, use_cache=False).hidden_states[LAYER]
                for ids, mask in state["batches"]]

    def save(out):
        rows = {}
        where = iter(state["order"])
        for (_, mask), hidden in zip(state["batches"], run()):
            for kept, states in zip(mask, hidden):
                rows[next(where)] = states[state["prefix"]:int(kept.sum())].float()
        save_file({"features": torch.cat([rows[i] for i in range(len(rows))])}, out)

    serve(load, run, save)


def work_llama(options):
    """One llama_decode for as many prompts as fit 512 tokens, each its own sequence; no logits are asked for."""
    import ctypes
    import llama_cpp as llama
    silence = llama.llama_log_callback(lambda *_: None)  # must live as long as the library may call it
    llama.llama_log_set(silence, ctypes.c_void_p(0))
    llama.llama_backend_init()
    model = llama.llama_model_load_from_file(options.model.encode(), llama.llama_model_default_params())
    settings = llama.llama_context_default_params()
    settings.n_ctx, settings.n_batch, settings.n_ubatch, settings.n_seq_max = 8192, 2048, 512, 64
    settings.n_threads = settings.n_threads_batch = options.threads
    context = llama.llama_init_from_model(model, settings)
    state = {}

    def load(prefix, prompts):
        passes, part, total = [], [], 0
        for prompt in prompts:
            row = prefix + prompt
            if part and (total + len(row) > 512 or len(part) == settings.n_seq_max):
                passes.append(part)
                part, total = [], 0
            part.append(row)
            total += len(row)
        state["passes"] = passes + [part]

    def run():
        for part in state["passes"]:
            llama.llama_memory_clear(llama.llama_get_memory(context), True)
            batch = llama.llama_batch_init(sum(map(len, part)), 0, 1)
            n = 0
            for sequence, row in enumerate(part):
                for position, token in enumerate(row):
                    batch.token[n], batch.pos[n], batch.n_seq_id[n] = token, position, 1
                    batch.seq_id[n][0], batch.logits[n] = sequence, 0
                    n += 1
            batch.logits[n - 1] = 1
            batch.n_tokens = n
            if llama.llama_decode(context, batch) != 0:
                raise RuntimeError("llama_decode failed")
            llama.llama_synchronize(context)
            llama.llama_batch_free(batch)

    serve(load, run, None)


# --- the driver ------------------------------------------------------------------------------------------------------

class Contender:
    def __init__(self, name, command, threads):
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def ask(self, line):
        print(line, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.name} ended: {self.process.wait()}")
        return answer.strip()


def contenders(options, model):
    python = [sys.executable, str(HERE), "--model", str(model), "--threads", str(options.threads)]
    yield "ours bf16", [options.peer, str(model), str(LAYER), "bf16", str(options.threads)]
    if options.texts:
        yield "ours bf16, apart", [options.peer, str(model), str(LAYER), "bf16", str(options.threads), "apart"]
    yield "ours fp32", [options.peer, str(model), str(LAYER), "f32", str(options.threads)]
    for dtype, short in (("bfloat16", "bf16"), ("float32", "fp32")):
        yield f"transformers {short}", python + ["--worker", "transformers", "--dtype", dtype]
        yield f"transformers {short}, sorted", python + ["--worker", "transformers", "--dtype", dtype, "--sorted"]
    if options.eager:
        eager = python + ["--worker", "transformers", "--dtype", "bfloat16", "--attention", "eager"]
        yield "transformers bf16, eager attention", eager
        yield "transformers bf16, eager attention, sorted", eager + ["--sorted"]
    for path in options.llama_gguf:
        yield f"llama.cpp {pathlib.Path(path).stem}", python + ["--worker", "llama", "--model", path]


def random_checkpoint(shape, folder):
    import torch
    from transformers import Qwen2Config, Qwen2Model
    torch.manual_seed(0)
    Qwen2Model(Qwen2Config(**SHAPES[shape])).to(torch.bfloat16).save_pretrained(folder)
    # Only ids are encoded, but a folder without a tokenizer is no model.
    from tokenizers import Tokenizer, models
    Tokenizer(models.BPE()).save(str(pathlib.Path(folder) / "tokenizer.json"))
    return folder


def load(running, folder, prefix, prompts):
    path = pathlib.Path(folder) / "workload.txt"
    path.write_text("\n".join(" ".join(map(str, row)) for row in [prefix] + prompts) + "\n")
    for contender in running:
        contender.ask(f"load {path}")


def check(running, folder):
    """Mean relative error of a token's state against transformers' fp32; exits where a contender fails."""
    import torch
    from safetensors.torch import load_file
    states = {}
    for name, contender in running.items():
        if name.startswith("llama"):
            continue
        path = f"{folder}/{name.replace(' ', '-')}.safetensors"
        contender.ask(f"save {path}")
        states[name] = load_file(path)["features"].float()
    if not torch.equal(states.get("ours bf16, apart", states["ours bf16"]), states["ours bf16"]):
        sys.exit("ours bf16: other states where beginnings are shared: no timing")
    exact = states["transformers fp32"]
    errors = {name: float(((s - exact).norm(dim=1) / exact.norm(dim=1)).mean()) for name, s in states.items()}
    for name, error in errors.items():
        limit = 1.15 * errors["transformers bf16"] if "bf16" in name else 1e-4
        if not error <= limit:
            sys.exit(f"{name}: error {error:.2e} is above {limit:.2e}: no timing")
    return errors


def interval(ratios):
    draws = random.Random(0)
    medians = sorted(statistics.median(draws.choices(ratios, k=len(ratios))) for _ in range(2000))
    return medians[50], medians[1949]


def compare(options, model, vocabulary, folder):
    known = [name for name, _ in contenders(options, model)]
    if unknown := sorted(set(options.only or []) - set(known)):
        sys.exit(f"--only: no contender {', '.join(unknown)}; there are {', '.join(known)}")
    judges = ["transformers fp32", "transformers bf16"]  # what correctness is measured by
    running = {name: Contender(name, command, options.threads) for name, command in contenders(options, model)
               if not options.only or name in options.only + judges}
    records = []
    for name in [pathlib.Path(options.texts).stem] if options.texts else options.workloads:
        prefix, prompts = read_texts(options) if options.texts else draw_workload(name, vocabulary, options.prompts)
        load(running.values(), folder, prefix, prompts[:options.checked])
        errors = check(running, folder)
        load(running.values(), folder, prefix, prompts)
        tokens = sum(map(len, prompts))
        rates = {contender: [] for contender in running
                 if contender in (options.only or running) and not (options.bf16 and "fp32" in contender)}
        for turn in range(options.rounds + 1):
            for contender in rates:
                seconds = float(running[contender].ask("run"))
                if turn > 0:  # the first round warms up
                    rates[contender].append(tokens / seconds)
        print(f"\n{name}: {len(prompts)} prompts, {tokens} tokens after {len(prefix)}\n")
        print("| contender | tokens/s, median | range | ours bf16 is faster by | 95 % | error |\n|---|---|---|---|---|---|")
        for contender, samples in rates.items():
            ratios = [a / b for a, b in zip(rates["ours bf16"], samples)]
            low, high = interval(ratios)
            print(f"| {contender} | {statistics.median(samples):.0f} | {min(samples):.0f}-{max(samples):.0f} | "
                  f"{statistics.median(ratios):.2f} | {low:.2f}-{high:.2f} | "
                  + (f"{errors[contender]:.1e} |" if contender in errors else "- |"), flush=True)
            records.append(dict(workload=name, contender=contender, tokens=tokens, prefix=len(prefix),
                                tokens_per_second=samples, error=errors.get(contender)))
    return records


def machine():
    import torch
    import transformers
    names = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores, torch {torch.__version__}, transformers {transformers.__version__}, " \
           f"Python {platform.python_version()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", help="the program encode_peer (cmake -DLIDIT_BENCHES=ON)")
    parser.add_argument("--model", help="a GGUF file or a folder that both sides read")
    parser.add_argument("--shape", choices=SHAPES, help="random weights of this shape instead of a model")
    parser.add_argument("--llama-gguf", nargs="*", default=[], help="GGUF files for llama.cpp")
    parser.add_argument("--workloads", nargs="*", default=list(WORKLOADS), choices=list(WORKLOADS))
    parser.add_argument("--texts", help="a file with one prompt a line, in place of the workloads")
    parser.add_argument("--instruction", default="", help="with --texts: a text before every prompt")
    parser.add_argument("--prompts", type=int, default=32)
    parser.add_argument("--checked", type=int, help="compare the states of so many prompts only; all by default")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bf16", action="store_true", help="time bf16 alone; fp32 still says what is correct")
    parser.add_argument("--only", nargs="*", help="time these contenders alone; \"ours bf16\" must be among them")
    parser.add_argument("--json", help="where to write every sample")
    parser.add_argument("--worker", choices=["transformers", "llama"], help=argparse.SUPPRESS)
    parser.add_argument("--eager", action="store_true", help="also transformers with its own attention in place of sdpa")
    parser.add_argument("--dtype", help=argparse.SUPPRESS)
    parser.add_argument("--attention", default="sdpa", help=argparse.SUPPRESS)
    parser.add_argument("--sorted", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return (work_transformers if options.worker == "transformers" else work_llama)(options)
    if not options.peer or bool(options.model) == bool(options.shape):
        parser.error("give --peer and one of --model and --shape")
    if options.texts and not options.model:
        parser.error("--texts needs --model: its tokenizer")
    if options.only and "ours bf16" not in options.only:
        parser.error('--only must name "ours bf16": all others are compared with it')
    print(machine() + f", {options.threads} threads")
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or random_checkpoint(options.shape, folder + "/model")
        vocabulary = SHAPES[options.shape]["vocab_size"] if options.shape else 40000
        records = compare(options, model, vocabulary, folder)
    if options.json:
        pathlib.Path(options.json).write_text("".join(json.dumps(record) + "\n" for record in records))


if __name__ == "__main__":
    main()
