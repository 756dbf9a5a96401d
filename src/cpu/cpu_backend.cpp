#include "cpu/cpu_backend.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>
#include <string>

#include "cpu/block_cache.hpp"
#include "cpu/blocks.hpp"
#include "cpu/isa.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::size_t kept_memory = 256 << 20;  // that was given back, at most

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      if (const auto colon = line.find(": "); colon != std::string::npos)
        return line.substr(colon + 2);
  return "CPU";
}

// Free memory of the machine, pages of files included.
std::uint64_t available_memory() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  for (std::uint64_t kib = 0; file >> key >> kib; file.ignore(64, '\n'))
    if (key == "MemAvailable:") return kib * 1024;
  return std::uint64_t(sysconf(_SC_AVPHYS_PAGES)) * std::uint64_t(sysconf(_SC_PAGESIZE));
}

class CpuQueue final : public core::Queue {
 public:
  explicit CpuQueue(const ContextOptions& options) : options_(options), pool_(options.threads) {
    info_ = {"cpu", true,
             fmt::format("{}, {} thread{}, {}", processor(), pool_.threads(),
                         pool_.threads() == 1 ? "" : "s", name(isa())),
             "", available_memory()};
    ops_.blas = make_blas(pool_);
    ops_.reduce = make_reduce(pool_);
    ops_.preprocess = make_preprocess(pool_);
    ops_.kernel_matrix = make_kernel_matrix(pool_);
    ops_.neighbors = make_neighbors(pool_);
    ops_.layout = make_layout(pool_);
    ops_.smo = make_smo(pool_);
    ops_.svm_predict = make_svm_predict(pool_);
    ops_.network = make_network(pool_);
  }

  const DeviceInfo& device() const override { return info_; }
  const core::Ops& ops() const override { return ops_; }
  std::shared_ptr<core::Queue> fork() const override {
    return std::make_shared<CpuQueue>(options_);
  }
  int threads() const override { return pool_.threads(); }
  std::uint64_t memory_limit() const override {
    return options_.memory_limit ? options_.memory_limit : available_memory() / 2;
  }

  void* allocate(std::size_t bytes) override {
    const std::size_t size = block_size(bytes);
    if (is_large(size))
      if (void* const kept = cache_.take(size)) return kept;
    void* address = take_block(size);
    if (!address) {
      cache_.clear();
      address = take_block(size);
    }
    if (!address)
      throw OutOfMemory(
          fmt::format("cannot take {:.1f} MiB of memory (the system refuses) lower "
                      "--memory or close other programs",
                      double(bytes) / 1048576.0));
    return address;
  }
  void release(void* address, std::size_t bytes) noexcept override {
    const std::size_t size = block_size(bytes);
    if (is_large(size))
      cache_.keep(address, size);
    else
      std::free(address);
  }
  void upload(void* device, const void* host, std::size_t bytes) override {
    std::memcpy(device, host, bytes);
  }
  void download(void* host, const void* device, std::size_t bytes) override {
    std::memcpy(host, device, bytes);
  }
  void copy(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }
  void fill(void* device, unsigned char byte, std::size_t bytes) override {
    std::memset(device, byte, bytes);
  }
  void synchronize() override {}

 private:
  ContextOptions options_;
  BlockCache cache_{kept_memory};
  core::ThreadPool pool_;
  DeviceInfo info_;
  core::Ops ops_;
};

class CpuBackend final : public core::Backend {
 public:
  std::string_view name() const override { return "cpu"; }
  std::vector<DeviceInfo> devices() const override {
    const int threads = core::default_threads();
    return {{"cpu", true,
             fmt::format("{}, {} thread{}, {}", processor(), threads, threads == 1 ? "" : "s",
                         cpu::name(isa())),
             "", available_memory()}};
  }
  std::shared_ptr<core::Queue> make_queue(int number,
                                          const ContextOptions& options) const override {
    if (number != 0)
      throw DeviceUnavailable(
          fmt::format("cannot use cpu:{} (there is one CPU device) write cpu", number));
    return std::make_shared<CpuQueue>(options);
  }
};

}  // namespace

core::Backend& backend() {
  static CpuBackend instance;
  return instance;
}

}  // namespace whiteline::cpu
