"""Writes test/golden/torch-distillation.json: the distillation loss and its gradients by torch.

    python3 -m venv VENV && VENV/bin/pip install torch
    VENV/bin/python test/golden/generate/torch_distillation.py > test/golden/torch-distillation.json

Hinton's loss word by word: T^2 times torch.nn.KLDivLoss(reduction="sum") between softened log-softmaxes, and
cross-entropy (reduction="sum", ignore_index=-100) of the labelled words, in shares a and 1 - a, over the number of words.
All is computed in float64 on one thread; inputs are rounded to float32 first, so that both sides start from the same
numbers. Two sentences of three places: the second sentence is unlabelled, its last place is padding.
"""

import json
import platform

import torch

torch.set_num_threads(1)
torch.manual_seed(11)

TAGS = torch.tensor([[2, 0, 3], [-100, -100, -100]])
MASK = torch.tensor([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]]).double()
CASES = [(1.0, 1.0), (1.0, 0.5), (2.0, 0.75), (4.0, 0.25), (3.0, 0.0)]


def draw(scale):
    return (scale * torch.randn(2, 3, 4)).float().double()


def numbers(tensor):
    return tensor.detach().flatten().tolist()


def main():
    emissions, teacher = draw(2.0), draw(3.0)
    cases = []
    for temperature, share in CASES:
        x = emissions.clone().requires_grad_()
        kl = torch.nn.KLDivLoss(reduction="none", log_target=True)
        terms = kl(torch.log_softmax(x / temperature, -1), torch.log_softmax(teacher / temperature, -1))
        taught = temperature**2 * (terms * MASK.unsqueeze(-1)).sum()
        tags = torch.where(MASK == 0, torch.tensor(-100), TAGS)
        nll = torch.nn.functional.cross_entropy(x.transpose(1, 2), tags, reduction="sum", ignore_index=-100)
        loss = (share * taught + (1 - share) * nll) / MASK.sum()
        loss.backward()
        cases.append(
            {
                "temperature": temperature,
                "teacherShare": share,
                "loss": loss.item(),
                "gradient": numbers(x.grad),
            }
        )
    print(
        json.dumps(
            {
                "versions": {"python": platform.python_version(), "torch": torch.__version__},
                "shape": [2, 3, 4],
                "emissions": numbers(emissions),
                "teacher": numbers(teacher),
                "tags": TAGS.flatten().tolist(),
                "mask": numbers(MASK),
                "cases": cases,
            },
            indent=1,
        )
    )


main()
