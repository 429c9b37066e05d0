"""Writes test/golden/torch-optim.json: what the optimisers, schedules and averages of torch and transformers do.

    python3 -m venv VENV && VENV/bin/pip install torch transformers
    VENV/bin/python test/golden/generate/torch_optim.py > test/golden/torch-optim.json

All is computed in float64 on one thread; inputs are rounded to float32 first, so that both sides start from the same
numbers. `fixed` feeds each optimiser ten given gradients under several settings; Keras-Adam, and only that, is the
formula of keras/src/optimizers/adam.py (keras 3) with the weight decay of base_optimizer.py, written out in torch.
`schedules` has the factors of transformers' schedules, `averages` those parameters of AdamW that AveragedModel keeps.
`problem` trains a small classifier for twenty steps: a batch each, gradients clipped by their common norm, AdamW, and
the schedule of transformers' get_linear_schedule_with_warmup. With a warm-up its first rate is 0.
"""

import json
import platform

import torch
import transformers

torch.set_num_threads(1)
torch.manual_seed(7)


def draw(*shape, scale=1.0):
    return (scale * torch.randn(*shape)).float().double()


def numbers(tensor):
    return tensor.detach().flatten().tolist()


# What each optimiser is given besides learning rates, in our names: weight decay, then settings.
RUNS = {
    "adamw": [
        ("defaults", 0.01, {}),
        ("no decay", 0.0, {}),
        ("strong decay", 0.5, {}),
        ("other betas and a large epsilon", 0.01, {"beta1": 0.5, "beta2": 0.75, "epsilon": 0.125}),
        ("no mean", 0.01, {"beta1": 0.0}),
    ],
    "adam": [
        ("defaults", 0.0, {}),
        ("decay", 0.25, {}),
        ("other betas and a large epsilon", 0.0, {"beta1": 0.5, "beta2": 0.75, "epsilon": 0.125}),
    ],
    "keras-adam": [
        ("defaults", 0.0, {}),
        ("decay", 0.25, {}),
        ("other betas and a large epsilon", 0.0, {"beta1": 0.5, "beta2": 0.75, "epsilon": 0.125}),
    ],
    "sgd": [
        ("defaults", 0.0, {}),
        ("decay", 0.25, {}),
        ("momentum", 0.0, {"momentum": 0.75}),
        ("momentum and decay", 0.25, {"momentum": 0.75}),
        ("Nesterov's momentum and decay", 0.25, {"momentum": 0.75, "nesterov": True}),
    ],
}


class KerasAdam:
    """update_step of keras/src/optimizers/adam.py, after _apply_weight_decay of base_optimizer.py."""

    def __init__(self, parameters, beta1=0.9, beta2=0.999, epsilon=1e-7, weight_decay=0.0):
        (self.parameter,) = parameters
        self.betas, self.epsilon, self.weight_decay = (beta1, beta2), epsilon, weight_decay
        self.param_groups = [{}]
        self.iterations = 0
        zeros = torch.zeros_like(self.parameter)
        self.state = {self.parameter: {"exp_avg": zeros.clone(), "exp_avg_sq": zeros.clone()}}

    @torch.no_grad()
    def step(self):
        lr = self.param_groups[0]["lr"]
        gradient = self.parameter.grad
        self.iterations += 1
        powers = [beta**self.iterations for beta in self.betas]
        self.parameter.sub_(self.parameter * self.weight_decay * lr)
        alpha = lr * (1 - powers[1]) ** 0.5 / (1 - powers[0])
        m, v = self.state[self.parameter].values()
        m.add_((gradient - m) * (1 - self.betas[0]))
        v.add_((gradient * gradient - v) * (1 - self.betas[1]))
        self.parameter.sub_(m * alpha / (v.sqrt() + self.epsilon))


def optimizer_of(kind, parameter, decay, settings):
    if kind == "keras-adam":
        return KerasAdam([parameter], weight_decay=decay, **settings)
    if kind == "sgd":
        return torch.optim.SGD([parameter], lr=1.0, weight_decay=decay, foreach=False, **settings)
    given = dict(settings)
    if "beta1" in given or "beta2" in given:
        given["betas"] = (given.pop("beta1", 0.9), given.pop("beta2", 0.999))
    if "epsilon" in given:
        given["eps"] = given.pop("epsilon")
    made = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[kind]
    return made([parameter], weight_decay=decay, foreach=False, **given)


MOMENTS = {"exp_avg": "mean", "exp_avg_sq": "square", "momentum_buffer": "velocity"}


def gradients_of_fixed():
    # Magnitudes from 1e-6, where epsilon shows, to 1e3; and one element without any gradient.
    scale = torch.tensor([1e-6, 1e-3, 1.0, 1e3, 1.0, 0.0], dtype=torch.float64)
    return [(draw(6) * scale).float().double() for _ in range(10)]


def run(optimizer, parameter, gradients, rates):
    for gradient, rate in zip(gradients, rates):
        optimizer.param_groups[0]["lr"] = rate
        parameter.grad = gradient.clone()
        optimizer.step()
        yield


def fixed():
    start = draw(6)
    gradients = gradients_of_fixed()
    rates = [0.1 if step % 3 else 0.01 for step in range(10)]
    runs = []
    for kind, cases in RUNS.items():
        for title, decay, settings in cases:
            parameter = torch.nn.Parameter(start.clone())
            optimizer = optimizer_of(kind, parameter, decay, settings)
            trajectory = []
            for _ in run(optimizer, parameter, gradients, rates):
                state = optimizer.state[parameter]
                moments = {MOMENTS[key]: numbers(x) for key, x in state.items() if MOMENTS.get(key) and x is not None}
                trajectory.append({"parameters": numbers(parameter), **moments})
            settings = {"name": kind, **settings}
            runs.append({"name": title, "settings": settings, "weightDecay": decay, "trajectory": trajectory})
    averages = []
    for decay in (0.5, 0.875):
        parameter = torch.nn.Parameter(start.clone())
        model = torch.nn.Module()
        model.parameter = parameter
        averaged = torch.optim.swa_utils.AveragedModel(model, avg_fn=torch.optim.swa_utils.get_ema_avg_fn(decay))
        trajectory = []
        for _ in run(optimizer_of("adamw", parameter, 0.01, {}), parameter, gradients, rates):
            averaged.update_parameters(model)
            trajectory.append(numbers(averaged.module.parameter))
        averages.append({"decay": decay, "trajectory": trajectory})
    return {
        "start": numbers(start),
        "gradients": [numbers(g) for g in gradients],
        "rates": rates,
        "runs": runs,
        "averages": averages,
    }


def schedules():
    made = {
        "linear": transformers.get_linear_schedule_with_warmup,
        "cosine": transformers.get_cosine_schedule_with_warmup,
        "constant": lambda optimizer, warmup, _: transformers.get_constant_schedule_with_warmup(optimizer, warmup),
        "inverse-square-root": lambda optimizer, warmup, _: transformers.get_inverse_sqrt_schedule(optimizer, warmup),
    }
    found = []
    for name, make in made.items():
        # No warm-up, one step, some, all but one, all; and a training of one step.
        for warmup, steps in ((0, 10), (1, 10), (7, 70), (9, 10), (10, 10), (0, 1)):
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
            schedule = make(optimizer, warmup, steps)
            factors = []
            for _ in range(steps + 3):
                factors.append(schedule.get_last_lr()[0])
                optimizer.step()
                schedule.step()
            found.append({"name": name, "warmupSteps": warmup, "totalSteps": steps, "factors": factors})
    scaled = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = transformers.get_inverse_sqrt_schedule(scaled, 2, timescale=5)
    factors = []
    for _ in range(10):
        factors.append(schedule.get_last_lr()[0])
        scaled.step()
        schedule.step()
    case = {"name": "inverse-square-root", "warmupSteps": 2, "totalSteps": 10, "timescale": 5, "factors": factors}
    return [*found, case]


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


versions = {
    "python": platform.python_version(),
    "torch": torch.__version__,
    "transformers": transformers.__version__,
}
print(json.dumps({"versions": versions, "fixed": fixed(), "problem": problem(), "schedules": schedules()}))
