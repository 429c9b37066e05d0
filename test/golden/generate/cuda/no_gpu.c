/*
 * A CUDA driver, runtime, cuDNN and TensorRT that compute nothing: enough for the CUDA provider of onnxruntime to start
 * on a machine without a GPU, list its kernels, place the nodes of a graph and even run it. Device memory is host memory,
 * copies are copies, launches and products do nothing and succeed. What a graph computes on it means nothing; what the
 * host does for it (shapes, checks, allocations, copies) is real. At the end the copies are counted on stderr.
 *
 * Built by setup.sh, once per library name. Symbols are versioned where the provider asks for a version (cuDNN).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUCCEEDS(name) \
  int name(void) { return 0; }

#if defined(RUNTIME)
/* Preloaded over libcudart and libcublas. */
SUCCEEDS(cudaSetDevice)
SUCCEEDS(cudaDeviceSynchronize)
SUCCEEDS(cudaDeviceGetAttribute)
SUCCEEDS(cudaFuncGetAttributes)
SUCCEEDS(cudaFuncSetAttribute)
SUCCEEDS(cudaLaunchHostFunc)
SUCCEEDS(cudaLaunchKernel)
SUCCEEDS(cudaLaunchKernelExC)
SUCCEEDS(cudaOccupancyMaxActiveBlocksPerMultiprocessor)
SUCCEEDS(cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags)
SUCCEEDS(cudaStreamIsCapturing)
SUCCEEDS(cudaStreamCreateWithFlags)
SUCCEEDS(cudaStreamDestroy)
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
SUCCEEDS(cublasLtMatmul)
SUCCEEDS(cublasGemmBatchedEx)
SUCCEEDS(cublasGemmEx)
SUCCEEDS(cublasGemmStridedBatchedEx)
SUCCEEDS(cublasGetMathMode)
SUCCEEDS(cublasScopy_v2)
SUCCEEDS(cublasSetWorkspace_v2)
SUCCEEDS(cublasSgeam)
SUCCEEDS(cublasSgemmBatched)
SUCCEEDS(cublasSgemmStridedBatched)
SUCCEEDS(cublasSgemm_v2)

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
/* An H100, as far as kernels ask: offsets are those of CUDA 12 and 13, whose structures begin alike. */
int cudaGetDeviceProperties(void *properties, int device) {
  char *p = memset(properties, 0, 700);
  *(size_t *)(p + 288) = (size_t)80 << 30;      /* totalGlobalMem */
  *(size_t *)(p + 296) = 49152;                 /* sharedMemPerBlock */
  *(int *)(p + 304) = 65536;                    /* regsPerBlock */
  *(int *)(p + 308) = 32;                       /* warpSize */
  *(int *)(p + 320) = 1024;                     /* maxThreadsPerBlock */
  const int most[] = {1024, 1024, 64, 2147483647, 65535, 65535};
  memcpy(p + 324, most, sizeof most);           /* maxThreadsDim, maxGridSize */
  *(int *)(p + 360) = 9;                        /* major */
  *(int *)(p + 384) = *(int *)(p + 388) = 132;  /* multiProcessorCount, in either version */
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

static struct {
  long calls, bytes;
} copied[5];
static long waits;

__attribute__((destructor)) static void report(void) {
  const char *ways[] = {"on the host", "to the device", "to the host", "on the device", "either way"};
  for (int way = 0; way < 5; way++) {
    if (copied[way].calls > 0)
      fprintf(stderr, "no_gpu: %ld copies %s, %ld bytes\n", copied[way].calls, ways[way], copied[way].bytes);
  }
  if (waits > 0) fprintf(stderr, "no_gpu: %ld waits for the device\n", waits);
}

int cudaStreamSynchronize(void *stream) {
  waits++;
  return 0;
}
int cudaMemcpy(void *to, const void *from, size_t bytes, int way) {
  copied[way].calls++;
  copied[way].bytes += (long)bytes;
  memcpy(to, from, bytes);
  return 0;
}
int cudaMemcpyAsync(void *to, const void *from, size_t bytes, int way, void *stream) {
  return cudaMemcpy(to, from, bytes, way);
}
#elif defined(DRIVER)
int cuTensorMapEncodeTiled(void) { return 100; /* CUDA_ERROR_NO_DEVICE */ }
#elif defined(CUDNN)
/* Handles have to be something. */
int cudnnCreate(void **handle) {
  static int something;
  *handle = &something;
  return 0;
}
int cudnnCreateTensorDescriptor(void **descriptor) { return cudnnCreate(descriptor); }
int cudnnCreateReduceTensorDescriptor(void **descriptor) { return cudnnCreate(descriptor); }
SUCCEEDS(cudnnDestroy)
SUCCEEDS(cudnnSetStream)
SUCCEEDS(cudnnDestroyTensorDescriptor)
SUCCEEDS(cudnnSetTensorNdDescriptor)
SUCCEEDS(cudnnDestroyReduceTensorDescriptor)
SUCCEEDS(cudnnSetReduceTensorDescriptor)
SUCCEEDS(cudnnReduceTensor)
const char *cudnnGetErrorString(int status) { return "no_gpu"; }
int cudnnGetReductionWorkspaceSize(void *handle, void *reduction, void *from, void *to, size_t *bytes) {
  *bytes = 0;
  return 0;
}
int cudnnGetReductionIndicesSize(void *handle, void *reduction, void *from, void *to, size_t *bytes) {
  return cudnnGetReductionWorkspaceSize(handle, reduction, from, to, bytes);
}
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
