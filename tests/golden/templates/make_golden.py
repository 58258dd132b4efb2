"""Writes tiny tokenizers with the control tokens of chat templates, and what transformers makes of
conversations with them.

    python make_golden.py

Needs: transformers 5.23 with jinja2, tokenizers 0.23. The templates are written here in the manner
of each family's published one; a conversation is cut off behind its caption."""
import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

HERE = Path(__file__).parent
TINY = HERE.parent / "tokenizers"


def with_tokens(base, special, change=lambda tokenizer: None):
    tokenizer = Tokenizer.from_file(str(TINY / base))
    change(tokenizer)
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    return tokenizer


def gemma(tokenizer):
    tokenizer.normalizer = normalizers.Replace(" ", "\u2581")


def mistral(tokenizer):
    tokenizer.normalizer = None
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)


TOKENIZERS = {
    "llama-3": (with_tokens("llama3.json", ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]),
                "<|begin_of_text|>"),
    "llama-2": (with_tokens("llama2.json", []), "<s>"),
    "gemma": (with_tokens("llama2.json", ["<start_of_turn>", "<end_of_turn>"], gemma), "<s>"),
    "mistral": (with_tokens("llama2.json", ["[INST]", "[/INST]"], mistral), "<s>"),
}
LOOP = "{% for message in messages %}"
CHATML = (LOOP + "{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nSYSTEM<|im_end|>\\n' }}"
          "{% endif %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}")
TEMPLATES = {  # name here, system text of its own, tokenizer, Jinja
    "chatml": ("chatml", "You are a helpful AI assistant named SmolLM, trained by Hugging Face", "llama-3", CHATML),
    "qwen2.5": ("chatml", "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.", "llama-3", CHATML),
    "qwen3": ("chatml", "", "llama-3",
              "{% if messages[0]['role'] == 'system' %}{{ '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}"
              "{% endif %}" + LOOP + "{% if message['role'] != 'system' %}{{ '<|im_start|>' + message['role'] + '\\n' + "
              "message['content'] + '<|im_end|>\\n' }}{% endif %}{% endfor %}"),
    "llama-3": ("llama-3", "", "llama-3",
                LOOP + "{% if loop.first %}{{ bos_token }}{% endif %}{{ '<|start_header_id|>' + message['role'] + "
                "'<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}{% endfor %}"),
    "llama-2": ("llama-2", "", "llama-2",
                "{% set system = '' %}{% if messages[0]['role'] == 'system' %}{% set system = '<<SYS>>\\n' + "
                "messages[0]['content'] + '\\n<</SYS>>\\n\\n' %}{% set messages = messages[1:] %}{% endif %}" + LOOP +
                "{{ bos_token + '[INST] ' + (system if loop.first else '') + message['content'] + ' [/INST]' }}{% endfor %}"),
    "gemma": ("gemma", "", "gemma",
              "{{ bos_token }}" + LOOP + "{{ '<start_of_turn>' + message['role'] + '\\n' + message['content'] + "
              "'<end_of_turn>\\n' }}{% endfor %}"),
    "mistral": ("mistral", "", "mistral",
                "{{ bos_token }}" + LOOP + "{{ '[INST] ' + message['content'] + ' [/INST]' }}{% endfor %}"),
}
INSTRUCTIONS = ["", "Describe the color of the objects:"]
CAPTIONS = ["a red circle", "Two caf\u00e9s, 12 blue squares", "\u65e5\u672c circle", ""]
SYSTEMS = [None, "You draw."]

cases = []
for label, (name, system, tokenizer_name, jinja) in TEMPLATES.items():
    tokenizer, bos = TOKENIZERS[tokenizer_name]
    jinja = jinja.replace("SYSTEM", system)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=bos)
    conversations = []
    for own_system in SYSTEMS if name not in ("gemma", "mistral") else [None]:
        for instruction in INSTRUCTIONS:
            for caption in CAPTIONS:
                content = f"{instruction} {caption}" if instruction else caption
                messages = [{"role": "user", "content": content + "\u0001"}]
                if own_system is not None:
                    messages.insert(0, {"role": "system", "content": own_system})
                text = fast.apply_chat_template(messages, tokenize=False, chat_template=jinja)
                text = text[:text.index("\u0001")]
                conversations.append({"system": own_system, "instruction": instruction, "caption": caption,
                                      "ids": fast(text, add_special_tokens=False)["input_ids"]})
    cases.append({"label": label, "template": name, "system": system, "tokenizer": tokenizer_name, "jinja": jinja,
                  "conversations": conversations})

for name, (tokenizer, bos) in TOKENIZERS.items():
    (HERE / name).mkdir(exist_ok=True)
    tokenizer.save(str(HERE / name / "tokenizer.json"), pretty=False)
    (HERE / name / "tokenizer_config.json").write_text(json.dumps({"bos_token": bos}) + "\n")
(HERE / "expected.json").write_text(json.dumps(cases, ensure_ascii=True, indent=0), "utf-8")
print({case["label"]: len(case["conversations"]) for case in cases})
