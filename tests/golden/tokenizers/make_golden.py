"""Writes tiny tokenizers and what the reference implementation makes of texts.json with them.

    python make_golden.py                  the tiny tokenizers, texts.json, expected.json
    python make_golden.py MODELS           also the ids of all PartiPrompts, with the models in MODELS

Needs: tokenizers 0.23, gguf, transformers (for SmolLM2's GGUF file).
expected.json: {tokenizer: [[ids without special tokens], ...]}, plus "NAME+special" with them and
"NAME:spans" for spans in bytes where the reference has them."""
import json
import random
import sys
import unicodedata
from pathlib import Path

from gguf import GGUFReader, GGUFWriter
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers import processors, trainers

HERE = Path(__file__).parent
PROMPTS = HERE.parents[2] / "metrics/prompts/partiprompts/PartiPrompts.tsv"
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
prompts = [line.split("\t")[0] for line in PROMPTS.read_text("utf-8").splitlines()[1:]]

# ----------------------------------------------------------------------------------------- texts
WRITTEN = [
    "", " ", "  ", "a", " a", "a ", "a red circle", "A Red Circle in the TOP left.", "it's we'LL they'VE I'm",
    "12345 67 8", "a  5", "x\n\n\ny", "tabs\tand\r\nlines \n ", "trailing   ", "   leading",
    "caf\u00e9 na\u00efve \u00c5ngstr\u00f6m", "e\u0301 composed \u00e9", "\u65e5\u672c\u8a9e\u306e 10 \u500b",
    "\ud55c\uad6d\uc5b4 text", "\U0001f600\U0001f468\u200d\U0001f469 emoji", "\u0130stanbul \u0131\u017f",
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd", "soft\u00adhyphen zero\u200bwidth \ufeffbom",
    "nbsp\u00a0here \u2003em \u3000ideographic \u0085next \u180emongolian", "a\u0000b\u0004c\ufffdd",
    "\u00bd \u2160\u2161 \u0661\u0662 \u2460", "'\u017f 'S 'T", "!!!???...", "a_b-c/d\\e", "$5 + 3 = 8 ~ ^ `x` |y| <z>",
    "\u2014dash\u2026 \u201cquotes\u201d \u00bfq?", "x" * 101, "x" * 100, "supercalifragilisticexpialidocious",
    "<|im_start|>user\nhi<|im_end|>", "a <mask> b", "a  <mask>  b", "a<mask>", "[CLS] a [SEP] [MASK] b", "[cls]",
    "<|im_start", "<|im_start|><|im_start|>", "<tool> <tool_call>", "the the the", "\U00053fff private? \U000f0000",
]
generator = random.Random(5)
POOL = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000
        and unicodedata.ucd_3_2_0.category(chr(c)) not in ("Cn", "Co")]
NARROW = [c for c in POOL if ord(c) < 0x600] + list(" \n\t'.,12ab") * 60
RANDOM = ["".join(generator.choice(pool) for _ in range(generator.randint(1, 24)))
          for pool in (POOL, NARROW) for _ in range(60)]
TEXTS = WRITTEN + RANDOM + prompts[::80]


# ------------------------------------------------------------------------------------ tokenizers
def byte_level(pre_tokenizer, size, alphabet, special):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(prompts + WRITTEN[:34], trainers.BpeTrainer(
        vocab_size=size, special_tokens=special, initial_alphabet=alphabet, show_progress=False))
    return tokenizer


def gpt2():
    """Lacks tokens for bytes that the training text does not have."""
    tokenizer = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False), 300, [], [])
    tokenizer.add_tokens([AddedToken("<tool>", normalized=True), AddedToken("<tool_call>")])
    return tokenizer


def smollm():
    tokenizer = byte_level(pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)]), 320, [],
        ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, rstrip=True)])
    return tokenizer


def llama3():
    tokenizer = byte_level(pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]), 420,
        pre_tokenizers.ByteLevel.alphabet(), ["<|begin_of_text|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing("<|begin_of_text|> $A", "<|begin_of_text|> $A $B",
                                      [("<|begin_of_text|>", 0)])])
    settings = json.loads(tokenizer.to_str())
    settings["model"]["ignore_merges"] = True
    # A token that no merge makes: only a whole piece is taken for it.
    settings["model"]["vocab"]["\u0120circle"] = len(settings["model"]["vocab"])
    return Tokenizer.from_str(json.dumps(settings))


def word_piece(lowercase):
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(prompts + TEXTS, trainers.WordPieceTrainer(
        vocab_size=900, special_tokens=special, show_progress=False, limit_alphabet=400))
    tokenizer.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", [("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.enable_truncation(5)  # to be ignored
    tokenizer.enable_padding(length=7)
    return tokenizer


def write_gguf(tokenizer, path):
    """The same tokenizer as a GGUF file without tensors."""
    settings = json.loads(tokenizer.to_str())
    control = {t["content"] for t in settings["added_tokens"]}
    tokens = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
    writer = GGUFWriter(path, "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token in control else 1 for token in tokens])
    writer.add_token_merges([" ".join(merge) for merge in settings["model"]["merges"]])
    writer.add_bos_token_id(tokenizer.token_to_id("<|im_start|>"))
    writer.add_add_bos_token(True)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def byte_spans(text, encoding):
    at = [0]
    for character in text:
        at.append(at[-1] + len(character.encode()))
    return [at[x] for begin_end in encoding.offsets for x in begin_end]


expected = {}
for name, tokenizer in {"gpt2": gpt2(), "smollm": smollm(), "llama3": llama3(),
                        "uncased": word_piece(True), "cased": word_piece(False)}.items():
    tokenizer.save(str(HERE / f"{name}.json"), pretty=False)
    if name == "smollm":
        write_gguf(tokenizer, HERE / "smollm.gguf")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    expected[name] = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    if name in ("llama3", "uncased"):
        expected[name + "+special"] = [tokenizer.encode(text).ids for text in TEXTS]
    if name in ("uncased", "cased"):
        expected[name + ":spans"] = [byte_spans(text, tokenizer.encode(text, add_special_tokens=False))
                                     for text in TEXTS]
    tokenizer.encode_special_tokens = True
    expected[name + ":as_text"] = [tokenizer.encode(text, add_special_tokens=False).ids
                                   for text in WRITTEN]
(HERE / "texts.json").write_text(json.dumps(TEXTS, indent=0))
(HERE / "expected.json").write_text(
    "{" + ",\n".join(f'"{key}":{json.dumps(value, separators=(",", ":"))}'
                     for key, value in expected.items()) + "}\n")


# ------------------------------------------------------------------------------- published models
def smollm2(models_folder):
    """Vocabulary and merges of the GGUF file, pre-tokenizer of the published tokenizer.json (the
    conversion by transformers leaves Digits out; on these prompts the ids are the same)."""
    from transformers import AutoTokenizer
    folder = models_folder / "smollm2-135m-instruct"
    file = next(folder.glob("*.gguf"))
    converted = AutoTokenizer.from_pretrained(folder, gguf_file=file.name).backend_tokenizer
    fields = GGUFReader(file).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    types = fields["tokenizer.ggml.token_type"].contents()
    tokenizer = Tokenizer(models.BPE(
        {token: i for i, token in enumerate(tokens)},
        [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]))
    tokenizer.add_special_tokens([token for token, kind in zip(tokens, types) if kind == 3])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    for prompt in prompts:
        assert tokenizer.encode(prompt).ids == converted.encode(prompt).ids, prompt
    return tokenizer


def minilm(models_folder):
    tokenizer = Tokenizer.from_file(str(models_folder / "all-minilm-l6-v2" / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


if len(sys.argv) > 1:
    for name, load in (("smollm2-135m-instruct", smollm2), ("all-minilm-l6-v2", minilm)):
        tokenizer = load(Path(sys.argv[1]))
        (HERE / f"partiprompts.{name}.txt").write_text("".join(
            json.dumps(tokenizer.encode(prompt).ids, separators=(",", ":")) + "\n"
            for prompt in prompts))
