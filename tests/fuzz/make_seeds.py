"""Writes the seed corpora of fuzzers (weights, tokenizers, templates, settings, audits, images): tiny valid files."""
import base64
import gzip
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


def varint(value):
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def message(*fields):
    """Of protobuf: (number, value), a value being an integer, an fp32 or bytes."""
    raw = b""
    for number, value in fields:
        if isinstance(value, float):
            raw += varint(number << 3 | 5) + struct.pack("<f", value)
        elif isinstance(value, int):
            raw += varint(number << 3) + varint(value)
        else:
            raw += varint(number << 3 | 2) + varint(len(value)) + value
    return raw


def pieces(*entries):
    return [(1, message((1, piece.encode()), (2, float(score)), (3, kind))) for piece, score, kind in entries]


# A map of one rule, U+FF11 to "1", as a double array: a node per byte, a leaf behind the last.
rule, units = "\uff11".encode(), {}
offset = 256
units[0] = offset << 10
for i, byte in enumerate(rule):
    place, offset = offset ^ byte, offset + 256
    units[place] = (place ^ offset) << 10 | (i + 1 == len(rule)) << 8 | byte
units[offset] = 1 << 31
array = struct.pack(f"<{max(units) + 1}I", *(units.get(i, 0) for i in range(max(units) + 1)))
charsmap = struct.pack("<I", len(array)) + array + b"1\0"
words = pieces(("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("\u2581", -2, 1), ("r", -3, 1), ("e", -3, 1),
               ("d", -3, 1), ("re", -4, 1), ("red", -5, 1), ("\u2581red", -5, 1), ("ci", 0, 4), ("\u25811", -6, 1))
every_byte = pieces(*((f"<0x{byte:02X}>", 0, 6) for byte in range(256)))
(HERE / "sentencepiece/unigram").write_bytes(message(
    *words, (2, message((3, 1))), (3, message((1, b"x"), (2, charsmap), (3, 1), (4, 1), (5, 1)))))
(HERE / "sentencepiece/bpe").write_bytes(message(
    *words, *every_byte, (2, message((3, 2), (35, 1))), (3, message((3, 0), (4, 0)))))
(HERE / "sentencepiece/suffix").write_bytes(message(
    *words, *pieces(("rd", -1, 5)), (2, message((3, 1), (24, 1))), (3, message((3, 1)))))

(HERE / "tiktoken/ranks").write_bytes(b"".join(
    base64.b64encode(token) + b" %d\n" % (256 + i)
    for i, token in enumerate((b"re", b"red", b" red", b" c", "\u00e9".encode(), b"123"))))
merges = "#version: 0.2\nr e\nre d</w>\nc i\n\u00c3 \u00a9</w>\n".encode()
(HERE / "clip_vocabulary/merges").write_bytes(merges)
(HERE / "clip_vocabulary/gzip").write_bytes(gzip.compress(merges, mtime=0))

for name, text in (
        ("chatml", "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% endfor %}"),
        ("system", "{{ '<|im_start|>system\\nYou are one.<|im_end|>\\n' }}<|im_start|>user"),
        ("llama-2", "{{ '<<SYS>>\\n' + system + '\\n<</SYS>>' }}[INST] {{ m }} [/INST]"),
        ("llama-3", "<|start_header_id|>system<|end_header_id|>\n\n{{ date_string }}<|eot_id|>"),
        ("gemma", "{{ bos_token }}<start_of_turn>user"), ("mistral", "[INST] {{ m }}"),
        ("own", "{bos}Sys: {system}\n{instruction}  {prompt}"), ("name", "qwen")):
    (HERE / f"chat_template/{name}").write_text(text)

(HERE / "judge_files/audit").write_text(
    '{"id": "0 #1", "judge": true, "human": false}\n{"id": "0 #1", "question": 2, "judge": false, "human": false}\n')

for path in (HERE.parents[1] / "golden/images").glob("*.jpg"):
    (HERE / f"image_file/{path.stem}").write_bytes(path.read_bytes())
(HERE / "image_file/png").write_bytes((HERE.parents[1] / "golden/images/grey.png").read_bytes())

(HERE / "shard_index/two").write_text(
    '{"metadata":{"total_size":1},"weight_map":{"x":"a.safetensors","y":"a.safetensors"}}')
(HERE / "shard_index/outside").write_text('{"weight_map":{"x":"../a.safetensors"}}')

(HERE / "config/llama").write_text(json.dumps(dict(
    architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=64, rms_norm_eps=1e-5,
    rope_scaling=dict(factor=8.0, rope_type="llama3"), tie_word_embeddings=True, head_dim=None)))
(HERE / "config/tower").write_text(json.dumps(dict(
    model_type="llava", text_config=dict(model_type="gemma3_text", hidden_size=64, layer_types=["a", "b"]))))
