#!/usr/bin/env python3
"""`lidit encode` on folders that transformers wrote, beside transformers: every family, every hidden state.

  compare_folders.py PROGRAM

Each folder is what save_pretrained writes of a tiny random model, its weights in several parts, with a tokenizer of
single characters; two are multimodal checkpoints, of which the text tower is read. The states must agree to 2e-5.
Versions: torch 2.11.0, transformers 5.23.0, tokenizers 0.22, safetensors.
"""
import pathlib
import string
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (BertConfig, BertModel, CLIPVisionConfig, LlamaConfig, LlamaModel, LlavaConfig,
                          LlavaForConditionalGeneration, PreTrainedTokenizerFast, Qwen2VLConfig,
                          Qwen2VLForConditionalGeneration)

from make_tiny_models import DECODER, FAMILIES, ROPE, SIZES, randomize, states_of, widen_biases

LIMIT = 2e-5
PROMPTS = ["a red circle", "b", "a crimson square left of a navy star, and so on"]
letters = ["<s>", "</s>", "\u0120"] + [c for c in string.printable[:92] if c not in " "]


def save_tokenizer(folder):
    vocabulary = {letter: i for i, letter in enumerate(dict.fromkeys(letters))}
    assert len(vocabulary) <= 96
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.TemplateProcessing(  # CLIP pools at its end token
        single="<s> $A </s>", special_tokens=[("<s>", vocabulary["<s>"]), ("</s>", vocabulary["</s>"])])
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>").save_pretrained(folder)


def llama():
    return LlamaModel(LlamaConfig(**DECODER, rope_parameters=ROPE))


def bert():
    return BertModel(BertConfig(**SIZES))


def llava():
    vision = CLIPVisionConfig(hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
                              image_size=28, patch_size=14)
    return LlavaForConditionalGeneration(LlavaConfig(
        vision_config=vision, text_config=LlamaConfig(**DECODER, rope_parameters=ROPE), image_token_index=95))


def qwen2_vl():
    text = dict(SIZES, num_key_value_heads=2, rope_parameters={"rope_type": "default", "rope_theta": 1000.0,
                                                               "mrope_section": [1, 1, 1]})
    vision = dict(depth=1, embed_dim=16, hidden_size=24, num_heads=2, mlp_ratio=2, patch_size=14)
    return Qwen2VLForConditionalGeneration(Qwen2VLConfig(text_config=text, vision_config=vision))


def text_tower(model):
    for path in ("model.language_model", "model"):
        tower = model
        for part in path.split("."):
            tower = getattr(tower, part, None)
            if tower is None:
                break
        if tower is not None:
            return tower
    return model


def worst(program, name, model, folder):
    model.save_pretrained(folder, max_shard_size="30KB")
    save_tokenizer(folder)
    (folder / "prompts.txt").write_text("\n".join(PROMPTS) + "\n")
    tower, errors = text_tower(model), []
    depth = tower.config.num_layers if hasattr(tower.config, "num_layers") else tower.config.num_hidden_layers
    for layer in range(depth + 1):
        out = folder / "features.safetensors"
        subprocess.run([program, "encode", "--model", folder, "--strategy", "raw-llm", "--set", f"encoder.layer={layer}",
                        "--set", "encoder.dtype=f32", "--device", "cpu", "--prompts", folder / "prompts.txt", "--out",
                        out], check=True, capture_output=True)
        ours = load_file(out)
        prefix, offsets = ours["prefix_token_ids"], ours["offsets"].tolist()
        for begin, end in zip(offsets, offsets[1:]):
            ids = torch.cat([prefix, ours["token_ids"][begin:end]])
            theirs = states_of(tower, ids)[layer][len(prefix):]
            errors.append(float(((ours["features"][begin:end] - theirs).norm(dim=1) / theirs.norm(dim=1)).max()))
    return max(errors), len(list(folder.glob("*.safetensors"))) - 1


def main(program):
    torch.set_num_threads(1)
    families = dict({"tiny-llama": llama, "tiny-bert": bert}, **FAMILIES, **{"llava (text tower)": llava, "qwen2-vl (text tower)": qwen2_vl})
    failed = False
    for seed, (name, make) in enumerate(families.items()):
        torch.manual_seed(seed)
        model = randomize(make(), seed)
        widen_biases(model)
        with tempfile.TemporaryDirectory() as folder:
            try:
                error, files = worst(program, name, model, pathlib.Path(folder))
                print(f"{name:24} {error:.1e} in {files} files of weights", flush=True)
                failed |= not error < LIMIT
            except subprocess.CalledProcessError as problem:
                print(f"{name:24} {problem.stderr.decode().strip()}", flush=True)
                failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1])
