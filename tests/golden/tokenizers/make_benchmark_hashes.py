"""Writes benchmark_hashes.json: a hash of the ids that the published implementations give the prompts of
PartiPrompts, DPG-Bench and GenAI-Bench and 10,000 random strings, for the tokenizers of this folder (run
make_golden.py and make_files.py first) and those of the models that are fetched.

    python make_benchmark_hashes.py MODELS

MODELS: the folder with smollm2-135m-instruct and all-minilm-l6-v2.
{"code_points": those assigned in Unicode 12, without private ones ("20-7e" in hexadecimal),
 "hashes": {tokenizer: {texts: [FNV-1a of "id,id,...;" over all texts, number of ids]}}}; ids with the tokens
that the tokenizer adds. Newer code points differ by the version of Unicode's tables that an implementation has.
Versions: tokenizers 0.23.3, sentencepiece 0.2.3, tiktoken 0.14.0, transformers 5.23.0, gguf 0.19.0, numpy 2.4;
perl 5.30 or later for the code points."""
import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import sentencepiece as spm
import tiktoken
import tiktoken_ext.openai_public as openai_public
from gguf import GGUFReader
from tiktoken.load import load_tiktoken_bpe
from tokenizers import Tokenizer, models, pre_tokenizers

from clip_reference import clip_reference

HERE = Path(__file__).parent
PROMPTS = HERE.parents[2] / "metrics/prompts"
MODELS = Path(sys.argv[1])
RANDOM_STRINGS, LONGEST, SEED = 10_000, 40, 12


# ----------------------------------------------------------------------------------------- texts
def partiprompts():
    lines = (PROMPTS / "partiprompts/PartiPrompts.tsv").read_text("utf-8").splitlines()[1:]
    return [line.split("\t")[0] for line in lines]


def dpg_bench():
    with gzip.open(PROMPTS / "dpg-bench/dpg_prompts.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["prompt"] for line in lines]


def genai_bench():
    """In English, and in Chinese where it is there."""
    entries = json.loads(gzip.open(PROMPTS / "genai-bench/genai_image_527.json.gz").read())
    return [entry[key] for _, entry in sorted(entries.items())
            for key in ("prompt", "prompt in Chinese") if entry.get(key)]


def assigned_code_points():
    listed = subprocess.run(
        ["perl", "-e", r'for (0..0x10FFFF) { next if $_ >= 0xD800 && $_ < 0xE000; print "$_\n" if '
         r'chr($_) =~ /\p{Present_In: 12.0}/ && chr($_) !~ /\p{Cn}|\p{Co}/ }'],
        capture_output=True, text=True, check=True).stdout
    return [int(line) for line in listed.split()]


def ranges_of(points):
    ranges = []
    for point in points:
        if ranges and ranges[-1][1] + 1 == point:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return " ".join(f"{first:x}-{last:x}" for first, last in ranges)


def mersenne_twister(seed):
    """std::mt19937 of C++."""
    generator = np.random.RandomState(seed)
    while True:
        yield from map(int, generator.randint(0, 2**32, size=1024, dtype=np.uint32))


def random_strings(points):
    """Half over everything, half over what prompts have, with many spaces and digits."""
    pool = [chr(point) for point in points]
    narrow = [c for c in pool if ord(c) < 0x600] + list(" '.,12ab") * 80
    numbers = mersenne_twister(SEED)
    strings = []
    for i in range(RANDOM_STRINGS):
        letters = narrow if i % 2 else pool
        length = 1 + next(numbers) % LONGEST
        strings.append("".join(letters[next(numbers) % len(letters)] for _ in range(length)))
    return strings


# ------------------------------------------------------------------------------------ tokenizers
def json_file(path):
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return lambda text: tokenizer.encode(text).ids


def small_gguf():
    """smollm.json again, with the token that its GGUF file asks for in front."""
    tokenizer = Tokenizer.from_file(str(HERE / "smollm.json"))
    begin = [tokenizer.token_to_id("<|im_start|>")]
    return lambda text: begin + tokenizer.encode(text).ids


def sentencepiece_file(path):
    return spm.SentencePieceProcessor(model_file=str(path)).encode


def tiktoken_file(path):
    openai_public.load_tiktoken_bpe = lambda url, expected_hash=None: load_tiktoken_bpe(str(path))
    published = openai_public.cl100k_base()
    encoding = tiktoken.Encoding("cl100k_base", pat_str=published["pat_str"],
                                 mergeable_ranks=published["mergeable_ranks"], special_tokens={})
    return lambda text: encoding.encode(text, disallowed_special=())


def clip_file(path):
    tokenizer = clip_reference(path)
    return lambda text: tokenizer(text)["input_ids"]


def smollm2(folder):
    """Vocabulary and merges of the GGUF file, pre-tokenizer of the published tokenizer.json."""
    fields = GGUFReader(next(folder.glob("*.gguf"))).fields
    tokens, types, merges = (fields[f"tokenizer.ggml.{key}"].contents()
                             for key in ("tokens", "token_type", "merges"))
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)},
                                     [tuple(merge.split(" ")) for merge in merges]))
    tokenizer.add_special_tokens([token for token, kind in zip(tokens, types) if kind == 3])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    return lambda text: tokenizer.encode(text).ids


def all_tokenizers():
    for name in ("gpt2", "smollm", "llama3", "uncased", "cased", "t5", "llama2", "pieces"):
        yield f"{name}.json", json_file(HERE / f"{name}.json")
    yield "smollm.gguf", small_gguf()
    for name in ("unigram", "bpe"):
        yield f"{name}.model", sentencepiece_file(HERE / f"{name}.model")
    yield "tiny.tiktoken", tiktoken_file(HERE / "tiny.tiktoken")
    yield "clip.txt.gz", clip_file(HERE / "clip.txt.gz")
    yield "smollm2-135m-instruct", smollm2(MODELS / "smollm2-135m-instruct")
    yield "all-minilm-l6-v2", json_file(MODELS / "all-minilm-l6-v2/tokenizer.json")


def hash_of(encode, texts):
    value, count = 0xCBF29CE484222325, 0
    for text in texts:
        ids = encode(text)
        count += len(ids)
        for byte in (",".join(map(str, ids)) + ";").encode():
            value = (value ^ byte) * 0x100000001B3 % 2**64
    return [f"{value:016x}", count]


def main():
    points = assigned_code_points()
    sets = {"partiprompts": partiprompts(), "dpg-bench": dpg_bench(), "genai-bench": genai_bench(),
            "random strings": random_strings(points)}
    hashes = {}
    for name, encode in all_tokenizers():
        hashes[name] = {key: hash_of(encode, texts) for key, texts in sets.items()}
        print(name, hashes[name], flush=True)
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in hashes.items())
    (HERE / "benchmark_hashes.json").write_text(
        f'{{"code_points": {json.dumps(ranges_of(points))},\n "hashes": {{\n{rows}}}}}\n')


if __name__ == "__main__":
    assert [x for x, _ in zip(mersenne_twister(5489), range(10_000))][-1] == 4123659995  # as the standard says
    main()
