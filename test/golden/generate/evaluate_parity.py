"""Shows that seqeval finds the figures of `tagwright evaluate` in what `tagwright tag --format conll` writes.

    python3 -m venv VENV && VENV/bin/pip install seqeval==1.2.2
    VENV/bin/python test/golden/generate/evaluate_parity.py

Trains a tagger on data/sample, tags its dev and test files, scores the three columns with the real seqeval, and
compares every figure with that of `tagwright evaluate --json`. Writes test/golden/evaluate-parity.json: the gold and
predicted tags (a sentence a string) and the figures of seqeval, by split. It takes some ten seconds.

    VENV/bin/python test/golden/generate/evaluate_parity.py BUNDLE FILE...

Compares for a bundle and labelled files that are there already, and writes nothing.
"""

import hashlib
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from score_conll import read  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "test/golden/evaluate-parity.json"
SCORER = ROOT / "test/golden/generate/score_conll.py"
SPLITS = ("dev", "test")
EPOCHS = "12"
#: Both sides compute in float64, but not in the same order.
RTOL = 1e-12


def tagwright(*args):
    command = ["node", str(ROOT / "bin/tagwright.mjs"), *args]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def differences(found, expected, path=""):
    """Where `found` has other figures than `expected`; keys that only `found` has do not count."""
    if isinstance(expected, dict):
        return [d for key in expected for d in differences(found.get(key), expected[key], f"{path}.{key}")]
    if isinstance(expected, float) and isinstance(found, (int, float)):
        return [] if math.isclose(found, expected, rel_tol=RTOL, abs_tol=RTOL) else [f"{path}: {found} is not {expected}"]
    return [] if found == expected else [f"{path}: {found} is not {expected}"]


def compare(bundle, corpus, folder):
    tagged = folder / f"{corpus.name}.conll"
    tagged.write_bytes(tagwright("tag", "--model", bundle, "--input", str(corpus), "--format", "conll"))
    score = subprocess.run([sys.executable, str(SCORER), str(tagged)], check=True, stdout=subprocess.PIPE).stdout
    seqeval = json.loads(score)
    evaluated = json.loads(tagwright("evaluate", "--model", bundle, "--corpus", str(corpus), "--json"))
    made = seqeval.pop("made")
    wrong = differences(evaluated, seqeval)
    if wrong:
        sys.exit("\n".join([f"{corpus}: tagwright evaluate differs from seqeval:", *wrong]))
    micro = seqeval["entity"]["default"]["micro"]
    print(f"{corpus.name}: seqeval and tagwright evaluate agree, micro F1 {micro['f1']:.4f}, support {micro['support']}")
    gold, predicted = read(tagged)
    case = {
        "split": corpus.name,
        "corpusSha256": hashlib.sha256(corpus.read_bytes()).hexdigest(),
        "taggedSha256": hashlib.sha256(tagged.read_bytes()).hexdigest(),
        "gold": [" ".join(tags) for tags in gold],
        "predicted": [" ".join(tags) for tags in predicted],
        "seqeval": seqeval,
    }
    return made, evaluated["model"], case


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if len(sys.argv) > 1:
            bundle, *files = [Path(argument).resolve() for argument in sys.argv[1:]]
            for file in files:
                compare(str(bundle), file, folder)
            return
        bundle = str(folder / "bundle")
        tagwright("train", "--corpus", "data/sample", "--out", bundle, "--epochs", EPOCHS)
        results = [compare(bundle, ROOT / "data/sample" / split, folder) for split in SPLITS]
    made, model, _ = results[0]
    made = {**made, "generator": "test/golden/generate/evaluate_parity.py", "model": model, "epochs": int(EPOCHS)}
    golden = {"made": made, "cases": [case for _, _, case in results]}
    GOLDEN.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
