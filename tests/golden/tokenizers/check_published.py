"""Compares the ids of `lidit tokenize` with the published implementations on whole benchmarks.

    python check_published.py LIDIT DATA MODELS [NAME ...]

LIDIT: the program. DATA: a folder with benchmarks/{partiprompts,dpg-bench,genai-bench} and
tokenizers/{openai_tiktoken,clip,sentencepiece}. MODELS: the folder of fetched models. NAME: only these.
Texts: PartiPrompts, DPG-Bench, GenAI-Bench and 10,000 random strings over the code points assigned in
Unicode 12 (newer ones differ by the version of Unicode's tables that an implementation has).
Prints a line per tokenizer: texts, tokens, mismatches, and the first mismatch of each.
Needs: tokenizers, sentencepiece, tiktoken, transformers, protobuf, gguf; perl for the code points."""
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import sentencepiece as spm
import tiktoken
import tiktoken_ext.openai_public as openai_public
from sentencepiece import sentencepiece_model_pb2 as spm_proto
from tiktoken.load import load_tiktoken_bpe
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from clip_reference import clip_reference

LIDIT, DATA, MODELS = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
ONLY = sys.argv[4:]
BENCHMARKS, FILES = DATA / "benchmarks", DATA / "tokenizers"
WORK = Path(tempfile.mkdtemp())


# ----------------------------------------------------------------------------------------- texts
def benchmark_texts():
    parti = (BENCHMARKS / "partiprompts/PartiPrompts.tsv").read_text("utf-8").splitlines()[1:]
    texts = [line.split("\t")[0] for line in parti]
    with open(BENCHMARKS / "dpg-bench/dpg_prompts.jsonl", encoding="utf-8") as lines:
        texts += [json.loads(line)["prompt"] for line in lines]
    genai = json.loads((BENCHMARKS / "genai-bench/genai_image_527.json").read_text("utf-8"))
    for entry in genai.values():
        texts += [entry["prompt"], entry.get("prompt in Chinese", "")]
    return [text for text in texts if text]


def random_texts(count=10_000):
    """Half over everything, half over what prompts have, with many spaces and digits."""
    listed = subprocess.run(
        ["perl", "-e", r'for (0..0x10FFFF) { next if $_ >= 0xD800 && $_ < 0xE000; print "$_\n" if '
         r'chr($_) =~ /\p{Present_In: 12.0}/ && chr($_) !~ /\p{Cn}|\p{Co}/ }'],
        capture_output=True, text=True, check=True).stdout
    pool = [chr(int(line)) for line in listed.split()]
    narrow = [c for c in pool if ord(c) < 0x600] + list(" '.,12ab") * 80
    generator = random.Random(12)
    return ["".join(generator.choice(narrow if i % 2 else pool)
                    for _ in range(generator.randint(1, 40))) for i in range(count)]


# One prompt is one line of the program's input.
TEXTS = [text.replace("\n", " ").replace("\r", " ") for text in benchmark_texts() + random_texts()]
(WORK / "texts.txt").write_bytes(("\ufeff" + "\n".join(TEXTS) + "\n").encode())


def ours(path, encoding=None, special=False):
    command = [LIDIT, "tokenize", "--tokenizer", path, "--prompts", WORK / "texts.txt"]
    command += [] if special else ["--no-special"]
    command += ["--encoding", encoding] if encoding else []
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        return result.stderr.strip()
    return [json.loads(line) for line in result.stdout.splitlines()]


def compare(name, path, oracle, encoding=None, special=False):
    if ONLY and name not in ONLY:
        return
    print(f"{name}: ", end="", flush=True)
    got, wanted = ours(path, encoding, special), [oracle(text) for text in TEXTS]
    if isinstance(got, str):
        print(got)
        return
    assert len(got) == len(wanted)
    bad = [i for i in range(len(TEXTS)) if got[i] != wanted[i]]
    print(f"{len(TEXTS)} texts, {sum(map(len, wanted))} tokens, {len(bad)} mismatches", flush=True)
    for i in bad[:3]:
        print(f"  {ascii(TEXTS[i])}\n    ours   {got[i]}\n    theirs {wanted[i]}")


# -------------------------------------------------------------------------------------- tiktoken
def tiktoken_encodings():
    folder = FILES / "openai_tiktoken"
    openai_public.load_tiktoken_bpe = lambda url, expected_hash=None: load_tiktoken_bpe(
        str(folder / url.split("/")[-1]))
    for name in ("r50k_base", "p50k_base", "cl100k_base", "o200k_base"):
        encoding = tiktoken.Encoding(**getattr(openai_public, name)())
        compare(name, folder / f"{name}.tiktoken",
                lambda text: encoding.encode(text, allowed_special="all"), name)


# -------------------------------------------------------------------------------- sentencepiece
def trained(name, **settings):
    prefix = WORK / name
    spm.SentencePieceTrainer.train(
        input=str(FILES / "sentencepiece/botchan.txt"), model_prefix=str(prefix),
        minloglevel=2, **settings)
    return Path(f"{prefix}.model")


def sentencepiece_models():
    folder = FILES / "sentencepiece"
    paths = {path.stem: path for path in sorted(folder.glob("*.model"))}
    paths["bpe_bytes"] = trained("bpe_bytes", vocab_size=1500, model_type="bpe", byte_fallback=True,
                                 normalization_rule_name="identity", remove_extra_whitespaces=False,
                                 user_defined_symbols=["<b>", "ing", "  "])
    paths["bpe"] = trained("bpe", vocab_size=1000, model_type="bpe")
    paths["unigram_bytes"] = trained("unigram_bytes", vocab_size=1500, byte_fallback=True,
                                     normalization_rule_name="nmt_nfkc_cf",
                                     user_defined_symbols=["<b>", "the"])
    paths["unigram_suffix"] = trained("unigram_suffix", vocab_size=1000,
                                      treat_whitespace_as_suffix=True)
    for name, path in paths.items():
        processor = spm.SentencePieceProcessor(model_file=str(path))
        compare(f"{name}.model", path, processor.encode)
    return paths


def merges_of(proto):
    """As transformers converts a SentencePiece BPE: by score, then by the ids of both halves."""
    ids = {piece.piece: i for i, piece in enumerate(proto.pieces)}
    merges = []
    for piece in sorted(proto.pieces, key=lambda piece: -piece.score):
        text = piece.piece
        halves = [(text[:i], text[i:]) for i in range(1, len(text))]
        halves = [half for half in halves if half[0] in ids and half[1] in ids]
        merges += sorted(halves, key=lambda half: (ids[half[0]], ids[half[1]]))
    return ids, merges


def read_proto(path):
    proto = spm_proto.ModelProto()
    proto.ParseFromString(Path(path).read_bytes())
    return proto


def json_of(name, tokenizer):
    path = WORK / f"{name}.json"
    tokenizer.save(str(path))
    compare(f"{name}.json", path, lambda text: tokenizer.encode(text).ids, special=True)


def converted(paths):
    """tokenizer.json files of the shapes that published models have."""
    proto = read_proto(paths["test_model"])
    t5 = Tokenizer(models.Unigram([(p.piece, p.score) for p in proto.pieces], 0, False))
    t5.normalizer = normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)
    t5.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    t5.add_special_tokens(["<unk>", "<s>", "</s>"])
    t5.post_processor = processors.TemplateProcessing("$A </s>", "$A </s> $B </s>", [("</s>", 2)])
    json_of("t5", t5)

    proto = read_proto(paths["unigram_bytes"])
    xlm = Tokenizer(models.Unigram([(p.piece, p.score) for p in proto.pieces], 0, True))
    xlm.normalizer = normalizers.Sequence([
        normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()])
    xlm.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    xlm.add_special_tokens(["<unk>", "<s>", "</s>"])
    xlm.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 1))
    json_of("xlm", xlm)

    ids, merges = merges_of(read_proto(paths["bpe_bytes"]))
    llama2 = Tokenizer(models.BPE(ids, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    llama2.normalizer = normalizers.Sequence([
        normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    llama2.add_special_tokens([AddedToken(t, normalized=False) for t in ("<unk>", "<s>", "</s>")])
    llama2.add_tokens([AddedToken("<b>", normalized=True)])
    json_of("llama2", llama2)

    gemma = Tokenizer(models.BPE(ids, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    gemma.normalizer = normalizers.Replace(" ", "\u2581")
    gemma.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    json_of("gemma", gemma)

    ids, merges = merges_of(read_proto(paths["bpe"]))
    for name, fuse, normalizer, pre_tokenizer in (
            ("pieces1", False, normalizers.NFD(), pre_tokenizers.Whitespace()),
            ("pieces2", True, normalizers.Sequence([
                normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]),
             pre_tokenizers.Sequence([pre_tokenizers.Punctuation("merged_with_previous"),
                                      pre_tokenizers.Digits(individual_digits=False)])),
            ("pieces3", True, normalizers.NFC(), pre_tokenizers.Sequence([
                pre_tokenizers.Split(Regex(r"[aeiou]+"), "merged_with_next"),
                pre_tokenizers.Split(Regex(r"\d"), "contiguous"),
                pre_tokenizers.Split(" ", "removed"), pre_tokenizers.BertPreTokenizer()]))):
        tokenizer = Tokenizer(models.BPE(ids, merges, unk_token="<unk>", fuse_unk=fuse))
        tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, pre_tokenizer
        json_of(name, tokenizer)


# ------------------------------------------------------------------------- byte-level tokenizer.json
def qwen2():
    """The shape of Qwen2's file, with the merges of GPT-2."""
    lines = (FILES / "openai_tiktoken/vocab.bpe").read_text("utf-8").splitlines()[1:]
    vocabulary = json.loads((FILES / "openai_tiktoken/encoder.json").read_text("utf-8"))
    merges = [tuple(line.split(" ")) for line in lines if line]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
            r"|\s*[\r\n]+|\s+(?!\S)|\s+"), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.add_special_tokens(["<|endoftext|>"])
    json_of("qwen2", tokenizer)


# ------------------------------------------------------------------------------------------- clip
def clip():
    path = FILES / "clip/bpe_simple_vocab_16e6.txt.gz"
    tokenizer = clip_reference(path)
    compare("clip", path, lambda text: tokenizer(text)["input_ids"], special=True)
    backend = WORK / "clip.json"
    tokenizer.backend_tokenizer.save(str(backend))
    compare("clip.json", backend, lambda text: tokenizer(text)["input_ids"], special=True)


# ------------------------------------------------------------------------------- published models
def gemma_gguf():
    """Gemma's SentencePiece model, put together from the pieces in its GGUF file."""
    from gguf import GGUFReader
    path = next((MODELS / "gemma-3-270m").glob("*.gguf"))
    fields = {key: GGUFReader(path).fields[f"tokenizer.ggml.{key}"].contents()
              for key in ("tokens", "scores", "token_type")}
    proto = spm_proto.ModelProto()
    for text, score, kind in zip(fields["tokens"], fields["scores"], fields["token_type"]):
        proto.pieces.add(piece=text, score=score, type=kind)
    proto.trainer_spec.model_type = 2
    proto.trainer_spec.byte_fallback = True
    unknown = GGUFReader(path).fields["tokenizer.ggml.unknown_token_id"].contents()
    proto.pieces[unknown].type = 2
    proto.trainer_spec.unk_id = unknown
    proto.normalizer_spec.name = "identity"
    proto.normalizer_spec.add_dummy_prefix = False
    proto.normalizer_spec.remove_extra_whitespaces = False
    (WORK / "gemma.model").write_bytes(proto.SerializeToString())
    processor = spm.SentencePieceProcessor(model_proto=proto.SerializeToString())
    compare("gemma-3-270m", path, processor.encode)
    compare("gemma.model", WORK / "gemma.model", processor.encode)


def smollm2_gguf():
    from gguf import GGUFReader
    path = next((MODELS / "smollm2-135m-instruct").glob("*.gguf"))
    fields = GGUFReader(path).fields
    tokens, types, merges = (fields[f"tokenizer.ggml.{key}"].contents()
                             for key in ("tokens", "token_type", "merges"))
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)},
                                     [tuple(merge.split(" ")) for merge in merges]))
    tokenizer.add_special_tokens([token for token, kind in zip(tokens, types) if kind == 3])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    compare("smollm2-135m-instruct", path, lambda text: tokenizer.encode(text).ids)


def minilm():
    path = MODELS / "all-minilm-l6-v2/tokenizer.json"
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    compare("all-minilm-l6-v2", path, lambda text: tokenizer.encode(text).ids, special=True)


tiktoken_encodings()
converted(sentencepiece_models())
qwen2()
clip()
minilm()
gemma_gguf()
smollm2_gguf()
