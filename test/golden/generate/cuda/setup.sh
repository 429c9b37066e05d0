#!/bin/sh
# Makes a folder in which the CUDA provider of onnxruntime runs without a GPU, and prints how to start Python in it:
#
#   sh setup.sh FOLDER
#   FOLDER/python kernels.py > ../../cuda-kernels.json
#   FOLDER/python placements.py ../../cuda-placements
#
# To have Node run on it, with results that mean nothing and a count of the copies that the host makes, link the two
# libonnxruntime_providers_{shared,cuda}.so of the wheel beside the binding of onnxruntime-node and start it by
# FOLDER/with (docs/cuda.md).
#
# Needs gcc and Python 3.11 to 3.13 on linux/x64. Python is for making golden files only; nothing of Tagwright runs it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
python3 -m venv venv
# The wheel is built for CUDA 13, the Node package for CUDA 12; the sources, and so the lists of kernels, are the same.
venv/bin/pip install --quiet onnxruntime-gpu==1.30.0 onnx==1.23.2 \
  nvidia-cublas==13.* nvidia-cuda-runtime==13.* nvidia-curand==10.4.*
stub() {
  gcc -shared -fPIC -w "-D$2" "-Wl,-soname,$1" ${3:-} "$here/no_gpu.c" -o "$1"
}
stub no_gpu.so RUNTIME
stub libcuda.so.1 DRIVER
echo 'libcudnn.so.9 { global: *; };' > cudnn.map
stub libcudnn.so.9 CUDNN -Wl,--version-script=cudnn.map
stub libnvinfer.so.10 TENSORRT
stub libnvonnxparser.so.10 TENSORRT
cat > with <<EOF
#!/bin/sh
export ORT_DISABLE_TELEMETRY=1 LD_PRELOAD="$PWD/no_gpu.so"
export LD_LIBRARY_PATH="$PWD:$(echo "$PWD"/venv/lib/python3*/site-packages/nvidia/cu13/lib)"
exec "\$@"
EOF
cat > python <<EOF
#!/bin/sh
exec "$PWD/with" "$PWD/venv/bin/python" "\$@"
EOF
chmod +x with python
