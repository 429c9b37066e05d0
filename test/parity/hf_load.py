"""Loads bundles as their users in Python do, with transformers and with optimum, and gives what both compute.

    python hf_load.py < request.json > answer.json

The request is {"bundles": [folder, ...], "sentences": [[word, ...], ...]}. The answer has, for each bundle in this
order, the ids of each sentence and its logits by `transformers` and by `optimum`, [T][L], without padding; all
sentences run as one padded batch, so that a mask that is not obeyed shows. It fails where transformers finds a weight
missing, unexpected or of another shape. A bundle whose config.json names no architecture has a head that transformers
has no class for: of such a one only optimum's logits are given.
"""

import json
import sys

import optimum.version
import torch
import transformers
from optimum.onnxruntime import ORTModelForTokenClassification
from transformers import AutoModelForTokenClassification, AutoTokenizer

transformers.logging.set_verbosity_error()
torch.set_num_threads(1)


def load_classifier(bundle):
    model, found = AutoModelForTokenClassification.from_pretrained(bundle, output_loading_info=True)
    faults = {kind: sorted(map(str, names)) for kind, names in found.items() if names}
    if faults:
        sys.exit(f"{bundle}: the weights are not those of the model: {json.dumps(faults)}")
    return model.float().eval()


def logits_of(model, batch):
    # Not every architecture takes token types; a tokenizer gives them all the same, and here they are all 0.
    with torch.no_grad():
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    return [row[mask.bool()].tolist() for row, mask in zip(logits, batch["attention_mask"], strict=True)]


def answer(bundle, sentences):
    tokenizer = AutoTokenizer.from_pretrained(bundle)
    batch = tokenizer(sentences, is_split_into_words=True, padding=True, return_tensors="pt")
    rows = zip(batch["input_ids"], batch["attention_mask"], strict=True)
    served = ORTModelForTokenClassification.from_pretrained(bundle)
    logits = {"optimum": logits_of(served, batch)}
    if served.config.architectures:
        logits["transformers"] = logits_of(load_classifier(bundle), batch)
    return {
        "ids": [ids[mask.bool()].tolist() for ids, mask in rows],
        "labels": [served.config.id2label[i] for i in range(served.config.num_labels)],
        "logits": logits,
    }


request = json.load(sys.stdin)
versions = {"transformers": transformers.__version__, "optimum": optimum.version.__version__, "torch": torch.__version__}
answers = [answer(bundle, request["sentences"]) for bundle in request["bundles"]]
json.dump({"versions": versions, "bundles": answers}, sys.stdout)
