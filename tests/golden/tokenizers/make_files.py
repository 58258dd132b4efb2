"""Writes tiny SentencePiece, tiktoken, CLIP and tokenizer.json files and a hash of the ids that the
published implementations give all of texts.json with each (run make_golden.py first).

    python make_files.py

Needs: tokenizers, sentencepiece, tiktoken, transformers, protobuf.
hashes.json: {file: [FNV-1a of "id,id,...;" over all texts, number of ids]}; ids with the tokens that
the tokenizer adds."""
import base64
import gzip
import json
import tempfile
from pathlib import Path

import sentencepiece as spm
import tiktoken
from sentencepiece import sentencepiece_model_pb2 as spm_proto
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from tokenizers import trainers
from transformers import CLIPTokenizer

HERE = Path(__file__).parent
TEXTS = json.loads((HERE / "texts.json").read_text())
PROMPTS = HERE.parents[2] / "metrics/prompts/partiprompts/PartiPrompts.tsv"
prompts = [line.split("\t")[0] for line in PROMPTS.read_text("utf-8").splitlines()[1:]]
WORK = Path(tempfile.mkdtemp())
hashes = {}


def record(name, encode):
    value, count = 0xCBF29CE484222325, 0
    for text in TEXTS:
        ids = encode(text)
        count += len(ids)
        for byte in (",".join(map(str, ids)) + ";").encode():
            value = (value ^ byte) * 0x100000001B3 % 2**64
    hashes[name] = [f"{value:016x}", count]


# -------------------------------------------------------------------------------- sentencepiece
def sentencepiece(name, **settings):
    (WORK / "prompts.txt").write_text("\n".join(prompts), "utf-8")
    spm.SentencePieceTrainer.train(input=str(WORK / "prompts.txt"), minloglevel=2,
                                   model_prefix=str(WORK / name), num_threads=1, **settings)
    proto = spm_proto.ModelProto()
    proto.ParseFromString((WORK / f"{name}.model").read_bytes())
    proto.trainer_spec.ClearField("input")
    proto.trainer_spec.ClearField("model_prefix")
    (HERE / f"{name}.model").write_bytes(proto.SerializeToString())
    processor = spm.SentencePieceProcessor(model_file=str(HERE / f"{name}.model"))
    record(f"{name}.model", processor.encode)
    return proto


# A small map: full-width letters, ligatures, an ideographic space; a rule of several characters.
rules = {"\u00a0": " ", "\u3000": " ", "\ufb01": "fi", "\u00bd": "1/2", "e\u0301": "\u00e9", "\u2026": "...",
         "\u00ad": "", "\ufeff": "", "\u2460": "1"}
(WORK / "rules.tsv").write_text("".join(
    " ".join(f"{ord(c):X}" for c in old) + "\t" + " ".join(f"{ord(c):X}" for c in new) + "\n"
    for old, new in rules.items()))
unigram = sentencepiece("unigram", vocab_size=400, model_type="unigram", hard_vocab_limit=False,
                        normalization_rule_tsv=str(WORK / "rules.tsv"))
bpe = sentencepiece("bpe", vocab_size=520, model_type="bpe", byte_fallback=True,
                    normalization_rule_name="identity", remove_extra_whitespaces=False,
                    user_defined_symbols=["<mask>", "  "])


# ------------------------------------------------------------------------------- tokenizer.json
def save(name, tokenizer):
    tokenizer.save(str(HERE / f"{name}.json"), pretty=False)
    record(f"{name}.json", lambda text: tokenizer.encode(text).ids)


pieces = [(piece.piece, piece.score) for piece in unigram.pieces]
t5 = Tokenizer(models.Unigram(pieces, 0, False))
t5.normalizer = normalizers.Precompiled(unigram.normalizer_spec.precompiled_charsmap)
t5.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
t5.add_special_tokens(["<unk>", "<s>", "</s>"])
t5.post_processor = processors.TemplateProcessing("$A </s>", "$A </s> $B </s>", [("</s>", 2)])
save("t5", t5)

ids = {piece.piece: i for i, piece in enumerate(bpe.pieces)}
merges = []
for piece in sorted(bpe.pieces, key=lambda piece: -piece.score):
    halves = [(piece.piece[:i], piece.piece[i:]) for i in range(1, len(piece.piece))]
    halves = [half for half in halves if half[0] in ids and half[1] in ids]
    merges += sorted(halves, key=lambda half: (ids[half[0]], ids[half[1]]))
llama2 = Tokenizer(models.BPE(ids, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
llama2.normalizer = normalizers.Sequence([
    normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
llama2.add_special_tokens([AddedToken(t, normalized=False) for t in ("<unk>", "<s>", "</s>")])
llama2.add_tokens([AddedToken("<mask>", normalized=True)])
llama2.post_processor = processors.TemplateProcessing("<s> $A", "<s> $A $B", [("<s>", 1)])
save("llama2", llama2)

pieces_bpe = Tokenizer(models.BPE(
    {token: i for token, i in ids.items() if not token.startswith("<0x")},
    [merge for merge in merges if not merge[0].startswith("<0x")], unk_token="<unk>", fuse_unk=False))
pieces_bpe.normalizer = normalizers.Sequence([
    normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Strip(),
    normalizers.Replace(Regex("[xy]+"), "ex"), normalizers.NFC()])
pieces_bpe.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation("merged_with_previous"),
    pre_tokenizers.Digits(individual_digits=False),
    pre_tokenizers.Split("re", "merged_with_next"), pre_tokenizers.Split(Regex("b+"), "contiguous")])
pieces_bpe.post_processor = processors.BertProcessing(("</s>", 2), ("<s>", 1))
save("pieces", pieces_bpe)

# ------------------------------------------------------------------------------ tiktoken and CLIP
letters = sorted(pre_tokenizers.ByteLevel.alphabet(), key=lambda c: (ord(c) >= 0x100, ord(c)))
others = [byte for byte in range(256) if chr(byte) not in letters]
byte_of = {c: ord(c) if ord(c) < 0x100 else others[ord(c) - 0x100] for c in letters}
spelt = json.loads((HERE / "llama3.json").read_text())["model"]["vocab"]
tokens = [token for token in sorted(spelt, key=spelt.get)[3:-1]]  # not special, not without a merge
ranks = {bytes(byte_of[c] for c in token): rank for rank, token in enumerate(tokens)}
(HERE / "tiny.tiktoken").write_text("".join(
    f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks.items()))
pattern = (r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
           r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s")
encoding = tiktoken.Encoding("cl100k_base", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
record("tiny.tiktoken", lambda text: encoding.encode(text, disallowed_special=()))

trained = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
trained.normalizer, trained.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.ByteLevel(False)
trained.train_from_iterator(prompts, trainers.BpeTrainer(
    vocab_size=500, end_of_word_suffix="</w>", show_progress=False))
merges = [tuple(m) for m in json.loads(trained.to_str())["model"]["merges"] if "\u0120" not in "".join(m)]
with open(HERE / "clip.txt.gz", "wb") as file:
    text = "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges)
    file.write(gzip.compress(text.encode(), mtime=0))
vocabulary = letters + [c + "</w>" for c in letters] + ["".join(merge) for merge in merges]
vocabulary += ["<|startoftext|>", "<|endoftext|>"]
clip = CLIPTokenizer({token: i for i, token in enumerate(vocabulary)}, merges)
record("clip.txt.gz", lambda text: clip(text)["input_ids"])

(HERE / "hashes.json").write_text(json.dumps(hashes, indent=1) + "\n")
