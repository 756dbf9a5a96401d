#include <fmt/format.h>
#include <png.h>
#include <whiteline/maps.hpp>

#include <csetjmp>
#include <cstddef>
#include <string_view>

#include "io/atomic_file.hpp"

namespace whiteline {

namespace {

constexpr std::int64_t longest_side = 1000000;  // what libpng takes
constexpr std::size_t longest_keyword = 79;     // PNG specification, 11.3.4

// What libpng calls back with; its errors end in a jump to encode().
struct Sink {
  std::vector<std::byte> bytes;
  std::string problem;
};

Sink& sink_of(png_structp png) { return *static_cast<Sink*>(png_get_io_ptr(png)); }

void write_bytes(png_structp png, png_bytep data, std::size_t size) {
  bool written = true;
  try {
    const auto* first = reinterpret_cast<const std::byte*>(data);
    sink_of(png).bytes.insert(sink_of(png).bytes.end(), first, first + size);
  } catch (const std::bad_alloc&) {
    written = false;
  }
  if (!written) png_error(png, "out of memory");
}

void flush_bytes(png_structp) {}

[[noreturn]] void fail(png_structp png, png_const_charp problem) {
  static_cast<Sink*>(png_get_error_ptr(png))->problem = problem;
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

// Nothing here needs a destructor: an error of libpng jumps out of the calls.
bool encode(png_structp png, png_infop info, const Picture& picture, png_bytepp rows,
            png_textp texts, int text_count) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_IHDR(png, info, static_cast<png_uint_32>(picture.width),
               static_cast<png_uint_32>(picture.height), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  if (text_count > 0) png_set_text(png, info, texts, text_count);
  png_write_info(png, info);
  png_write_image(png, rows);
  png_write_end(png, info);
  return true;
}

struct Encoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  explicit Encoder(Sink& sink)
      : png(png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink, fail, ignore_warning)) {
    if (png) info = png_create_info_struct(png);
    if (png) png_set_write_fn(png, &sink, write_bytes, flush_bytes);
  }
  ~Encoder() { png_destroy_write_struct(&png, &info); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
};

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) > 0; });
}

void check_keyword(std::string_view keyword) {
  bool good = !keyword.empty() && keyword.size() <= longest_keyword && keyword.front() != ' ' &&
              keyword.back() != ' ' && keyword.find("  ") == std::string_view::npos;
  for (const char c : keyword) good = good && c >= ' ' && c <= '~';
  if (!good)
    throw InvalidArgument(fmt::format(
        "`{}` cannot name a text in a PNG (1 to 79 ASCII characters, single spaces) shorten it",
        keyword));
}

std::vector<png_text> png_texts(const std::map<std::string, std::string>& text) {
  std::vector<png_text> all;
  for (const auto& [keyword, value] : text) {
    check_keyword(keyword);
    if (value.find('\0') != std::string::npos)
      throw InvalidArgument(fmt::format(
          "text `{}` cannot go into a PNG (it holds a zero byte) leave it out", keyword));
    png_text one{};
    const bool ascii = is_ascii(value);
    one.compression = ascii ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
    one.key = const_cast<char*>(keyword.c_str());  // libpng copies, but asks for char*
    one.text = const_cast<char*>(value.c_str());
    (ascii ? one.text_length : one.itxt_length) = value.size();
    all.push_back(one);
  }
  return all;
}

}  // namespace

void write_png(const std::filesystem::path& path, const Picture& picture,
               const std::map<std::string, std::string>& text, Overwrite overwrite) {
  if (picture.width < 1 || picture.height < 1 || picture.width > longest_side ||
      picture.height > longest_side ||
      std::int64_t(picture.pixels.size()) != picture.width * picture.height)
    throw InvalidArgument(
        fmt::format("cannot write a picture of {} x {} pixels that holds {} colours (one a pixel, "
                    "sides from 1 to {}) correct its size",
                    picture.width, picture.height, picture.pixels.size(), longest_side));
  std::vector<png_text> texts = png_texts(text);
  static_assert(sizeof(Colour) == 3);
  std::vector<png_bytep> rows;
  for (std::int64_t y = 0; y < picture.height; ++y)  // libpng only reads, but asks for bytes
    rows.push_back(const_cast<png_bytep>(
        reinterpret_cast<const png_byte*>(picture.pixels.data() + y * picture.width)));
  Sink sink;
  {
    Encoder encoder(sink);
    if (!encoder.info) throw OutOfMemory("cannot encode a PNG (no memory) close other programs");
    if (!encode(encoder.png, encoder.info, picture, rows.data(), texts.data(),
                static_cast<int>(texts.size())))
      throw Error(
          fmt::format("cannot write {} ({}) draw a smaller picture", path.string(), sink.problem));
  }
  io::write_file(path, sink.bytes, overwrite);
}

}  // namespace whiteline
