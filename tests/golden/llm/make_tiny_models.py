#!/usr/bin/env python3
"""Tiny random checkpoints of every family with their hidden states, computed by transformers in fp32.

Writes, beside this script, for each family NAME:
  NAME/config.json, NAME/model.safetensors   what save_pretrained writes
  NAME/states.safetensors                    ids (S) and offsets (N+1) of the packed prompts, and
                                             states (K,S,D): transformers' hidden_states, every index
and for Llama also
  tiny-llama/prefixed.safetensors            the same prompts after `prefix_ids` (P): states (K,S,D) of the
                                             prompts' rows, prefix (K,P,D) of the prefix's rows
  tiny-llama.gguf                            the same weights with GGUF's names, Q and K rows permuted

Versions: torch 2.11.0, transformers 5.23.0, gguf 0.17 or later, safetensors.
"""
import json
import pathlib

import gguf
import numpy as np
import torch
from safetensors.torch import save_file
from transformers import (BertConfig, BertModel, CLIPTextConfig, CLIPTextModel, Gemma2Config, Gemma2Model,
                          Gemma3TextConfig, Gemma3TextModel, LlamaConfig, LlamaForCausalLM, LlamaModel, MistralConfig,
                          MistralModel, Qwen2Config, Qwen2Model, Qwen3Config, Qwen3Model, T5Config, T5EncoderModel,
                          UMT5Config, UMT5EncoderModel)

HERE = pathlib.Path(__file__).parent
LENGTHS = [1, 5, 2, 17, 31]
PREFIX_LENGTH = 7


def randomize(model, seed):
    """Large enough weights that attention is far from uniform and norms do something."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if "norm" in name.lower() and name.endswith("weight"):
                p.copy_(1 + 0.2 * noise)
            else:
                p.copy_(noise * (0.2 if p.dim() == 2 else 0.1))
    return model.eval()


def prompts(vocabulary, seed):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(vocabulary, (n,), generator=generator) for n in LENGTHS]


@torch.no_grad()
def states_of(model, ids):
    """(K,T,D); the last after the final norm, which CLIP's hidden_states leave out."""
    out = model(input_ids=ids[None], output_hidden_states=True)
    return torch.stack([*out.hidden_states[:-1], out.last_hidden_state])[:, 0]


def packed(model, batch, prefix):
    """States of the prompts' own rows, packed, and those of the prefix."""
    p = len(prefix)
    whole = [states_of(model, torch.cat([prefix, ids])) for ids in batch]
    return torch.cat([s[:, p:] for s in whole], 1).contiguous(), whole[0][:, :p].contiguous()


def write_states(path, model, batch, prefix=torch.empty(0, dtype=torch.long)):
    states, prefix_states = packed(model, batch, prefix)
    lengths = torch.tensor([0] + [len(ids) for ids in batch])
    tensors = {"ids": torch.cat(batch), "offsets": lengths.cumsum(0), "states": states}
    if len(prefix):
        tensors |= {"prefix_ids": prefix, "prefix": prefix_states}
    save_file(tensors, path)


def save_model(model, folder):
    folder.mkdir(exist_ok=True)
    model.save_pretrained(folder)


GGUF_NAMES = {
    "embed_tokens": "token_embd", "norm": "output_norm", "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}


def permuted(weight, heads):
    """llama.cpp's conversion: rows of each head from (halves) to (interleaved) rotary order."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def save_gguf(model, path):
    config = model.config
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    for name, weight in model.state_dict().items():
        value = np.ascontiguousarray(weight.numpy())
        if "q_proj" in name:
            value = permuted(value, config.num_attention_heads)
        if "k_proj" in name:
            value = permuted(value, config.num_key_value_heads)
        stem = name.removesuffix(".weight")
        block = ""
        if stem.startswith("layers."):
            _, index, stem = stem.split(".", 2)
            block = f"blk.{index}."
        writer.add_tensor(f"{block}{GGUF_NAMES[stem]}.weight", np.ascontiguousarray(value))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make_llama():
    config = LlamaConfig(
        vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, head_dim=16, max_position_embeddings=64, rope_theta=1000.0,
        rms_norm_eps=1e-5, tie_word_embeddings=True)
    model = randomize(LlamaModel(config), 1)
    folder = HERE / "tiny-llama"
    save_model(model, folder)
    batch = prompts(config.vocab_size, 2)
    prefix = torch.randint(config.vocab_size, (PREFIX_LENGTH,), generator=torch.Generator().manual_seed(3))
    write_states(folder / "states.safetensors", model, batch)
    write_states(folder / "prefixed.safetensors", model, batch, prefix)
    save_gguf(model, HERE / "tiny-llama.gguf")


SIZES = dict(vocab_size=96, hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=4,
             max_position_embeddings=64)
DECODER = dict(SIZES, num_key_value_heads=2, head_dim=8, rms_norm_eps=1e-5, tie_word_embeddings=True)
ROPE = {"rope_type": "default", "rope_theta": 1000.0}
LLAMA3 = {"rope_type": "llama3", "rope_theta": 1000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 16}
GEMMA = dict(query_pre_attn_scalar=12, sliding_window=8, hidden_activation="gelu_pytorch_tanh")
T5 = dict(vocab_size=96, d_model=24, d_kv=6, d_ff=40, num_layers=3, num_heads=4, n_positions=64,
          relative_attention_num_buckets=8, relative_attention_max_distance=20, feed_forward_proj="gated-gelu",
          layer_norm_epsilon=1e-6)
# The prompts are longer than the sliding windows and than the largest distance of T5.
FAMILIES = {
    "tiny-llama3": lambda: LlamaForCausalLM(LlamaConfig(**DECODER, rope_parameters=LLAMA3)),
    "tiny-mistral": lambda: MistralModel(MistralConfig(**DECODER, rope_parameters=ROPE, sliding_window=8)),
    "tiny-qwen2": lambda: Qwen2Model(Qwen2Config(**SIZES, num_key_value_heads=2, rope_parameters=ROPE)),
    "tiny-qwen3": lambda: Qwen3Model(Qwen3Config(**DECODER, rope_parameters=ROPE)),
    "tiny-gemma2": lambda: Gemma2Model(Gemma2Config(**DECODER, **GEMMA, rope_parameters=ROPE,
                                                    attn_logit_softcapping=5.0, attn_implementation="eager")),
    "tiny-gemma3": lambda: Gemma3TextModel(Gemma3TextConfig(
        **dict(DECODER, num_hidden_layers=7), **GEMMA,
        rope_parameters={"full_attention": {"rope_type": "linear", "rope_theta": 5000.0, "factor": 2.0},
                         "sliding_attention": ROPE})),
    "tiny-t5": lambda: T5EncoderModel(T5Config(**T5)),
    "tiny-umt5": lambda: UMT5EncoderModel(UMT5Config(**T5)),
    "tiny-clip": lambda: CLIPTextModel(CLIPTextConfig(**SIZES)),
}


@torch.no_grad()
def widen_biases(model):
    """Distance biases of T5 and soft caps do something only where scores are large."""
    for name, p in model.named_parameters():
        if "relative_attention_bias" in name:
            p.mul_(5)


def make_family(name, seed):
    model = randomize(FAMILIES[name](), seed)
    widen_biases(model)
    folder = HERE / name
    save_model(model, folder)
    batch = prompts(96, seed + 1)
    write_states(folder / "states.safetensors", getattr(model, "model", model), batch)


def make_bert():
    config = BertConfig(
        vocab_size=96, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
        max_position_embeddings=64, layer_norm_eps=1e-12)
    model = randomize(BertModel(config), 4)
    folder = HERE / "tiny-bert"
    save_model(model, folder)
    write_states(folder / "states.safetensors", model, prompts(config.vocab_size, 5))


if __name__ == "__main__":
    torch.set_num_threads(1)
    make_llama()
    make_bert()
    for seed, family in enumerate(FAMILIES):
        make_family(family, 10 + 2 * seed)
