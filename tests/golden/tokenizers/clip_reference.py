"""CLIP's tokenizer of a bpe_simple_vocab_16e6.txt.gz, by transformers."""
import gzip

from tokenizers import Regex, pre_tokenizers
from transformers import CLIPTokenizer

# The file's own code (openai/CLIP, simple_tokenizer.py) splits without regard to case, so that a long s after an
# apostrophe is a contraction; transformers' pattern has small letters alone.
WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def clip_reference(path):
    """A CLIPTokenizer with as many merges as there are tokens for: the published file has more."""
    lines = gzip.open(path, "rt", encoding="utf-8").read().splitlines()[1:49152 - 256 - 2 + 1]
    merges = [tuple(line.split(" ")) for line in lines]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet(), key=lambda c: (ord(c) >= 0x100, ord(c)))
    tokens = letters + [c + "</w>" for c in letters] + ["".join(merge) for merge in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    tokenizer = CLIPTokenizer({token: i for i, token in enumerate(tokens)}, merges)
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(WORDS), "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    return tokenizer
