#include "io/npy_header.hpp"

#include <charconv>
#include <optional>

namespace whiteline::io {

namespace {

constexpr std::size_t numpy_max_dimensions = 32;

class DictionaryReader {
 public:
  explicit DictionaryReader(Cursor text) : file_(text), first_(text.offset()) {
    text_ = file_.take_text(file_.left(), "the header");
  }

  NpyHeader read() {
    expect('{');
    while (!accept('}')) {
      read_entry();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (at_ != text_.size()) fail("text follows the header's dictionary");
    if (!descr_ || !fortran_order_ || !shape_)
      fail("the header lacks descr, fortran_order or shape");
    return {*descr_, *fortran_order_, *shape_};
  }

 private:
  [[noreturn]] void fail(std::string_view problem) const { file_.fail_at(first_ + at_, problem); }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'))
      ++at_;
  }
  bool accept(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(fmt::format("the header lacks `{}` here", c));
  }
  bool accept(std::string_view word) {
    skip_space();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  std::string quoted() {
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') fail("the header lacks a quoted text here");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) fail("a quoted text in the header does not end");
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    if (inside.find('\\') != std::string_view::npos) fail("a text in the header has a backslash");
    at_ = end + 1;
    return std::string(inside);
  }

  template <class T>
  void set(std::optional<T>& field, T value, std::string_view name) {
    if (field) fail(fmt::format("`{}` occurs twice in the header", name));
    field = std::move(value);
  }

  void read_entry() {
    const std::string key = quoted();
    expect(':');
    if (key == "descr") {
      skip_space();
      if (at_ < text_.size() && text_[at_] == '[')
        throw Unsupported(
            fmt::format("cannot read {} (its array is of structures, not numbers) "
                        "save each field as an array of its own",
                        file_.path()));
      set(descr_, quoted(), key);
    } else if (key == "fortran_order") {
      const bool yes = accept(std::string_view("True"));
      if (!yes && !accept(std::string_view("False"))) fail("fortran_order is no truth value");
      set(fortran_order_, yes, key);
    } else if (key == "shape") {
      set(shape_, read_shape(), key);
    } else {
      fail(fmt::format("field `{}` of the header is not known", key));
    }
  }

  std::vector<std::uint64_t> read_shape() {
    std::vector<std::uint64_t> shape;
    expect('(');
    while (!accept(')')) {
      skip_space();
      std::uint64_t extent = 0;
      const auto end = std::from_chars(text_.data() + at_, text_.data() + text_.size(), extent);
      if (end.ec != std::errc()) fail("shape has something that is no whole number");
      at_ = std::size_t(end.ptr - text_.data());
      accept('L');  // Python 2
      if (shape.size() == numpy_max_dimensions) fail("shape has too many dimensions");
      shape.push_back(extent);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }

  Cursor file_;
  std::uint64_t first_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<std::string> descr_;
  std::optional<bool> fortran_order_;
  std::optional<std::vector<std::uint64_t>> shape_;
};

}  // namespace

NpyHeader parse_npy_header(Cursor text) { return DictionaryReader(text).read(); }

}  // namespace whiteline::io
