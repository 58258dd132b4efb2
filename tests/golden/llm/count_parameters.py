#!/usr/bin/env python3
"""Writes parameter_counts.json: how many parameters transformers gives the published sizes of each family.

The settings below are those of the published config.json files, written out by hand and not read from this
project. Models are built on the meta device, without weights; what a prompt does not pass through is not
counted: output heads, poolers, T5's decoder, CLIP's projection, Gemma 3's picture tower.

Versions: torch 2.11.0, transformers 5.23.0.
"""
import json
import pathlib

import torch
from transformers import (BertConfig, BertModel, CLIPTextConfig, CLIPTextModel, Gemma2Config, Gemma2Model,
                          Gemma3TextConfig, Gemma3TextModel, LlamaConfig, LlamaModel, MistralConfig, MistralModel,
                          Qwen2Config, Qwen2Model, Qwen3Config, Qwen3Model, T5Config, T5EncoderModel, UMT5Config,
                          UMT5EncoderModel)

HERE = pathlib.Path(__file__).parent


def decoder(vocabulary, width, hidden, depth, heads, key_heads, **more):
    return dict(vocab_size=vocabulary, hidden_size=width, intermediate_size=hidden, num_hidden_layers=depth,
                num_attention_heads=heads, num_key_value_heads=key_heads, **more)


def t5(vocabulary, width, hidden, depth, heads):
    return dict(vocab_size=vocabulary, d_model=width, d_ff=hidden, num_layers=depth, num_heads=heads, d_kv=64,
                feed_forward_proj="gated-gelu", relative_attention_num_buckets=32)


def tower(vocabulary, width, hidden, depth, heads, context):
    return dict(vocab_size=vocabulary, hidden_size=width, intermediate_size=hidden, num_hidden_layers=depth,
                num_attention_heads=heads, max_position_embeddings=context)


FAMILIES = [
    (LlamaConfig, LlamaModel, {
        "smollm2-135m": decoder(49152, 576, 1536, 30, 9, 3),
        "smollm2-360m": decoder(49152, 960, 2560, 32, 15, 5),
        "smollm2-1.7b": decoder(49152, 2048, 8192, 24, 32, 32),
        "llama-2-7b": decoder(32000, 4096, 11008, 32, 32, 32),
        "llama-3-8b": decoder(128256, 4096, 14336, 32, 32, 8),
        "llama-3.1-8b": decoder(128256, 4096, 14336, 32, 32, 8),
        "llama-3.2-1b": decoder(128256, 2048, 8192, 16, 32, 8, head_dim=64),
        "llama-3.2-3b": decoder(128256, 3072, 8192, 28, 24, 8, head_dim=128)}),
    (MistralConfig, MistralModel, {"mistral-7b-v0.1": decoder(32000, 4096, 14336, 32, 32, 8)}),
    (Qwen2Config, Qwen2Model, {
        "qwen1.5-0.5b": decoder(151936, 1024, 2816, 24, 16, 16),
        "qwen2-0.5b": decoder(151936, 896, 4864, 24, 14, 2),
        "qwen2.5-7b": decoder(152064, 3584, 18944, 28, 28, 4)}),
    (Qwen3Config, Qwen3Model, {
        "qwen3-0.6b": decoder(151936, 1024, 3072, 28, 16, 8, head_dim=128),
        "qwen3-8b": decoder(151936, 4096, 12288, 36, 32, 8, head_dim=128)}),
    (Gemma2Config, Gemma2Model, {
        "gemma-2-2b": decoder(256000, 2304, 9216, 26, 8, 4, head_dim=256),
        "gemma-2-9b": decoder(256000, 3584, 14336, 42, 16, 8, head_dim=256),
        "gemma-2-27b": decoder(256000, 4608, 36864, 46, 32, 16, head_dim=128)}),
    (Gemma3TextConfig, Gemma3TextModel, {
        "gemma-3-270m": decoder(262144, 640, 2048, 18, 4, 1, head_dim=256),
        "gemma-3-1b": decoder(262144, 1152, 6912, 26, 4, 1, head_dim=256),
        "gemma-3-4b": decoder(262208, 2560, 10240, 34, 8, 4, head_dim=256)}),
    (T5Config, T5EncoderModel, {
        "t5-v1.1-small": t5(32128, 512, 1024, 8, 6),
        "t5-v1.1-base": t5(32128, 768, 2048, 12, 12),
        "t5-v1.1-xl": t5(32128, 2048, 5120, 24, 32),
        "t5-v1.1-xxl": t5(32128, 4096, 10240, 24, 64)}),
    (UMT5Config, UMT5EncoderModel, {"umt5-xxl": t5(256384, 4096, 10240, 24, 64)}),
    (BertConfig, lambda config: BertModel(config, add_pooling_layer=False), {
        "minilm-l6": tower(30522, 384, 1536, 6, 12, 512),
        "bert-base": tower(30522, 768, 3072, 12, 12, 512)}),
    (CLIPTextConfig, CLIPTextModel, {
        "clip-vit-b-32": tower(49408, 512, 2048, 12, 8, 77),
        "clip-vit-l-14": tower(49408, 768, 3072, 12, 12, 77),
        "clip-vit-bigg-14": tower(49408, 1280, 5120, 32, 20, 77)}),
]


def count(model):
    """Tied tensors once: T5's embedding has two names."""
    sizes = {}
    for name, parameter in model.named_parameters():
        sizes["shared.weight" if name == "encoder.embed_tokens.weight" else name] = parameter.numel()
    return sum(sizes.values())


def main():
    counts = {}
    with torch.device("meta"):
        for config, make, sizes in FAMILIES:
            for name, settings in sizes.items():
                counts[name] = count(make(config(**settings)))
                print(f"{name:20}{counts[name]:>16,}")
    (HERE / "parameter_counts.json").write_text(json.dumps(counts, indent=1) + "\n")


if __name__ == "__main__":
    main()
