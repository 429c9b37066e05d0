"""Writes test/golden/safetensors: files made by the reference library, for byte-exact comparison.

Run from the repository's root:  pip install safetensors==0.8.0 numpy && python test/golden/generate/safetensors-files.py
"""

import json
from pathlib import Path

import numpy as np
import safetensors
from safetensors.numpy import save

out = Path("test/golden/safetensors")
out.mkdir(parents=True, exist_ok=True)

cases = {
    "empty": ({}, None),
    "one": ({"weight": np.array([[1.5, -2.0, 3.25]], np.float32)}, None),
    "scalar": ({"scale": np.array(0.5, np.float32)}, {"format": "pt"}),
    "types": (
        {
            "bytes": np.array([1, 2, 255], np.uint8),
            "half": np.array([1.0, -0.5, 65504.0], np.float16),
            "ints": np.array([[-(2**31)], [2**31 - 1]], np.int32),
            "longs": np.array([-(2**63), 2**63 - 1], np.int64),
            "floats": np.array([[0.1, 1e-38], [3.4e38, -0.0]], np.float32),
            "none": np.zeros((0, 4), np.float32),
        },
        {"note": 'quotes " and é'},
    ),
    # The library sorts names by their UTF-8 bytes, in which U+FB33 comes before U+1F600; UTF-16 has it the other way.
    "names": (
        {n: np.array([i], np.float32) for i, n in enumerate(["b", "a.0", "\ufb33", "\U0001f600", "\x01\b\n", '"q"', "\u2028"])},
        None,
    ),
}

summary = {"safetensors": safetensors.__version__, "numpy": np.__version__, "cases": {}}
for name, (tensors, metadata) in cases.items():
    (out / f"{name}.safetensors").write_bytes(save(tensors, metadata))
    summary["cases"][name] = {
        "metadata": metadata or {},
        "tensors": {
            key: {
                "dtype": {"float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "uint8": "U8"}[str(a.dtype)],
                "shape": list(a.shape),
                # As text: JavaScript's numbers do not hold all of int64. F16 as its bits.
                "data": [str(v) for v in (a.view(np.uint16) if a.dtype == np.float16 else a).reshape(-1).tolist()],
            }
            for key, a in tensors.items()
        },
    }
(out / "cases.json").write_text(json.dumps(summary, indent=2) + "\n")
