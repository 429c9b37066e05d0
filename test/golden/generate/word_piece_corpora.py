"""Writes test/golden/word-piece-corpora.json: hashes of what the `tokenizers` library makes of whole corpora.

    python3 -m venv VENV && VENV/bin/pip install tokenizers==0.23.3 numpy
    VENV/bin/python test/golden/generate/word_piece_corpora.py DATA TOKENIZER_JSON

DATA is the folder with wnut16, wnut17, raw, un-ner and gmb; TOKENIZER_JSON that of all-MiniLM-L6-v2, whose padding and
truncation are switched off here. For each file: the number of texts, and per 1,000 of them a hash as a text and one as
words. Tokens of a corpus are words as they are; raw texts are cut at U+0020. Known divergences: none.
"""

import csv
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

import tokenizers
from tokenizers import Tokenizer

from word_piece import Hash, encode_text, encode_words

BLOCK = 1000


def raw_texts(path):
    return [line.split(" ") for line in path.read_bytes().decode().split("\n") if line != ""]


def sentences(text):
    """First columns, with empty lines between sentences."""
    found, words = [], []
    for line in text.split("\n"):
        if line.strip(" \t\r") == "":
            if words:
                found.append(words)
            words = []
        else:
            words.append(line.split("\t")[0])
    return found + ([words] if words else [])


def gmb(path):
    # The file is Windows-1252; latin-1 gives characters that both sides read the same, controls among them.
    text = zipfile.ZipFile(path).read("ner_dataset.csv").decode("latin-1")
    found = []
    for row in list(csv.reader(io.StringIO(text, newline="")))[1:]:
        if row[0] != "":
            found.append([])
        found[-1].append(row[1])
    return found


def blocks(tokenizer, texts):
    for start in range(0, len(texts), BLOCK):
        as_text, as_words = Hash(), Hash()
        for words in texts[start : start + BLOCK]:
            as_text.add(encode_text(tokenizer, " ".join(words)))
            as_words.add(encode_words(tokenizer, words))
        yield [as_text.digest(), as_words.digest()]


def main(data, tokenizer_json):
    tokenizer = Tokenizer.from_file(str(tokenizer_json))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    read = {}
    for name in ["wnut16/train", "wnut16/dev", "wnut16/test", "wnut17/wnut17train.conll", "wnut17/emerging.dev.conll"]:
        read[name] = sentences((data / name).read_bytes().decode())
    for name in ["un-ner/tagged-training", "un-ner/tagged-test"]:
        files = sorted((data / name).iterdir(), key=lambda path: path.name.encode())
        read[name] = [words for path in files for words in sentences(path.read_bytes().decode())]
    for name in ["raw/gurez.10000", "raw/ile.10000", "raw/palm.10000", "raw/rigo.10000", "raw/yt-filter"]:
        read[name] = raw_texts(data / name)
    read["gmb/ner_dataset.zip"] = gmb(data / "gmb/ner_dataset.zip")
    lines = []
    for name, texts in read.items():
        row = dict(texts=len(texts), blocks=list(blocks(tokenizer, texts)))
        lines.append(f"{json.dumps(name)}: {json.dumps(row, separators=(',', ':'))}")
    head = [
        f'"tokenizers": {json.dumps(tokenizers.__version__)}',
        f'"tokenizerJson": {json.dumps(hashlib.sha256(tokenizer_json.read_bytes()).hexdigest())}',
        f'"blockSize": {BLOCK}',
        '"corpora": {\n' + ",\n".join(lines) + "\n}",
    ]
    Path("test/golden/word-piece-corpora.json").write_text("{\n" + ",\n".join(head) + "\n}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
