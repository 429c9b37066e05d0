"""Writes test/golden/torch-lstm.json: what torch.nn.LSTM makes of packed sequences, forwards and backwards.

    python3 -m venv VENV && VENV/bin/pip install torch
    VENV/bin/python test/golden/generate/torch_lstm.py > test/golden/torch-lstm.json

All is computed in float64 on one thread. Sentences of different lengths are packed, as padding must not be read. The loss
is the sum of the outputs times `weights`, so that every output has a gradient of its own. Each case has the parameters
and their gradients under torch's names, the input `x` [B, T, nIn] with its gradient, and the output `y` [B, T, 2U], zero
in the padding. Padding of `x` is not zero.
"""

import json
import platform

import torch

torch.set_num_threads(1)
torch.manual_seed(7)

CASES = [
    {"name": "one layer", "layers": 1, "inputs": 2, "units": 3, "lengths": [5, 3, 1]},
    {"name": "two layers", "layers": 2, "inputs": 3, "units": 2, "lengths": [2, 4, 4]},
]


def numbers(tensor):
    return tensor.detach().flatten().tolist()


def case(name, layers, inputs, units, lengths):
    lstm = torch.nn.LSTM(inputs, units, layers, batch_first=True, bidirectional=True).double()
    # Larger than torch begins with, so that gates open and close.
    with torch.no_grad():
        for parameter in lstm.parameters():
            parameter.copy_(torch.randn(parameter.shape))
    batch, time = len(lengths), max(lengths)
    x = torch.randn(batch, time, inputs, dtype=torch.float64, requires_grad=True)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    y, _ = torch.nn.utils.rnn.pad_packed_sequence(lstm(packed)[0], batch_first=True, total_length=time)
    weights = torch.randn(y.shape, dtype=torch.float64)
    (y * weights).sum().backward()
    return {
        "name": name,
        "layers": layers,
        "inputs": inputs,
        "units": units,
        "lengths": lengths,
        "parameters": {key: numbers(value) for key, value in lstm.named_parameters()},
        "x": numbers(x),
        "weights": numbers(weights),
        "y": numbers(y),
        "gradients": {"x": numbers(x.grad), **{key: numbers(value.grad) for key, value in lstm.named_parameters()}},
    }


versions = {"python": platform.python_version(), "torch": torch.__version__}
print(json.dumps({"versions": versions, "cases": [case(**options) for options in CASES]}))
