"""Writes corner_cases.json: what the published implementations make of texts that a rule of theirs,
written down nowhere, decides.

    python make_corner_cases.py

Needs: tokenizers 0.23, sentencepiece 0.2.3, protobuf.
normal_forms: [text, NFC, NFD, NFKC, NFKD] by tokenizers, whose tables are those of Unicode 9.
first_word: a tokenizer.json with Metaspace "first" behind normalisers that move and take away what
a text begins with, texts and ids. user_defined: a SentencePiece unigram model in base64 whose
user-defined pieces win, tie and lose against ordinary ones, texts and ids."""
import base64
import json
from pathlib import Path

import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2 as spm_proto
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

HERE = Path(__file__).parent

# Decompositions, composites and combining classes that came after Unicode 9, and their elders.
FORMS = ["\u32ff", "\u32fe", "\ua7f2x", "\uab69", "\uab5c", "\U00010781\U000107ba", "\U0001e030",
         "\U0001f16c", "\U0001f16b", "\U0001fbf5", "\U00011938", "\U00011935\U00011930", "a\u07fd\u0316",
         "a\u0d3b\u0334", "a\u0345\u1df6\u0301", "a\U00010efd\u0316", "a\U0001e08f\u0316\u0301", "a\u0301\u0316",
         "e\u0316\u0301", "\u00af\u0357\u0339x", "\u02da\u05a5a", "\u00bd\ufb01", "\u1100\u1161\u11a8", "\u0344\u0316",
         "\u212b \u1e9b\u0323"]
forms = [normalizers.NFC(), normalizers.NFD(), normalizers.NFKC(), normalizers.NFKD()]
normal_forms = [[text] + [form.normalize_str(text) for form in forms] for text in FORMS]

WORDS = ["a", "\u2581a", "\u2581", "b", "\u0339", "\u0304", "\u0357", "\u05a5", "\u030a", "\u0316", "\u0301"]
first = Tokenizer(models.Unigram([("<unk>", 0.0)] + [(w, -1.0 - i / 8) for i, w in enumerate(WORDS)], 0))
first.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Strip()])
first.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
FIRST = ["a", " a", "a b", "\u00a0a", "\u00afa", "\u00af\u0357\u0339a", "\u00af\u0339\u0357a", "\u02da\u05a5a", "\u02daa",
         "\u0301\u0316a", "\u0316\u0301a", "\u0344\u0316a", "\u00af", "b\u0301\u0316a"]

proto = spm_proto.ModelProto()
for piece, score, kind in [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("\u2581", -3, 1), ("\u2581bath", -8.160848, 1),
                           ("ed", -4.629761, 1), ("\u2581ba", -7.994609, 1), ("the", 0, 4), ("d", -4.762264, 1),
                           ("a", -5, 1), ("bcd", -9, 4), ("abcd", -4.8000001907, 1), ("aabcd", -9.8, 1),
                           ("ba", -9, 1), ("babcd", -8.7, 1), ("t", -6, 1), ("h", -6, 1), ("e", -6, 1), ("x", -1, 4)]:
    proto.pieces.add(piece=piece, score=score, type=kind)
proto.trainer_spec.model_type = 1
proto.normalizer_spec.name = "identity"
user_defined = spm.SentencePieceProcessor(model_proto=proto.SerializeToString())
USER_DEFINED = ["bathed", "the bathed", "abcd", "aabcd", "babcd", "bath", "x", "xx a x", "thethe d"]

cases = {"normal_forms": normal_forms,
         "first_word": {"file": json.loads(first.to_str()), "texts": FIRST,
                        "ids": [first.encode(text).ids for text in FIRST]},
         "user_defined": {"file": base64.b64encode(proto.SerializeToString()).decode(),
                          "texts": USER_DEFINED,
                          "ids": [user_defined.encode(text) for text in USER_DEFINED]}}
(HERE / "corner_cases.json").write_text(
    "{" + ",\n".join(f'"{key}":{json.dumps(value, separators=(",", ":"))}'
                     for key, value in cases.items()) + "}\n")
