"""Whole training steps of a BERT token classifier in torch: forward, backward, clipping, fused AdamW, with dropout.

    python torch_step.py '{"width": 768, "layers": 12, "heads": 12, "feedForward": 3072, "batch": 16, "length": 39,
                           "labels": 21, "vocabulary": 30522, "threads": 2, "warmUp": 2, "steps": 5, "precision": "fp32"}'

`precision` is fp32, or bf16 for autocast. Prints {"step": [milliseconds, ...], "memory": [MiB], "base": [MiB]}; the
last is what the process held before there was a model: code, in which torch from PyPI has CUDA's too.
"""

import json
import sys
import time

import torch
from process_memory import peak_memory_mib
from transformers import BertConfig, BertForTokenClassification

job = json.loads(sys.argv[1])
torch.set_num_threads(job["threads"])
base = peak_memory_mib()
torch.manual_seed(0)
config = BertConfig(
    vocab_size=job["vocabulary"],
    hidden_size=job["width"],
    num_hidden_layers=job["layers"],
    num_attention_heads=job["heads"],
    intermediate_size=job["feedForward"],
    num_labels=job["labels"],
)
model = BertForTokenClassification(config).train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.01, fused=True)
shape = (job["batch"], job["length"])
ids = torch.randint(0, job["vocabulary"], shape)
labels = torch.randint(0, job["labels"], shape)
mask = torch.ones_like(ids)


def step():
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=job["precision"] == "bf16"):
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


for _ in range(job["warmUp"]):
    step()
times = []
for _ in range(job["steps"]):
    begun = time.perf_counter()
    step()
    times.append(1000 * (time.perf_counter() - begun))
print(json.dumps({"step": times, "memory": [peak_memory_mib()], "base": [base]}))
