#include <whiteline/signal.hpp>
#include <whiteline/spectrum_reader.hpp>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace whiteline {

namespace {

// Where the tile that begins at this pixel ends.
std::int64_t tile_end(const TileRun& run, std::int64_t pixel) {
  return pixel + std::min(run.tile_pixels - pixel % run.tile_pixels, run.end - pixel);
}

// Reads one tile ahead of its caller, in a thread of its own, which waits for files more than it
// computes: the pool of core/parallel.hpp is left to the caller.
class ReadAhead {
 public:
  ReadAhead(const SpectrumReader& reader, const TileRun& run) : reader_(reader), run_(run) {
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
      for (std::int64_t pixel = run_.first; pixel < run_.end; pixel = tile_end(run_, pixel)) {
        std::size_t number = 0;
        {
          std::unique_lock lock(mutex_);
          changed_.wait(lock, [this] { return finished_ < returned_ + 2 || stopped_; });
          if (stopped_) return;
          number = finished_;
        }
        read_tile(pixel, tiles_[number % 2]);
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

  void read_tile(std::int64_t pixel, SpectrumTile& tile) const {
    reader_.read(pixel, tile_end(run_, pixel) - pixel, tile);
    if (!run_.sums) return;
    tile.sums.resize(std::size_t(tile.spectra.rows));
    sums_of_counts(tile.spectra, pixel, tile.sums);
  }

  const SpectrumReader& reader_;
  const TileRun run_;
  SpectrumTile tiles_[2];
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t finished_ = 0, handed_out_ = 0, returned_ = 0;  // tiles
  bool stopped_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace

void for_each_tile(const SpectrumReader& reader, const TileRun& run,
                   const std::function<void(const SpectrumTile&)>& work) {
  require(run.tile_pixels > 0, "cannot read tiles of no pixels (at least 1 is needed) give more");
  require(run.first >= 0 && run.end <= reader.description().pixels(),
          "cannot read these spectra (the image ends before) name pixels inside it");
  if (run.first >= run.end) return;
  ReadAhead tiles(reader, run);
  for (std::int64_t pixel = run.first; pixel < run.end; pixel = tile_end(run, pixel))
    work(tiles.next());
}

}  // namespace whiteline
