#!/usr/bin/env python3
"""Tiny random Llama and BERT checkpoints with their hidden states, computed by transformers in fp32.

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
from transformers import BertConfig, BertModel, LlamaConfig, LlamaModel

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
    return torch.stack(model(ids[None], output_hidden_states=True).hidden_states)[:, 0]  # (K,T,D)


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
