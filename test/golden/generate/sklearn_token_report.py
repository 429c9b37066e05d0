"""Writes test/golden/sklearn-token-report.json: scikit-learn's classification_report over the words of small corpora.

    python3 -m venv VENV && VENV/bin/pip install scikit-learn==1.9.1
    VENV/bin/python test/golden/generate/sklearn_token_report.py > test/golden/sklearn-token-report.json

Each case holds gold and predicted tags of one sequence (joined by a blank), the report as text with 2 and 4 digits, the
figures of the report as a dictionary, and confusion_matrix over the types (B-x and I-x are x) with the order of its rows.
Known divergence: where not one word is right, scikit-learn prints supports as "2.0" for "2"; Tagwright prints counts
always.
"""

import json
import platform
import random
import sys
import warnings
from importlib.metadata import version

from sklearn.metrics import classification_report, confusion_matrix

warnings.simplefilter("ignore")

TAGS = ["O", "O", "O", "O", "B-loc", "I-loc", "B-geo-loc", "I-geo-loc", "B-x", "I-x", "B-\U0001F600", "B-\uFB01",
        "B-a-long-name-of-a-type"]


def case(name, gold, predicted):
    figures = classification_report(gold, predicted, output_dict=True, zero_division=0)
    types = [[tag.split("-", 1)[-1] for tag in tags] for tags in (gold, predicted)]
    return {
        "name": name,
        "gold": " ".join(gold),
        "predicted": " ".join(predicted),
        "figures": figures,
        "types": sorted(set(types[0] + types[1])),
        "confusion": confusion_matrix(*types).tolist(),
        "text2": classification_report(gold, predicted, zero_division=0),
        "text4": classification_report(gold, predicted, digits=4, zero_division=0),
    }


def main():
    rng = random.Random(4)
    cases = [
        case("all right", ["B-x", "I-x", "O"], ["B-x", "I-x", "O"]),
        case("all O", ["O", "O"], ["O", "O"]),
        case("all wrong", ["O", "O"], ["B-x", "I-x"]),
        case("a tie in rounding", ["B-x", "O"] * 8, ["B-x", "O"] * 5 + ["O", "B-x"] * 3),
    ]
    for i in range(30):
        gold = [rng.choice(TAGS) for _ in range(rng.randrange(1, 40))]
        cases.append(case(f"random {i}", gold, [rng.choice(TAGS) if rng.random() < 0.3 else tag for tag in gold]))
    made = {"generator": "test/golden/generate/sklearn_token_report.py", "python": platform.python_version(),
            "scikit-learn": version("scikit-learn")}
    lines = ",\n".join(json.dumps(entry) for entry in cases)
    sys.stdout.write(f'{{"made": {json.dumps(made)},\n"cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
