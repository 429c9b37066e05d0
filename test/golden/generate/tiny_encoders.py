"""Writes test/golden/encoders/: tiny random taggers of each architecture and what transformers computes with them.

    python3 -m venv VENV && VENV/bin/pip install torch transformers safetensors
    VENV/bin/python test/golden/generate/tiny_encoders.py test/golden/encoders [FOLDER_OF_MINILM]

One folder an architecture: config.json and model.safetensors as save_pretrained writes them, and golden.safetensors
with the inputs (`ids`, `mask`, `labels`; -100 is ignored), `hidden` (last hidden state), `logits`, `loss` and the
gradient of the loss with respect to every parameter (`grad.NAME`), in fp32, eager attention, on one thread, in eval mode.
Every parameter is random, biases and LayerNorm too, so that two that are swapped show. The metadata record the versions.

With the second argument, also minilm-l6.json: a few numbers of the last hidden states of that model, on five sentences.
relative-buckets.json has MPNet's bucket of each relative position.
"""

import json
import platform
import sys
from pathlib import Path

import safetensors
import torch
import transformers
from safetensors.torch import save_file
from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

torch.set_num_threads(1)

SIZE = {
    "vocab_size": 40,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 40,
    "max_position_embeddings": 20,
    "attn_implementation": "eager",
    "num_labels": 5,
}
DISTILBERT = {
    "vocab_size": 40,
    "dim": 24,
    "n_layers": 2,
    "n_heads": 3,
    "hidden_dim": 40,
    "max_position_embeddings": 20,
    "attn_implementation": "eager",
    "num_labels": 5,
}
ARCHITECTURES = {
    "bert": ("Bert", SIZE | {"type_vocab_size": 2}),
    "distilbert": ("DistilBert", DISTILBERT),
    "roberta": ("Roberta", SIZE | {"type_vocab_size": 1, "layer_norm_eps": 1e-5}),
    "xlm-roberta": ("XLMRoberta", SIZE | {"type_vocab_size": 1, "num_hidden_layers": 1, "layer_norm_eps": 1e-5}),
    "mpnet": ("MPNet", SIZE),
    "electra": ("Electra", SIZE | {"embedding_size": 16, "type_vocab_size": 2}),
    # No projection: the embeddings are as wide as the layers.
    "electra-wide": ("Electra", SIZE | {"embedding_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2}),
}
LENGTHS = [7, 4, 2]
VERSIONS = {
    "python": platform.python_version(),
    "torch": torch.__version__,
    "transformers": transformers.__version__,
    "safetensors": safetensors.__version__,
}


def randomise(model, generator):
    for name, parameter in model.named_parameters():
        centre = 1.0 if name.endswith("LayerNorm.weight") or name.endswith("layer_norm.weight") else 0.0
        scale = 0.2 if parameter.dim() == 1 else 0.35
        parameter.data = centre + scale * torch.randn(parameter.shape, generator=generator)


def inputs(pad, generator):
    longest = max(LENGTHS)
    ids = torch.full((len(LENGTHS), longest), pad)
    mask = torch.zeros(len(LENGTHS), longest)
    labels = torch.full((len(LENGTHS), longest), -100)
    for row, length in enumerate(LENGTHS):
        ids[row, :length] = torch.randint(5, 40, (length,), generator=generator)
        mask[row, :length] = 1
        labels[row, :length] = torch.randint(5, (length,), generator=generator)
    # A token twice, whose gradients add up; and places inside that do not count, as a word's later pieces.
    ids[1, 2] = ids[0, 1]
    labels[0, 0] = labels[0, 3] = -100
    return ids, mask, labels


def write(folder, name, prefix, config):
    generator = torch.Generator().manual_seed(sum(name.encode()))
    config = getattr(transformers, f"{prefix}Config")(**config)
    model = getattr(transformers, f"{prefix}ForTokenClassification")(config).float().eval()
    randomise(model, generator)
    ids, mask, labels = inputs(config.pad_token_id, generator)
    found = model(input_ids=ids, attention_mask=mask, labels=labels, output_hidden_states=True)
    found.loss.backward()
    golden = {
        "ids": ids.int(),
        "mask": mask,
        "labels": labels.int(),
        "hidden": found.hidden_states[-1],
        "logits": found.logits,
        "loss": found.loss,
    }
    for parameter_name, parameter in model.named_parameters():
        golden[f"grad.{parameter_name}"] = parameter.grad
    model.save_pretrained(folder / name)
    golden = {key: value.detach().contiguous().clone() for key, value in golden.items()}
    save_file(golden, folder / name / "golden.safetensors", metadata=VERSIONS)


SENTENCES = [
    "Just landed in Berlin!",
    "@justinbieber when r u coming to the Staples Center in LA ???",
    "RT @nytimes : Apple unveils new iPhone in San Francisco http://t.co/abc123",
    "ok",
    "Überraschung 😂 naïve café in São Paulo w/ my #squad",
]


def write_minilm(folder, source):
    tokenizer = transformers.AutoTokenizer.from_pretrained(source)
    model = transformers.AutoModel.from_pretrained(source, dtype=torch.float32, attn_implementation="eager").eval()
    batch = tokenizer(SENTENCES, padding=True, return_tensors="pt")
    with torch.no_grad():
        hidden = model(**batch).last_hidden_state
    rows = []
    for row, text in enumerate(SENTENCES):
        length = int(batch["attention_mask"][row].sum())
        own = hidden[row, :length]
        rows.append(
            {
                "text": text,
                "ids": batch["input_ids"][row, :length].tolist(),
                # Of each token: its first three numbers, and the norm of all.
                "first": [[round(x, 6) for x in token] for token in own[:, :3].tolist()],
                "norm": [round(x, 5) for x in own.norm(dim=-1).tolist()],
            }
        )
    text = json.dumps({"versions": VERSIONS, "sentences": rows}, ensure_ascii=False)
    (folder / "minilm-l6.json").write_text(text + "\n")


def write_buckets(folder):
    positions = torch.arange(-600, 601)
    buckets = MPNetEncoder.relative_position_bucket(positions, num_buckets=32)
    text = json.dumps({"versions": VERSIONS, "from": -600, "buckets": buckets.tolist()})
    (folder / "relative-buckets.json").write_text(text + "\n")


folder = Path(sys.argv[1])
for name, (prefix, config) in ARCHITECTURES.items():
    write(folder, name, prefix, config)
write_buckets(folder)
if len(sys.argv) > 2:
    write_minilm(folder, sys.argv[2])
