"""Writes the kernels of onnxruntime's CUDA provider, as its own registry lists them, to standard output.

See setup.sh for how to run it without a GPU. Each entry is the versions of the operator that a kernel is for, the last
one included, and what each type constraint may be; entries that differ in one constraint only are put together.
"""

import json

import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema, get_all_opkernel_def

OPSET = 20
NEWEST = 2**31 - 1
# In the order of the operator schemas' own documents.
ELEMENTS = {"float": "float32", "double": "float64"}


def qualified(domain, name):
    return name if domain in ("", "ai.onnx") else f"{domain}.{name}"


def element(name):
    inner = name.removeprefix("tensor(").removesuffix(")")
    return ELEMENTS.get(inner, inner) if name.startswith("tensor(") else name


def merge(kernels):
    """Puts kernels together that are equal but for one constraint, until none are left that are."""
    merged = []
    for types in kernels:
        for other in merged:
            different = [key for key in types if other.get(key) != types[key]]
            if types.keys() == other.keys() and len(different) <= 1:
                for key in different:
                    other[key] = sorted({*other[key], *types[key]})
                break
        else:
            merged.append(dict(types))
    return merged if len(merged) == len(kernels) else merge(merged)


by_operator = {}
for kernel in get_all_opkernel_def():
    # Kernels of the internal domain stand for others after a change of layout.
    if kernel.provider != "CUDAExecutionProvider" or kernel.domain.startswith("com.ms."):
        continue
    name = qualified(kernel.domain, kernel.op_name)
    since, last = kernel.version_range
    types = {key: sorted(element(t) for t in names) for key, names in sorted(kernel.type_constraints.items())}
    by_operator.setdefault(name, {}).setdefault((since, last), []).append(types)

lines = []
for name in sorted(by_operator):
    entries = []
    for (since, last), kernels in sorted(by_operator[name].items()):
        for types in merge(kernels):
            entries.append({"since": since, "last": None if last >= NEWEST else last, "types": types})
    lines.append(f"    {json.dumps(name)}: " + json.dumps(entries))

schemas = {}
for schema in get_all_operator_schema():
    name = qualified(schema.domain, schema.name)
    if schema.domain in ("", "ai.onnx") and schema.since_version > OPSET:
        continue
    if name not in schemas or schemas[name].since_version < schema.since_version:
        schemas[name] = schema


def operands(schema):
    allowed = {c.type_param_str: [element(t) for t in c.allowed_type_strs] for c in schema.type_constraints}
    # A constraint that allows one type is written as that type.
    one = {name: types[0] for name, types in allowed.items() if len(types) == 1}
    names = lambda formals: [one.get(f.typeStr, element(f.typeStr)) for f in formals]
    return {"inputs": names(schema.inputs), "outputs": names(schema.outputs)}


print("{")
print(f'  "source": "onnxruntime-gpu {onnxruntime.__version__}, get_all_opkernel_def, CUDAExecutionProvider",')
print('  "kernels": {')
print(",\n".join(lines))
print('  },\n  "operands": {')
print(",\n".join(f"    {json.dumps(n)}: {json.dumps(operands(schemas[n]))}" for n in sorted(by_operator) if n in schemas))
print("  }\n}")
