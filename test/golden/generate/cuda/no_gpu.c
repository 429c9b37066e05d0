/*
 * A CUDA driver, runtime, cuDNN and TensorRT that compute nothing: enough for the CUDA provider of onnxruntime to start
 * on a machine without a GPU, list its kernels and place the nodes of a graph. Device memory is host memory, copies are
 * copies, every other call does nothing and succeeds. What a graph computes on it means nothing.
 *
 * Built by setup.sh, once per library name. Symbols are versioned where the provider asks for a version (cuDNN).
 */
#include <stdlib.h>
#include <string.h>

#define SUCCEEDS(name) \
  int name(void) { return 0; }

#if defined(RUNTIME)
/* Preloaded over libcudart and libcublas. */
SUCCEEDS(cudaSetDevice)
SUCCEEDS(cudaDeviceSynchronize)
SUCCEEDS(cudaDeviceGetAttribute)
SUCCEEDS(cudaStreamCreateWithFlags)
SUCCEEDS(cudaStreamDestroy)
SUCCEEDS(cudaStreamSynchronize)
SUCCEEDS(cudaStreamWaitEvent)
SUCCEEDS(cudaEventCreateWithFlags)
SUCCEEDS(cudaEventDestroy)
SUCCEEDS(cudaEventRecord)
SUCCEEDS(cudaEventSynchronize)
SUCCEEDS(cudaEventQuery)
SUCCEEDS(cudaGetLastError)
SUCCEEDS(cudaPeekAtLastError)
SUCCEEDS(cudaMemset)
SUCCEEDS(cudaMemsetAsync)
SUCCEEDS(cublasCreate_v2)
SUCCEEDS(cublasDestroy_v2)
SUCCEEDS(cublasSetStream_v2)
SUCCEEDS(cublasSetMathMode)
SUCCEEDS(cublasLtCreate)
SUCCEEDS(cublasLtDestroy)

int cudaGetDevice(int *device) {
  *device = 0;
  return 0;
}
int cudaGetDeviceCount(int *count) {
  *count = 1;
  return 0;
}
int cudaMemGetInfo(size_t *available, size_t *total) {
  *available = *total = (size_t)1 << 34;
  return 0;
}
/* The least that the structure has in any version. */
int cudaGetDeviceProperties(void *properties, int device) {
  memset(properties, 0, 700);
  return 0;
}
int cudaMalloc(void **memory, size_t bytes) {
  *memory = aligned_alloc(256, (bytes + 255) / 256 * 256);
  return 0;
}
int cudaFree(void *memory) {
  free(memory);
  return 0;
}
int cudaHostAlloc(void **memory, size_t bytes, unsigned flags) {
  *memory = malloc(bytes);
  return 0;
}
int cudaMallocHost(void **memory, size_t bytes) { return cudaHostAlloc(memory, bytes, 0); }
int cudaFreeHost(void *memory) { return cudaFree(memory); }
int cudaMemcpy(void *to, const void *from, size_t bytes, int kind) {
  memcpy(to, from, bytes);
  return 0;
}
int cudaMemcpyAsync(void *to, const void *from, size_t bytes, int kind, void *stream) {
  return cudaMemcpy(to, from, bytes, kind);
}
#elif defined(DRIVER)
int cuTensorMapEncodeTiled(void) { return 100; /* CUDA_ERROR_NO_DEVICE */ }
#elif defined(CUDNN)
SUCCEEDS(cudnnCreate)
SUCCEEDS(cudnnDestroy)
SUCCEEDS(cudnnSetStream)
#elif defined(TENSORRT)
/* The list of kernels asks every provider of the package, so TensorRT's has to load too. */
int getInferLibVersion(void) { return 101300; }
void *getPluginRegistry(void) { return NULL; }
void *createInferBuilder_INTERNAL(void) { return NULL; }
void *createInferRefitter_INTERNAL(void) { return NULL; }
void *createInferRuntime_INTERNAL(void) { return NULL; }
void *createNvOnnxParser_INTERNAL(void) { return NULL; }
void *createNvOnnxParserRefitter_INTERNAL(void) { return NULL; }
#endif
