"""Makes the peers' int8 graph of a model: onnx/model_quantized.onnx beside onnx/model.onnx.

    python quantize_int8.py FOLDER

Dynamic quantisation of onnxruntime with signed weights, one scale a channel: what optimum calls for on AVX-512 VNNI, and the best
that transformers.js can be given as q8. Called without optimum, which has no way to say that tensors behind our fused products
are float.
"""

import sys
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

folder = Path(sys.argv[1], "onnx")
quantize_dynamic(
    folder / "model.onnx",
    folder / "model_quantized.onnx",
    op_types_to_quantize=["MatMul", "Gemm"],
    per_channel=True,
    weight_type=QuantType.QInt8,
    extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT, "MatMulConstBOnly": True},
)
