#include "io/input_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <whiteline/io.hpp>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "io/utf8.hpp"

namespace whiteline {

namespace {
constexpr std::string_view member_mark = "::";
}

std::filesystem::path file_of(const std::filesystem::path& name) {
  const std::string text = name.string();
  const std::size_t mark = text.find(member_mark);
  std::error_code ignored;
  if (mark == std::string::npos || std::filesystem::exists(name, ignored)) return name;
  return text.substr(0, mark);
}

namespace io {

namespace {

constexpr std::uint64_t head_size = 4096;
constexpr std::uint64_t read_at_once = 1 << 24;  // bytes between two reports

[[noreturn]] void refuse(std::string_view path, std::string_view why, std::string_view what) {
  throw ReadError(fmt::format("cannot read {} ({}) {}", path, why, what));
}

// Address space for a whole file, of which blocks are read when they are asked for.
class Blocks : public ByteSource {
 public:
  explicit Blocks(const InputFile& file) : file_(file), loaded_(file.size() / block + 1) {
    void* mapped = mmap(nullptr, file.size(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED)
      throw OutOfMemory(fmt::format(
          "cannot read {} (there is no address space for it) close other programs", file.path()));
    bytes_ = {static_cast<std::byte*>(mapped), std::size_t(file.size())};
  }
  ~Blocks() override { munmap(bytes_.data(), bytes_.size()); }
  Blocks(const Blocks&) = delete;
  Blocks& operator=(const Blocks&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

  void load(std::uint64_t offset, std::uint64_t count) override {
    if (count == 0) return;
    for (std::uint64_t i = offset / block; i <= (offset + count - 1) / block; ++i) {
      if (loaded_[i]) continue;
      const std::uint64_t begin = i * block, size = std::min(block, file_.size() - begin);
      file_.read(begin, bytes_.subspan(begin, size));
      loaded_[i] = true;
    }
  }

 private:
  static constexpr std::uint64_t block = 1 << 16;
  const InputFile& file_;
  std::span<std::byte> bytes_;
  std::vector<bool> loaded_;
};

}  // namespace

InputFile::InputFile(const std::filesystem::path& name, Progress progress, Loading loading)
    : path_(name.string()), file_path_(file_of(name).string()), progress_(std::move(progress)) {
  const std::filesystem::path path = file_path_;
  if (path_.size() > file_path_.size())
    member_ = path_.substr(file_path_.size() + member_mark.size());
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR)
      refuse(path_, "there is no such file", "check the name");
    refuse(path_, std::system_category().message(errno), "check name and rights");
  }
  if (S_ISDIR(info.st_mode)) refuse(path_, "it is a folder", "name a file");
  if (!S_ISREG(info.st_mode)) refuse(path_, "it is no regular file", "copy it to a file first");
  descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) refuse(path_, std::system_category().message(errno), "check its rights");
  size_ = std::uint64_t(info.st_size);
  if (size_ == 0) {
    close(descriptor_);
    descriptor_ = -1;
    refuse(path_, "the file is empty", "copy or export it again");
  }
  if (loading == Loading::whole) return;
  try {
    auto blocks = std::make_unique<Blocks>(*this);
    loaded_ = blocks->bytes();
    source_ = std::move(blocks);
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

InputFile::InputFile(std::string path, std::span<const std::byte> bytes)
    : path_(std::move(path)), file_path_(path_), size_(bytes.size()), loaded_(bytes) {}

InputFile::~InputFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::string InputFile::suffix() const {
  std::string text = std::filesystem::path(file_path_).extension().string();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return text;
}

std::string InputFile::stem() const {
  return to_utf8(std::filesystem::path(file_path_).stem().string());
}

void InputFile::read(std::uint64_t offset, std::span<std::byte> to) const {
  if (descriptor_ < 0) {
    const auto part = loaded_.subspan(std::size_t(offset), to.size());
    std::copy(part.begin(), part.end(), to.begin());
    return;
  }
  std::uint64_t done = 0;
  while (done < to.size()) {
    const ssize_t got =
        pread(descriptor_, to.data() + done, to.size() - std::size_t(done), off_t(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse(path_, std::system_category().message(errno), "check the disk");
    if (got == 0)
      throw FormatError(path_, offset + done, "the file became shorter while it was read");
    done += std::uint64_t(got);
  }
}

void InputFile::load(std::uint64_t count) {
  if (source_) return source_->load(0, count);
  if (loaded_.size() >= count || descriptor_ < 0) return;
  auto bytes = std::make_unique_for_overwrite<std::byte[]>(std::size_t(count));
  for (std::uint64_t done = 0; done < count; done += std::min(count - done, read_at_once)) {
    report(done);
    read(done, {bytes.get() + done, std::size_t(std::min(count - done, read_at_once))});
  }
  owned_ = std::move(bytes);
  loaded_ = {owned_.get(), std::size_t(count)};
}

std::span<const std::byte> InputFile::head() {
  load(std::min(size_, head_size));
  return loaded_.first(std::size_t(std::min(size_, head_size)));
}

std::span<const std::byte> InputFile::bytes() {
  if (!source_) load(size_);
  return loaded_;
}

}  // namespace io

}  // namespace whiteline
