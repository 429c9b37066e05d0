"""Places graphs with onnxruntime's CUDA provider, on a machine without a GPU (see setup.sh), and writes what it did.

  python placements.py FOLDER

writes small graphs that are known to need copies as FOLDER/*.onnx, beside the training programs that programs.ts writes
there, and for each graph of the folder: which nodes stay on the host, by operator, and the Memcpy nodes that are put in.
"""

import collections
import json
import os
import pathlib
import re
import sys
import tempfile

import onnx
import onnx.parser
import onnxruntime

DISABLED = "SkipLayerNormFusion;MatmulTransposeFusion"

HEADER = '<ir_version: 9, opset_import: ["": 20, "com.microsoft": 1]>\n'

# Each is a way to make the device wait for the host.
TRAPS = {
    "no-kernel": "g (float[N,3,3] x) => (float[N] y) { a = Neg(x) d = Det(a) y = Neg(d) }",
    "no-kernel-in-body": """
        g (float[3,3] s, float[K,3,3] xs) => (float[3,3] t, float[K] ys) {
          t, ys = Scan <num_scan_inputs = 1, body = b (float[3,3] si, float[3,3] x) => (float[3,3] so, float y) {
            so = Add(si, x) y = Det(so) }> (s, xs)
        }""",
    "length-as-number": """
        g (float[N,4] x) => (float[N,4] y) { n = Shape(x) c = Cast <to = 1> (n) m = ReduceProd <keepdims = 0> (c) y = Div(x, m) }""",
    "length-as-number-in-body": """
        g (float[4] s, float[K,4] xs, float[N] v) => (float[4] t) {
          t = Scan <num_scan_inputs = 1, body = b (float[4] si, float[4] x) => (float[4] so) {
            n = Shape(v) c = Cast <to = 1> (n) z = Add(si, x) so = Div(z, c) }> (s, xs)
        }""",
    "places-from-length": """
        g (float[N,4] x) => (float[N,4] y) <int64 zero = {0}, int64 one = {1}, int64[1] axis = {1}> {
          n = Shape <start = 0, end = 1> (x) m = Squeeze(n) r = Range(zero, m, one) f = Cast <to = 1> (r)
          c = Unsqueeze(f, axis) y = Add(x, c) }""",
    "input-on-both-sides": """
        g (float[N,4] x, int64[2] shape, int64[2] more) => (float[a,b] y, int64[2] z) { y = Reshape(x, shape) z = Add(shape, more) }""",
    "computed-shape": """
        g (float[N,4] x, int64[2] s) => (float[a,b] y) <int64[2] two = {1, 1}> { t = Mul(s, two) y = Reshape(x, t) }""",
    "whole-on-device": "g (float[N,4] x, float[4,4] w) => (float[N,4] y) { a = MatMul(x, w) y = Tanh(a) }",
}


def write_traps(folder):
    for name, text in TRAPS.items():
        (folder / f"{name}.onnx").write_bytes(onnx.parser.parse_model(HEADER + text).SerializeToString())


def log_of(path, level):
    """What onnxruntime logs while it makes a session of a model."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 0
    options.log_verbosity_level = 1
    options.graph_optimization_level = level
    # As shared/ort/session.ts does.
    options.add_session_config_entry("optimization.disable_specified_optimizers", DISABLED)
    with tempfile.TemporaryFile() as file:
        stderr = os.dup(2)
        os.dup2(file.fileno(), 2)
        try:
            providers = ["CUDAExecutionProvider", "CPUExecutionProvider"]
            onnxruntime.InferenceSession(str(path), options, providers=providers)
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
        file.seek(0)
        return file.read().decode()


def placement(path, level):
    provider, on_host = None, collections.Counter()
    log = log_of(path, level)
    for line in log.splitlines():
        if match := re.search(r"laced on \[(\w+)\]", line):
            provider = match[1]
        elif match := re.search(r"VerifyEachNodeIsAssignedToAnEp\]   (\S+) \((.*)\)$", line):
            if provider == "CPUExecutionProvider" and not match[1].startswith("Memcpy"):
                on_host[match[1]] += 1
    copies = re.findall(r"Add Memcpy(To|From)Host (?:before|after) (\S+) for CUDAExecutionProvider", log)
    directions = {"To": "host", "From": "device"}
    return {
        "onHost": dict(sorted(on_host.items())),
        "copies": sorted(({"value": value, "to": directions[way]} for way, value in copies), key=lambda c: c["value"]),
    }


folder = pathlib.Path(sys.argv[1])
folder.mkdir(exist_ok=True)
write_traps(folder)
levels = onnxruntime.GraphOptimizationLevel
found = {
    path.stem: {
        # As it is written, and after the rewrites for CUDA.
        "written": placement(path, levels.ORT_DISABLE_ALL),
        "optimized": placement(path, levels.ORT_ENABLE_ALL),
    }
    for path in sorted(folder.glob("*.onnx"))
}
text = json.dumps({"source": f"onnxruntime-gpu {onnxruntime.__version__}", "placements": found}, indent=1)
(folder / "placements.json").write_text(text + "\n")
