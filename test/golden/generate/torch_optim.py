"""Writes test/golden/torch-optim.json: what torch.optim.AdamW, clip_grad_norm_ and a warm-up schedule do, step by step.

    python3 -m venv VENV && VENV/bin/pip install torch
    VENV/bin/python test/golden/generate/torch_optim.py > test/golden/torch-optim.json

All is computed in float64 on one thread; inputs are rounded to float32 first, so that both sides start from the same
numbers. `fixed` feeds AdamW ten given gradients under several settings. `problem` trains a small classifier for
twenty steps: a batch each, gradients clipped by their common norm, AdamW, and the schedule of transformers'
get_linear_schedule_with_warmup, which is this LambdaLR. With a warm-up its first rate is 0.
"""

import json
import platform

import torch

torch.set_num_threads(1)
torch.manual_seed(7)


def draw(*shape, scale=1.0):
    return (scale * torch.randn(*shape)).float().double()


def numbers(tensor):
    return tensor.detach().flatten().tolist()


SETTINGS = {
    "defaults": {},
    "no decay": {"weight_decay": 0.0},
    "strong decay": {"weight_decay": 0.5},
    "other betas and a large epsilon": {"betas": (0.5, 0.75), "eps": 0.125},
}


def fixed():
    start = draw(6)
    # Magnitudes from 1e-6, where epsilon shows, to 1e3; and one element without any gradient.
    scale = torch.tensor([1e-6, 1e-3, 1.0, 1e3, 1.0, 0.0], dtype=torch.float64)
    gradients = [(draw(6) * scale).float().double() for _ in range(10)]
    rates = [0.1 if step % 3 else 0.01 for step in range(10)]
    runs = []
    for name, options in SETTINGS.items():
        parameter = torch.nn.Parameter(start.clone())
        optimizer = torch.optim.AdamW([parameter], foreach=False, **options)
        trajectory = []
        for gradient, rate in zip(gradients, rates):
            optimizer.param_groups[0]["lr"] = rate
            parameter.grad = gradient.clone()
            optimizer.step()
            state = optimizer.state[parameter]
            trajectory.append(
                {
                    "parameters": numbers(parameter),
                    "mean": numbers(state["exp_avg"]),
                    "square": numbers(state["exp_avg_sq"]),
                }
            )
        group = optimizer.param_groups[0]
        used = {
            "beta1": group["betas"][0],
            "beta2": group["betas"][1],
            "epsilon": group["eps"],
            "weightDecay": group["weight_decay"],
        }
        runs.append({"name": name, "options": used, "trajectory": trajectory})
    return {"start": numbers(start), "gradients": [numbers(g) for g in gradients], "rates": rates, "runs": runs}


def problem():
    steps, rows, width, hidden, classes = 20, 8, 3, 4, 3
    peak, warmup, max_norm, decay = 0.125, 5, 1.0, 0.0625
    parameters = {
        "w1": draw(width, hidden),
        "b1": draw(hidden),
        "w2": draw(hidden, classes),
        "b2": draw(classes),
    }
    start = [x for value in parameters.values() for x in numbers(value)]
    parameters = {name: torch.nn.Parameter(value) for name, value in parameters.items()}
    inputs = [draw(rows, width) for _ in range(steps)]
    labels = [torch.randint(classes, (rows,)) for _ in range(steps)]
    optimizer = torch.optim.AdamW(parameters.values(), lr=peak, weight_decay=decay, foreach=False)

    def factor(step):
        if step < warmup:
            return step / max(1, warmup)
        return max(0.0, (steps - step) / max(1, steps - warmup))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    trajectory = []
    for x, y in zip(inputs, labels):
        logits = torch.tanh(x @ parameters["w1"] + parameters["b1"]) @ parameters["w2"] + parameters["b2"]
        loss = torch.nn.functional.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), max_norm, foreach=False)
        rate = optimizer.param_groups[0]["lr"]
        optimizer.step()
        schedule.step()
        trajectory.append(
            {
                "loss": loss.item(),
                "gradientNorm": norm.item(),
                "learningRate": rate,
                "parameters": [x for value in parameters.values() for x in numbers(value)],
            }
        )
    return {
        "shape": {"rows": rows, "width": width, "hidden": hidden, "classes": classes},
        "settings": {
            "peak": peak,
            "warmupSteps": warmup,
            "totalSteps": steps,
            "maxNorm": max_norm,
            "weightDecay": decay,
        },
        "start": start,
        "inputs": [numbers(x) for x in inputs],
        "labels": [numbers(y) for y in labels],
        "trajectory": trajectory,
    }


versions = {"python": platform.python_version(), "torch": torch.__version__}
print(json.dumps({"versions": versions, "fixed": fixed(), "problem": problem()}))
