"""Makes optimum's int8 graph of a model, onnx/model_quantized.onnx beside onnx/model.onnx.

    python quantize_int8.py FOLDER

Dynamic quantisation with signed weights, one scale a channel: what optimum recommends for AVX-512 VNNI, and the best of what
transformers.js can be given as q8.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from optimum.onnxruntime import ORTQuantizer
from optimum.onnxruntime.configuration import AutoQuantizationConfig

folder = Path(sys.argv[1])
with tempfile.TemporaryDirectory() as temporary:
    plain = Path(temporary, "plain")
    plain.mkdir()
    shutil.copy(folder / "config.json", plain)
    shutil.copy(folder / "onnx" / "model.onnx", plain)
    quantizer = ORTQuantizer.from_pretrained(plain, file_name="model.onnx")
    settings = AutoQuantizationConfig.avx512_vnni(is_static=False, per_channel=True)
    quantizer.quantize(save_dir=Path(temporary, "int8"), quantization_config=settings)
    shutil.copy(Path(temporary, "int8", "model_quantized.onnx"), folder / "onnx")
