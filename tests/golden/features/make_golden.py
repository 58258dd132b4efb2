#!/usr/bin/env python3
"""Runs write_features.py, the example of encoders/README.md, over prompts.txt with a tiny random BERT.

Writes example.safetensors beside this script. Versions: torch 2.11.0, transformers 5.23.0, tokenizers 0.22.
"""
import pathlib
import string
import subprocess
import sys
import tempfile

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).parent
words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ",", "red", "circle", "caf\u00e9", "night"]
words += list(string.ascii_lowercase) + ["##" + letter for letter in string.ascii_lowercase]
tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=False)
tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
torch.manual_seed(0)
with tempfile.TemporaryDirectory() as folder:
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]").save_pretrained(folder)
    BertModel(BertConfig(vocab_size=len(words), hidden_size=8, num_hidden_layers=2, num_attention_heads=2,
                         intermediate_size=16, max_position_embeddings=64)).save_pretrained(folder)
    subprocess.run([sys.executable, HERE / "write_features.py", folder, HERE / "prompts.txt",
                    HERE / "example.safetensors", "-1"], check=True)
