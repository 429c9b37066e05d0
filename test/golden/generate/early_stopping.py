"""Writes test/golden/early-stopping.json: what the callbacks of Keras 2, Keras 3 and transformers do, epoch by epoch.

    python3 -m venv VENV && VENV/bin/pip install keras==3.15.1 numpy transformers==4.57.6 torch accelerate
    VENV/bin/pip download --no-deps keras==2.15.0 && unzip -o keras-2.15.0-*.whl keras/src/callbacks.py -d KERAS2
    KERAS_BACKEND=torch VENV/bin/python test/golden/generate/early_stopping.py KERAS2/keras/src/callbacks.py \
        > test/golden/early-stopping.json

Nothing is trained: each callback is called with the figures of a run, and a stand-in for the model notes whose weights
it gets and sets. Of Keras 2, which needs a TensorFlow that current Pythons have no wheel for, the class is taken out
of its source file as it is. For transformers, the best figure is kept by Trainer._determine_best_metric itself.

A run has one row an epoch: [stop, wait, best]; `restored` is the epoch whose weights the model ends with, 0 for the
last one, which the run reached.
"""

import ast
import json
import random
import sys
import types

import keras
import numpy as np
import transformers
from keras.callbacks import EarlyStopping as Keras3
from transformers import EarlyStoppingCallback, Trainer


class Model:
    """Weights are the number of the epoch, from 1."""

    metrics = ()

    def __init__(self):
        self.weights = 0
        self.restored = 0
        self.stop_training = False

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.restored = weights


def keras_2_class(file):
    tree = ast.parse(open(file).read())
    found = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "EarlyStopping")
    found.decorator_list = []
    if not hasattr(np, "Inf"):
        np.Inf = np.inf  # numpy 2 took the name away
    callback = type("Callback", (), {"__init__": lambda self: None, "set_model": lambda self, m: setattr(self, "model", m)})
    scope = {"Callback": callback, "np": np, "logging": None, "io_utils": None}
    exec(compile(ast.Module(body=[found], type_ignores=[]), file, "exec"), scope)
    return scope["EarlyStopping"]


def keras_run(make, values, settings):
    arguments = {
        "monitor": settings["monitor"],
        "mode": settings["mode"],
        "patience": settings["patience"],
        "min_delta": settings["minDelta"],
        "start_from_epoch": settings["startFromEpoch"],
        "baseline": settings.get("baseline"),
        "restore_best_weights": settings["restoreBestWeights"],
    }
    callback, model = make(**arguments), Model()
    callback.set_model(model)
    callback.on_train_begin()
    rows = []
    for epoch, value in enumerate(values):
        model.weights = epoch + 1
        callback.on_epoch_end(epoch, {settings["monitor"]: value})
        best = callback.best
        best = None if best is None or not np.isfinite(best) else float(best)
        rows.append([bool(model.stop_training), callback.wait, best])
        if model.stop_training:
            break
    callback.on_train_end()
    return {"rows": rows, "restored": model.restored}


def transformers_run(values, settings):
    greater = settings["mode"] == "max" or (settings["mode"] == "auto" and not settings["monitor"].endswith("loss"))
    args = types.SimpleNamespace(
        greater_is_better=greater,
        metric_for_best_model=settings["monitor"],
        load_best_model_at_end=True,
        eval_strategy="epoch",
        save_strategy=transformers.trainer_utils.SaveStrategy.EPOCH,
    )
    state = types.SimpleNamespace(best_metric=None, best_global_step=None, global_step=0)
    control = types.SimpleNamespace(should_training_stop=False)
    trainer = types.SimpleNamespace(args=args, state=state)
    callback = EarlyStoppingCallback(settings["patience"], settings["threshold"])
    callback.on_train_begin(args, state, control)
    rows = []
    for epoch, value in enumerate(values):
        state.global_step = epoch + 1
        metrics = {f"eval_{settings['monitor']}": value}
        callback.on_evaluate(args, state, control, metrics)
        Trainer._determine_best_metric(trainer, metrics, None)
        rows.append([control.should_training_stop, callback.early_stopping_patience_counter, state.best_metric])
        if control.should_training_stop:
            break
    return {"rows": rows, "restored": state.best_global_step}


def main():
    keras_2 = keras_2_class(sys.argv[1])
    draw = random.Random(4)
    runs = []
    for number in range(240):
        kind = ("keras-2", "keras-3", "hugging-face")[number % 3]
        monitor = draw.choice(["val_loss", "val_accuracy"])
        # Keras 3 asks the compiled metrics for the direction of anything but a loss; there are none here.
        automatic = kind != "keras-3" or monitor == "val_loss"
        settings = {"kind": kind, "monitor": monitor, "mode": draw.choice(["min", "max", "auto" if automatic else "max"])}
        # Tenths, so that equal figures and differences of exactly the delta (and of a rounding off it) come up. Keras 3
        # compares in the float32 of its backend, others in float64: it gets eighths, which are exact in both.
        parts = 8 if kind == "keras-3" else 10
        walk = [draw.randint(0, 12) / parts for _ in range(draw.randint(1, 14))]
        delta = draw.choice([0, 0, 1 / parts, 2 / parts])
        if kind == "hugging-face":
            settings |= {"patience": draw.randint(1, 4), "threshold": delta}
            run = transformers_run(walk, settings)
        else:
            settings |= {"patience": draw.randint(0, 4), "minDelta": delta}
            settings |= {"startFromEpoch": draw.choice([0, 0, 0, 2, 5]), "restoreBestWeights": draw.random() < 0.7}
            if draw.random() < 0.3:
                settings["baseline"] = draw.randint(2, 10) / parts
            run = keras_run(keras_2 if kind == "keras-2" else Keras3, walk, settings)
        runs.append({"settings": settings, "values": walk, **run})
    versions = {"keras-2": "2.15.0", "keras-3": keras.__version__, "transformers": transformers.__version__}
    lines = ",\n".join(json.dumps(run) for run in runs)
    print(f'{{"versions": {json.dumps(versions)},\n"runs": [\n{lines}\n]}}')


main()
