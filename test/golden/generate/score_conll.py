"""Scores a file of tagged sentences with the real seqeval and prints the figures as JSON.

    python3 -m venv VENV && VENV/bin/pip install seqeval==1.2.2
    npx tagwright tag --model DIR --input FILE --format conll > tagged.conll
    VENV/bin/python test/golden/generate/score_conll.py tagged.conll

The file has one word a line: token, gold tag, predicted tag, separated by tabs (or blanks); an empty line ends a
sentence. The JSON has the names and the form of `tagwright evaluate --json`: entity.default and entity.strict (IOB2),
each with micro, macro, weighted and perType, and tokenAccuracy.
"""

import json
import math
import platform
import sys
import warnings
from importlib.metadata import version

from seqeval.metrics import accuracy_score
from seqeval.metrics.sequence_labeling import get_entities, precision_recall_fscore_support
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_support
from seqeval.scheme import IOB2, Entities

warnings.simplefilter("ignore")


def read(path):
    """Gold and predicted tags by sentence."""
    gold, predicted = [[]], [[]]
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\r\n")
            if not line.strip():
                if gold[-1]:
                    gold.append([])
                    predicted.append([])
                continue
            columns = line.split("\t") if "\t" in line else line.split(" ")
            if len(columns) != 3:
                sys.exit(f"{path}:{number}: {len(columns)} columns; expected token, gold tag and predicted tag")
            gold[-1].append(columns[1])
            predicted[-1].append(columns[2])
    if not gold[-1]:
        gold.pop()
        predicted.pop()
    return gold, predicted


def row(p, r, f, s):
    zero = lambda value: 0.0 if math.isnan(value) else float(value)
    return {"precision": zero(p), "recall": zero(r), "f1": zero(f), "support": int(s)}


def figures(gold, predicted, scheme):
    if scheme is None:
        types = {t for t, _, _ in get_entities(gold)} | {t for t, _, _ in get_entities(predicted)}
        support, extra = precision_recall_fscore_support, {}
    else:
        types = Entities(gold, scheme).unique_tags | Entities(predicted, scheme).unique_tags
        support, extra = strict_support, {"scheme": scheme}
    out = {"mode": "default" if scheme is None else "strict", "scheme": scheme.__name__ if scheme else None}
    for average in ("micro", "macro", "weighted"):
        out[average] = row(*support(gold, predicted, average=average, **extra))
    per_type = support(gold, predicted, average=None, **extra)
    out["perType"] = {t: row(*values) for t, *values in zip(sorted(types), *per_type)}
    return out


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: score_conll.py FILE")
    gold, predicted = read(sys.argv[1])
    if not gold:
        sys.exit(f"{sys.argv[1]}: no sentences")
    versions = {name: version(name) for name in ("seqeval", "numpy", "scikit-learn")}
    result = {
        "made": {
            "generator": "test/golden/generate/score_conll.py",
            "python": platform.python_version(),
            **versions,
        },
        "sentences": len(gold),
        "tokens": sum(map(len, gold)),
        "entity": {"default": figures(gold, predicted, None), "strict": figures(gold, predicted, IOB2)},
        "tokenAccuracy": accuracy_score(gold, predicted),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
