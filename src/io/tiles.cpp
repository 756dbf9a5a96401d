#include <whiteline/spectrum_reader.hpp>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace whiteline {

namespace {

// Reads one tile ahead of its caller, in a thread of its own.
class ReadAhead {
 public:
  ReadAhead(const SpectrumReader& reader, std::int64_t first, std::int64_t end,
            std::int64_t tile_pixels)
      : reader_(reader), first_(first), end_(end), tile_pixels_(tile_pixels) {
    thread_ = std::thread([this] { read_tiles(); });
  }
  ~ReadAhead() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // The next tile, which is the caller's until the next call.
  const SpectrumTile& next() {
    std::unique_lock lock(mutex_);
    if (handed_out_ > 0) ++returned_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return finished_ > handed_out_ || failure_; });
    if (finished_ == handed_out_) std::rethrow_exception(failure_);
    return tiles_[handed_out_++ % 2];
  }

 private:
  void read_tiles() {
    try {
      for (std::int64_t pixel = first_; pixel < end_; pixel += tile_pixels_) {
        std::size_t number = 0;
        {
          std::unique_lock lock(mutex_);
          changed_.wait(lock, [this] { return finished_ < returned_ + 2 || stopped_; });
          if (stopped_) return;
          number = finished_;
        }
        reader_.read(pixel, std::min(tile_pixels_, end_ - pixel), tiles_[number % 2]);
        const std::lock_guard lock(mutex_);
        ++finished_;
        changed_.notify_all();
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
      changed_.notify_all();
    }
  }

  const SpectrumReader& reader_;
  const std::int64_t first_, end_, tile_pixels_;
  SpectrumTile tiles_[2];
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t finished_ = 0, handed_out_ = 0, returned_ = 0;  // tiles
  bool stopped_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace

void for_each_tile(const SpectrumReader& reader, std::int64_t first, std::int64_t end,
                   std::int64_t tile_pixels, const std::function<void(const SpectrumTile&)>& work) {
  require(tile_pixels > 0, "cannot read tiles of no pixels (at least 1 is needed) give more");
  require(first >= 0 && end <= reader.description().pixels(),
          "cannot read these spectra (the image ends before) name pixels inside it");
  if (first >= end) return;
  ReadAhead tiles(reader, first, end, tile_pixels);
  for (std::int64_t pixel = first; pixel < end; pixel += tile_pixels) work(tiles.next());
}

}  // namespace whiteline
