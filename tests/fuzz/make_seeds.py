"""Writes the seed corpora of the GGUF, safetensors and tokenizer.json fuzzers: tiny valid files."""
import json
import struct
from pathlib import Path

HERE = Path(__file__).parent / "corpus"


def text(value):
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def strings(key, values):
    return text(key) + struct.pack("<IIQ", 9, 8, len(values)) + b"".join(map(text, values))


def integers(key, values):
    return text(key) + struct.pack("<IIQ", 9, 5, len(values)) + struct.pack(f"<{len(values)}i", *values)


def gguf(pairs, tensors, data):
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs)) + b"".join(pairs)
    for name, sizes, kind, offset in tensors:
        head += text(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, kind, offset)
    return head + bytes(-len(head) % 32) + data


tokens = ["<|im_start|>", "A", "r", "e", "d", "\u0120", "re", "red", "\u0120red"]
tokenizer = [text("tokenizer.ggml.model") + struct.pack("<I", 8) + text("gpt2"),
             text("tokenizer.ggml.pre") + struct.pack("<I", 8) + text("smollm"),
             strings("tokenizer.ggml.tokens", tokens),
             integers("tokenizer.ggml.token_type", [3] + [1] * 8),
             strings("tokenizer.ggml.merges", ["r e", "re d", "\u0120 red"]),
             text("tokenizer.ggml.bos_token_id") + struct.pack("<II", 4, 0),
             text("tokenizer.ggml.add_bos_token") + struct.pack("<IB", 7, 1)]
(HERE / "gguf/tokenizer").write_bytes(gguf(tokenizer, [], b""))
(HERE / "gguf/tensors").write_bytes(gguf(
    [text("general.alignment") + struct.pack("<II", 4, 32)],
    [("f32", [3, 2], 0, 0), ("f16", [4], 1, 32), ("q8_0", [32], 8, 64), ("q4_0", [32], 2, 128),
     ("q4_1", [32], 3, 160), ("bf16", [2], 30, 192)], bytes(range(196))))
(HERE / "gguf/values").write_bytes(gguf(
    [text(f"k{kind}") + struct.pack(f"<I{code}", kind, 1)
     for kind, code in enumerate("BbHhIif?")] +
    [text("k10") + struct.pack("<IQ", 10, 1), text("k11") + struct.pack("<Iq", 11, -1),
     text("k12") + struct.pack("<Id", 12, .5)], [], b""))


def safetensors(header, data):
    raw = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(raw)) + raw + data


(HERE / "safetensors/two").write_bytes(safetensors(
    {"__metadata__": {"k": "v"}, "a": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
     "b": {"dtype": "BF16", "shape": [3], "data_offsets": [8, 14]}}, bytes(14)))
(HERE / "safetensors/scalar").write_bytes(safetensors(
    {"a": {"dtype": "I64", "shape": [], "data_offsets": [0, 8]},
     "e": {"dtype": "U8", "shape": [0, 5], "data_offsets": [8, 8]}}, bytes(8)))

added = dict(single_word=False, lstrip=False, rstrip=True, normalized=False, special=True)
bpe = dict(added_tokens=[dict(id=0, content=tokens[0], **added)], normalizer=None,
           pre_tokenizer=dict(type="Sequence", pretokenizers=[
               dict(type="Digits", individual_digits=True),
               dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=True)]),
           post_processor=dict(type="TemplateProcessing", single=[
               dict(SpecialToken=dict(id=tokens[0], type_id=0)), dict(Sequence=dict(id="A", type_id=0))],
               special_tokens={tokens[0]: dict(id=tokens[0], ids=[0], tokens=[tokens[0]])}),
           model=dict(type="BPE", ignore_merges=True, vocab={t: i for i, t in enumerate(tokens)},
                      merges=["r e", ["re", "d"], "\u0120 red"]))
word_piece = dict(added_tokens=[dict(id=1, content="[CLS]", **added)],
                  normalizer=dict(type="BertNormalizer", clean_text=True, handle_chinese_chars=True,
                                  strip_accents=None, lowercase=True),
                  pre_tokenizer=dict(type="BertPreTokenizer"),
                  model=dict(type="WordPiece", unk_token="[UNK]", continuing_subword_prefix="##",
                             max_input_chars_per_word=100,
                             vocab={"[UNK]": 0, "[CLS]": 1, "a": 2, "r": 3, "##ed": 4, "##e": 5}))
for name, file in (("bpe", bpe), ("word_piece", word_piece)):
    body = json.dumps(file, separators=(",", ":"), ensure_ascii=False)
    (HERE / f"tokenizer_json/{name}").write_bytes((body + "\n\0 red 12 [CLS] <|im_start|> ").encode())
