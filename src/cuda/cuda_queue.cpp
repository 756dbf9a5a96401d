#include "cuda/cuda_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "cuda/cuda_backend.hpp"

namespace whiteline::cuda {

namespace {

constexpr std::int64_t loaded_bytes = std::int64_t{32}
                                      << 20;  // raw numbers on the device at a time

double mebibytes(std::uint64_t bytes) { return double(bytes) / (1 << 20); }

int attribute(cudaDeviceAttr what, int number) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, what, number));
  return value;
}

Stream make_stream(int number) {
  check(cudaSetDevice(number));
  cudaStream_t stream = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  return Stream(stream);
}

// Freed memory stays in the pool: giving it back to the driver at each wait is slow.
MemoryPool make_pool(int number) {
  cudaMemPoolProps properties{};
  properties.allocType = cudaMemAllocationTypePinned;
  properties.location.type = cudaMemLocationTypeDevice;
  properties.location.id = number;
  cudaMemPool_t made = nullptr;
  check(cudaMemPoolCreate(&made, &properties));
  MemoryPool pool(made);
  std::uint64_t keep = std::numeric_limits<std::uint64_t>::max();
  check(cudaMemPoolSetAttribute(made, cudaMemPoolAttrReleaseThreshold, &keep));
  return pool;
}

std::uint64_t pool_bytes(cudaMemPool_t pool, cudaMemPoolAttr what) {
  std::uint64_t bytes = 0;
  check(cudaMemPoolGetAttribute(pool, what, &bytes));
  return bytes;
}

// A graph of the work of a stream. One that is at work when it is destroyed does its work.
class RecordedGraph final : public core::Recording {
 public:
  RecordedGraph(CudaQueue& queue, GraphExec work)
      : queue_(queue), kept_(queue.shared()), work_(std::move(work)) {}
  void replay() override { check(cudaGraphLaunch(work_.get(), queue_.stream())); }

 private:
  CudaQueue& queue_;
  std::shared_ptr<core::Queue> kept_;
  GraphExec work_;
};

// What the driver has left, and what the pool holds unused.
std::uint64_t free_memory(cudaMemPool_t pool) {
  std::size_t free = 0, total = 0;
  check(cudaMemGetInfo(&free, &total));
  return free + pool_bytes(pool, cudaMemPoolAttrReservedMemCurrent) -
         pool_bytes(pool, cudaMemPoolAttrUsedMemCurrent);
}

}  // namespace

CudaQueue::CudaQueue(int number, DeviceInfo info, const ContextOptions& options)
    : number_(number),
      info_(std::move(info)),
      options_(options),
      multiprocessors_(attribute(cudaDevAttrMultiProcessorCount, number)),
      stream_(make_stream(number)),
      pool_(make_pool(number)),
      staging_(stream_.get()) {
  ops_.blas = make_blas(*this);
  ops_.reduce = make_reduce(*this);
  ops_.preprocess = make_preprocess(*this);
  ops_.kernel_matrix = make_kernel_matrix(*this);
  ops_.neighbors = make_neighbors(*this);
  ops_.layout = make_layout(*this);
  ops_.smo = make_smo(*this);
  ops_.svm_predict = make_svm_predict(*this);
  ops_.network = make_network(*this);
}

CudaQueue::~CudaQueue() {
  ignore(cudaSetDevice(number_));
  ops_ = {};
  ignore(cudaStreamSynchronize(stream_.get()));  // copies from and to the staging memory are over
}

void CudaQueue::select() const { check(cudaSetDevice(number_)); }

void CudaQueue::select_unrecorded() const {
  require(!recording_, "cannot record the work (it waits, takes memory or uploads) do that before");
  select();
}

cudaStream_t CudaQueue::stream() {
  select();
  return stream_.get();
}

std::shared_ptr<core::Queue> CudaQueue::fork() const {
  return std::make_shared<CudaQueue>(number_, info_, options_);
}

std::uint64_t CudaQueue::memory_limit() const {
  if (options_.memory_limit) return options_.memory_limit;
  select();
  return free_memory(pool_.get()) / 10 * 8;
}

void* CudaQueue::allocate(std::size_t bytes) {
  select_unrecorded();
  void* address = nullptr;
  const cudaError_t status = cudaMallocFromPoolAsync(&address, bytes, pool_.get(), stream_.get());
  if (status == cudaErrorMemoryAllocation) {
    ignore(status);
    throw OutOfMemory(fmt::format(
        "cannot take {:.1f} MiB of memory on {} ({:.1f} MiB of {:.1f} MiB are free) lower --memory "
        "or use --device cpu",
        mebibytes(bytes), info_.name, mebibytes(free_memory(pool_.get())),
        mebibytes(info_.memory_bytes)));
  }
  check(status);
  return address;
}

void CudaQueue::release(void* address, std::size_t) noexcept {
  ignore(cudaSetDevice(number_));
  ignore(cudaFreeAsync(address, stream_.get()));
}

void CudaQueue::upload(void* device, const void* host, std::size_t bytes) {
  select_unrecorded();
  staging_.upload(device, host, bytes);
}

bool CudaQueue::load(const HostView& host, MatrixView to) {
  const bool by_rows = host.col_stride == 1, by_columns = !by_rows && host.row_stride == 1;
  if (!by_rows && !by_columns) return false;
  if (host.rows == 0 || host.cols == 0) return true;
  const auto size = static_cast<std::int64_t>(size_of(host.type));
  select_unrecorded();
  if (by_rows && host.type == NumberType::f32) {
    staging_.upload_lines(to.data, to.stride * size, host.data, host.row_stride * size, host.rows,
                          host.cols * size);
    return true;
  }
  const std::int64_t at_once =
      std::clamp<std::int64_t>(loaded_bytes / (size * host.cols), 1, host.rows);
  for (std::int64_t first = 0; first < host.rows; first += at_once) {
    const HostView part = host.some_rows(first, std::min(at_once, host.rows - first));
    load_part(part, by_rows, to.some_rows(first, part.rows));
  }
  return true;
}

// Raw numbers line after line to the device, where they are converted.
void CudaQueue::load_part(const HostView& host, bool by_rows, MatrixView to) {
  const auto size = static_cast<std::int64_t>(size_of(host.type));
  const Scratch<char> raw(*this, host.rows * host.cols * size);
  const std::int64_t lines = by_rows ? host.rows : host.cols;
  const std::int64_t length = (by_rows ? host.cols : host.rows) * size;
  const std::int64_t step = (by_rows ? host.row_stride : host.col_stride) * size;
  staging_.upload_lines(raw.data(), length, host.data, step, lines, length);
  if (by_rows)
    load_rows(*this, host.type, raw.data(), to);
  else
    load_columns(*this, host.type, raw.data(), to);
}

void CudaQueue::download(void* host, const void* device, std::size_t bytes) {
  select_unrecorded();
  staging_.download(host, device, bytes);
}

void CudaQueue::copy(void* to, const void* from, std::size_t bytes) {
  select();
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_.get()));
}

void CudaQueue::fill(void* device, unsigned char byte, std::size_t bytes) {
  select();
  check(cudaMemsetAsync(device, byte, bytes, stream_.get()));
}

std::unique_ptr<core::Recording> CudaQueue::record(const std::function<void()>& enqueue) {
  select_unrecorded();
  check(cudaStreamBeginCapture(stream_.get(), cudaStreamCaptureModeThreadLocal));
  recording_ = true;
  cudaGraph_t made = nullptr;
  const auto end = [&] {
    recording_ = false;
    return cudaStreamEndCapture(stream_.get(), &made);
  };
  try {
    enqueue();
  } catch (...) {
    ignore(end());
    const Graph dropped(made);
    throw;
  }
  check(end());
  const Graph graph(made);
  cudaGraphExec_t work = nullptr;
  check(cudaGraphInstantiate(&work, graph.get(), 0));
  return std::make_unique<RecordedGraph>(*this, GraphExec(work));
}

void CudaQueue::synchronize() {
  select_unrecorded();
  check(cudaStreamSynchronize(stream_.get()));
}

}  // namespace whiteline::cuda
