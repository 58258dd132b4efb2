import hashlib, sys, torch
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer

model, prompts, out, layer = sys.argv[1:4] + [int(sys.argv[4])]
texts = list(dict.fromkeys(open(prompts, encoding="utf-8").read().splitlines()))
tokenizer = AutoTokenizer.from_pretrained(model)
encoder = AutoModel.from_pretrained(model, dtype=torch.float32).eval()
states, spans, offsets = [], [], [0]
for text in texts:
    batch = tokenizer(text, return_tensors="pt", return_offsets_mapping=True)
    characters = batch.pop("offset_mapping")[0].tolist()
    with torch.no_grad():
        states.append(encoder(**batch, output_hidden_states=True).hidden_states[layer][0])
    spans += [[len(text[:end].encode()) for end in pair] for pair in characters]
    offsets.append(len(spans))
hashes = [list(hashlib.sha256(text.encode()).digest()) for text in texts]
save_file({"features": torch.cat(states), "offsets": torch.tensor(offsets), "spans": torch.tensor(spans),
           "prompt_sha256": torch.tensor(hashes, dtype=torch.uint8)}, out)
