"""Writes test/golden/seqeval.json: what the real seqeval makes of several hundred small corpora, odd tags included.

    python3 -m venv VENV && VENV/bin/pip install seqeval==1.2.2
    VENV/bin/python test/golden/generate/seqeval_cases.py > test/golden/seqeval.json

Each case holds gold and predicted sentences (tags joined by a blank), and for each mode micro, macro, weighted and per
type [precision, recall, f1, support], or the name of the exception. Where seqeval has no number (the macro average over
no types is NaN, the report over no types an exception), the file has null or the exception's name; Tagwright gives 0 and
a table without types there.
"""

import json
import math
import platform
import random
import sys
import warnings
from importlib.metadata import version

import numpy as np
from seqeval.metrics import accuracy_score, classification_report
from seqeval.metrics.sequence_labeling import get_entities, precision_recall_fscore_support
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_support
from seqeval.scheme import IOB1, IOB2, Entities

warnings.simplefilter("ignore")

GOLDEN = [  # (name, tags): the table of known values, each as gold and prediction, and as prediction only
    ("orphan I", "O I-PER I-PER O"),
    ("type switch", "B-PER I-ORG"),
    ("two orphans", "I-X I-Y"),
    ("plain", "B-PER I-PER"),
    ("digit zero before B", "0 B-PER"),
    ("digit zero", "0"),
    ("digit zero before O", "0 O"),
    ("stale start", "I-PER O 0 I-LOC"),
    ("letter V", "VMISC O"),
    ("no type", "I- O"),
    ("I-I-MISC", "I-I-MISC O"),
    ("hyphen in type", "B-geo-loc I-geo-loc"),
]

BIO = ["O", "O", "B-loc", "I-loc", "B-geo-loc", "I-geo-loc", "B-x", "I-x"]
ODD = BIO + ["0", "VMISC", "I-", "B", "I", "I-I-MISC", "B--x", "B-x-", "Bgeo-loc", "Ix", ".", "E-loc", "S-x", "O-x",
             "b-loc", "B-\U0001F600", "\U0001F600-x", "B-\uFB01"]
IOB_ONLY = BIO + ["I-", "B", "I", "I-I-MISC", "B--x", "B-x-", "Bgeo-loc", "Ix", "O-x", "B-\U0001F600", "B-\uFB01"]


def legal(rng, length):
    tags = []
    while len(tags) < length:
        kind = rng.choice(["O", "O", "loc", "geo-loc", "x"])
        tags += ["O"] if kind == "O" else ["B-" + kind] + ["I-" + kind] * rng.randrange(3)
    return tags[:length]


def noisy(rng, tags, alphabet, rate):
    return [rng.choice(alphabet) if rng.random() < rate else tag for tag in tags]


def random_case(rng, kind):
    lengths = [rng.randrange(0, 9) for _ in range(rng.randrange(1, 5))]
    lengths[0] = max(lengths[0], 1)
    if kind == "legal":
        gold = [legal(rng, n) for n in lengths]
        return gold, [noisy(rng, tags, BIO, 0.2) for tags in gold]
    if kind == "outside":
        gold = [["O"] * n for n in lengths]
        return gold, [noisy(rng, tags, BIO, rng.choice([0, 0, 0.3])) for tags in gold]
    alphabet = {"bio": BIO, "iob": IOB_ONLY, "odd": ODD}[kind]
    gold = [[rng.choice(alphabet) for _ in range(n)] for n in lengths]
    return gold, [noisy(rng, tags, alphabet, 0.4) for tags in gold]


def plain(value):
    value = float(value)
    return None if math.isnan(value) else value


def row(p, r, f, s):
    return [plain(p), plain(r), plain(f), int(s)]


def figures(gold, predicted, scheme):
    """Figures in default mode (scheme None) or strict mode, or the exception's name."""
    try:
        if scheme is None:
            types = {t for t, _, _ in get_entities(gold)} | {t for t, _, _ in get_entities(predicted)}
            support, extra = precision_recall_fscore_support, {}
        else:
            types = Entities(gold, scheme).unique_tags | Entities(predicted, scheme).unique_tags
            support, extra = strict_support, {"scheme": scheme}
        per_type = support(gold, predicted, average=None, **extra)
        out = {"perType": {t: row(*values) for t, *values in zip(sorted(types), *per_type)}}
        for average in ("micro", "macro", "weighted"):
            out[average] = row(*support(gold, predicted, average=average, **extra))
        return out
    except (KeyError, ValueError) as error:
        return type(error).__name__


def report(gold, predicted, digits, **mode):
    try:
        return classification_report(gold, predicted, digits=digits, **mode)
    except (KeyError, ValueError) as error:
        return type(error).__name__


def case(name, gold, predicted, reports):
    out = {
        "name": name,
        "gold": [" ".join(tags) for tags in gold],
        "predicted": [" ".join(tags) for tags in predicted],
        "accuracy": plain(accuracy_score(gold, predicted)),
        "default": figures(gold, predicted, None),
        "strict": figures(gold, predicted, IOB2),
        "strictIob1": figures(gold, predicted, IOB1),
    }
    if reports:
        out["reports"] = {
            "default2": report(gold, predicted, 2),
            "default4": report(gold, predicted, 4),
            "strict2": report(gold, predicted, 2, mode="strict", scheme=IOB2),
        }
    return out


def main():
    rng = random.Random(20160)
    cases = []
    for name, text in GOLDEN:
        tags = text.split()
        cases.append(case(name, [tags], [tags], True))
        cases.append(case(name + " (predicted only)", [["O"] * len(tags)], [tags], True))
    cases.append(case("B or I first", [["B-ORG", "I-ORG"]], [["I-ORG", "I-ORG"]], True))
    report_case = ["B-LOC", "O", "B-geo-loc", "I-geo-loc"], ["B-LOC", "O", "B-geo-loc", "B-geo-loc"]
    cases.append(case("report", [report_case[0]], [report_case[1]], True))
    eighths = [["B-x", "O"]] * 8, [["B-x", "O"]] * 5 + [["O", "B-x"]] * 3
    cases.append(case("a tie in rounding", *eighths, True))
    for kind, count in (("legal", 90), ("bio", 90), ("iob", 90), ("odd", 110), ("outside", 20)):
        for i in range(count):
            cases.append(case(f"{kind} {i}", *random_case(rng, kind), i < 12))
    versions = {name: version(name) for name in ("seqeval", "numpy", "scikit-learn")}
    head = json.dumps({"generator": "test/golden/generate/seqeval_cases.py", "python": platform.python_version(), **versions})
    lines = ",\n".join(json.dumps(entry) for entry in cases)
    sys.stdout.write(f'{{"made": {head},\n"cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
