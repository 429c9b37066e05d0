"""Tags texts with the pipeline of transformers, on torch or on onnxruntime by optimum: texts a second, peak memory.

    python hf_tagging.py '{"library": "torch" | "optimum", "model": ..., "file": ..., "texts": ..., "labels": ..., "threads": ...,
                           "batch": ...}'

The fields are those of TaggingJob (test/bench/tagging-job.ts). Texts are sorted by length first, which makes batches with
little padding: the pipeline does not do it, and is much slower without. The labels of the pieces are taken after the clock
has stopped.
"""

import json
import sys
import time

import torch
import transformers
from process_memory import peak_memory_mib
from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

WARM_UP_TEXTS = 64

transformers.logging.set_verbosity_error()
job = json.loads(sys.argv[1])
torch.set_num_threads(job["threads"])
with open(job["texts"], encoding="utf-8") as file:
    texts = json.load(file)


def load_model():
    if job["library"] == "torch":
        return AutoModelForTokenClassification.from_pretrained(job["model"]).float().eval()
    import onnxruntime
    from optimum.onnxruntime import ORTModelForTokenClassification

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    return ORTModelForTokenClassification.from_pretrained(
        job["model"], subfolder="onnx", file_name=job["file"], session_options=options
    )


tokenizer = AutoTokenizer.from_pretrained(job["model"])
tag = pipeline("token-classification", model=load_model(), tokenizer=tokenizer, device=-1)
by_length = sorted(texts, key=len)

tag(texts[:WARM_UP_TEXTS], batch_size=job["batch"], aggregation_strategy="first")
begun = time.perf_counter()
tag(by_length, batch_size=job["batch"], aggregation_strategy="first")
seconds = time.perf_counter() - begun
memory = peak_memory_mib()

labels = [
    [f"{piece['start']}:{piece['entity']}" for piece in pieces]
    for pieces in tag(texts, batch_size=job["batch"], aggregation_strategy="none")
]
with open(job["labels"], "w", encoding="utf-8") as file:
    json.dump(labels, file)
json.dump({"tagged": [len(texts) / seconds], "memory": [memory]}, sys.stdout)
