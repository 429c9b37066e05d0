"""Fine-tunes an encoder on CoNLL files with torch and transformers, as people do: a plain loop, linear head, first piece.

    python torch_finetune.py '{"encoder": FOLDER, "corpus": FOLDER, "order": "random", "epochs": 8, "batch": 16,
                               "learningRate": 1e-4, "seed": 0, "threads": 2, "evaluate": true}'

Batches are padded to their longest sentence. `order` is random, or grouped for batches of sentences of like length as
transformers' LengthGroupedSampler makes them. Prints {"epoch": [tweets a second of each epoch], "memory": [MiB]} and,
where asked to evaluate, {"dev": [F1 after each epoch], "test": [F1 after the last]} by seqeval's default mode.
"""

import json
import math
import random
import sys
import time
from pathlib import Path

import torch
from process_memory import peak_memory_mib
from seqeval.metrics import f1_score
from transformers import AutoModelForTokenClassification, AutoTokenizer
from transformers import logging as transformers_logging
from transformers.trainer_pt_utils import get_length_grouped_indices

IGNORED = -100

job = json.loads(sys.argv[1])
transformers_logging.set_verbosity_error()
torch.set_num_threads(job["threads"])
torch.manual_seed(job["seed"])
random.seed(job["seed"])


def read(path):
    sentences, words, tags = [], [], []
    for line in path.read_text(encoding="utf-8").split("\n"):
        columns = line.split()
        if columns:
            words.append(columns[0])
            tags.append(columns[-1])
        elif words:
            sentences.append((words, tags))
            words, tags = [], []
    return [*sentences, (words, tags)] if words else sentences


corpus = Path(job["corpus"])
train = read(corpus / "train")
labels = ["O", *sorted({tag for _, tags in train for tag in tags} - {"O"})]
tokenizer = AutoTokenizer.from_pretrained(job["encoder"])
model = AutoModelForTokenClassification.from_pretrained(job["encoder"], num_labels=len(labels))


def encode(words, tags):
    encoding = tokenizer(words, is_split_into_words=True, truncation=True, max_length=512)
    word_ids = encoding.word_ids()
    firsts = [word is not None and word != before for word, before in zip(word_ids, [None, *word_ids[:-1]], strict=True)]
    targets = [labels.index(tags[word]) if first else IGNORED for word, first in zip(word_ids, firsts, strict=True)]
    return encoding["input_ids"], targets, [(t, word_ids[t]) for t, first in enumerate(firsts) if first]


def padded(rows, value):
    longest = max(map(len, rows))
    return torch.tensor([row + [value] * (longest - len(row)) for row in rows])


def batches(encoded, order):
    for at in range(0, len(order), job["batch"]):
        rows = [encoded[i] for i in order[at : at + job["batch"]]]
        ids = padded([row[0] for row in rows], tokenizer.pad_token_id)
        mask = padded([[1] * len(row[0]) for row in rows], 0)
        yield order[at : at + job["batch"]], {"input_ids": ids, "attention_mask": mask}, padded([row[1] for row in rows], IGNORED)


def epoch_order(encoded):
    if job["order"] == "grouped":
        return get_length_grouped_indices([len(row[0]) for row in encoded], job["batch"])
    order = list(range(len(encoded)))
    random.shuffle(order)
    return order


def entity_f1(sentences):
    model.eval()
    encoded = [encode(words, ["O"] * len(words)) for words, _ in sentences]
    predicted = [["O"] * len(words) for words, _ in sentences]
    with torch.no_grad():
        by_length = sorted(range(len(encoded)), key=lambda i: len(encoded[i][0]))
        for rows, inputs, _ in batches(encoded, by_length):
            best = model(**inputs).logits.argmax(-1)
            for row, i in enumerate(rows):
                for t, word in encoded[i][2]:
                    predicted[i][word] = labels[best[row, t]]
    model.train()
    return f1_score([tags for _, tags in sentences], predicted)


encoded = [encode(words, tags) for words, tags in train]
steps = math.ceil(len(encoded) / job["batch"]) * job["epochs"]
warm_up = round(0.1 * steps)
optimizer = torch.optim.AdamW(model.parameters(), lr=job["learningRate"], weight_decay=0.01, fused=True)
# The rate of the step that comes: rises to its peak in the warm-up, then falls to 0.
schedule = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lambda step: min((step + 1) / max(1, warm_up), (steps - step) / max(1, steps - warm_up))
)
dev = read(corpus / "dev") if job["evaluate"] else []
found = {"epoch": [], "memory": []}
model.train()
for epoch in range(job["epochs"]):
    begun = time.perf_counter()
    for _, inputs, targets in batches(encoded, epoch_order(encoded)):
        loss = model(**inputs, labels=targets).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    found["epoch"].append(len(encoded) / (time.perf_counter() - begun))
    if job["evaluate"]:
        found.setdefault("dev", []).append(entity_f1(dev))
        print(f"epoch {epoch + 1}: dev F1 {found['dev'][-1]:.4f}", file=sys.stderr)
if job["evaluate"]:
    found["test"] = [entity_f1(read(corpus / "test"))]
found["memory"].append(peak_memory_mib())
print(json.dumps(found))
