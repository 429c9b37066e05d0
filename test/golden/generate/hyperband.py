"""Writes test/golden/hyperband.json: which trials KerasTuner's Hyperband runs, in order, one at a time.

    python3 -m venv VENV && VENV/bin/pip install keras-tuner==1.4.8 keras torch
    KERAS_BACKEND=torch VENV/bin/python test/golden/generate/hyperband.py > test/golden/hyperband.json

Nothing is trained: the oracle is asked for a trial, told its score or that it failed, and asked again. A round is
[bracket, round, epochs before, epochs after, number of the round that its weights come from or 0, score or null].
`sizes` has, by factor and for 1 to 300 epochs, the number of brackets and the trials of the last one.
"""

import contextlib
import io
import json
import random
import tempfile

import keras_tuner
from keras_tuner.src.engine import trial as trial_module
from keras_tuner.src.tuners.hyperband import HyperbandOracle


def search(max_epochs, factor, iterations, failures, draw):
    space = keras_tuner.HyperParameters()
    space.Float("rate", 0, 1)
    oracle = HyperbandOracle(
        objective=keras_tuner.Objective("f1", "max"),
        max_epochs=max_epochs,
        factor=factor,
        hyperband_iterations=iterations,
        seed=1,
        hyperparameters=space,
        max_consecutive_failed_trials=10_000,
    )
    oracle._set_project_dir(tempfile.mkdtemp(), "p")
    rounds, numbers = [], {}
    while True:
        trial = oracle.create_trial("one")
        if trial.status == trial_module.TrialStatus.STOPPED:
            return rounds
        values = trial.hyperparameters.values
        numbers[trial.trial_id] = len(rounds) + 1
        failed = draw.random() < failures
        # Few distinct scores, so that equal ones come up.
        score = None if failed else draw.randint(0, 20) / 20
        rounds.append(
            [
                values["tuner/bracket"],
                values["tuner/round"],
                values["tuner/initial_epoch"],
                values["tuner/epochs"],
                numbers.get(values.get("tuner/trial_id"), 0),
                score,
            ]
        )
        if failed:
            trial.status = trial_module.TrialStatus.INVALID
        else:
            oracle.update_trial(trial.trial_id, {"f1": score})
            trial.status = trial_module.TrialStatus.COMPLETED
        oracle.end_trial(trial)


def size(max_epochs, factor):
    with contextlib.redirect_stdout(io.StringIO()):
        oracle = HyperbandOracle(objective=keras_tuner.Objective("f1", "max"), max_epochs=max_epochs, factor=factor)
    return [oracle._get_num_brackets(), oracle._get_size(0, 0)]


def main():
    draw = random.Random(9)
    rows = [(5, 3, 1, 0), (10, 3, 1, 0), (81, 3, 1, 0), (243, 3, 1, 0), (1, 3, 1, 0), (2, 2, 2, 0), (7, 2, 2, 0)]
    rows += [(16, 4, 3, 0), (100, 10, 1, 0), (10, 3, 1, 0.2), (27, 3, 2, 0.4), (9, 3, 1, 1)]
    searches = []
    for max_epochs, factor, iterations, failures in rows:
        with contextlib.redirect_stdout(io.StringIO()):  # it talks
            rounds = search(max_epochs, factor, iterations, failures, draw)
        searches.append({"maxEpochs": max_epochs, "factor": factor, "iterations": iterations, "rounds": rounds})
    lines = ",\n".join(json.dumps(one) for one in searches)
    sizes = {factor: [size(epochs, factor) for epochs in range(1, 301)] for factor in range(2, 11)}
    print(f'{{"keras-tuner": "{keras_tuner.__version__}",\n"searches": [\n{lines}\n],\n"sizes": {json.dumps(sizes)}}}')


main()
