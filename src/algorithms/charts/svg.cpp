#include "algorithms/charts/svg.hpp"

#include <fmt/format.h>

#include <cmath>

namespace whiteline::charts {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

// Length of the well-formed UTF-8 character at `at` that XML may hold; 0: there is none.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first >= 0x20 || first == '\t' || first == '\n' ? 1 : 0;
  const std::size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length == 0 || first > 0xf4 || at + length > text.size()) return 0;
  char32_t code = first & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3fu);
  }
  const bool shortest = length == 2 || (length == 3 && code >= 0x800) || code >= 0x10000;
  const bool allowed = (code < 0xd800 || code > 0xdfff) && code != 0xfffe && code != 0xffff;
  return shortest && allowed && code <= 0x10ffff ? length : 0;
}

std::string path_of(const std::vector<Point>& points) {
  std::string path;
  for (const Point& p : points)
    path += (path.empty() ? "M" : "L") + number(p.x) + " " + number(p.y);
  return path;
}

std::string stroke_of(const Stroke& stroke) {
  std::string text = fmt::format(R"(fill="none" stroke="{}" stroke-width="{}")", hex(stroke.colour),
                                 number(stroke.width));
  if (!stroke.dashes.empty()) text += fmt::format(R"( stroke-dasharray="{}")", stroke.dashes);
  return text;
}

}  // namespace

std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    const char c = text[at];
    if (length == 0)
      out += replacement;
    else if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += text.substr(at, length);
    at += length ? length : 1;
  }
  return out;
}

std::string hex(Colour colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
}

double text_width(std::string_view text, double size) {
  double widths = 0.0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0) == 0x80) continue;  // inside a character
    const bool narrow = std::string_view("iljIft.,:;'|!()[] ").find(c) != std::string_view::npos;
    const bool wide = (c >= 'A' && c <= 'Z') || c == 'm' || c == 'w' || c == '%' || c == '@';
    widths += narrow ? 0.36 : wide ? 0.76 : 0.62;
  }
  return widths * size;
}

void Svg::rectangle(const Box& box, Colour fill) {
  body_ += fmt::format(
      "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\" "
      "shape-rendering=\"crispEdges\"/>\n",
      number(box.x), number(box.y), number(box.width), number(box.height), hex(fill));
}

void Svg::outline(const Box& box, const Stroke& stroke) {
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>\n", number(box.x),
                       number(box.y), number(box.width), number(box.height), stroke_of(stroke));
}

void Svg::line(Point a, Point b, const Stroke& stroke) { polyline({a, b}, stroke); }

void Svg::polyline(const std::vector<Point>& points, const Stroke& stroke) {
  if (points.size() < 2) return;
  body_ += fmt::format("<path d=\"{}\" {} stroke-linejoin=\"round\"/>\n", path_of(points),
                       stroke_of(stroke));
}

void Svg::polygon(const std::vector<Point>& points, Colour fill, double opacity) {
  if (points.size() < 3) return;
  body_ += fmt::format("<path d=\"{}Z\" fill=\"{}\" fill-opacity=\"{}\"/>\n", path_of(points),
                       hex(fill), number(opacity));
}

void Svg::discs(const std::vector<Point>& points, double diameter, Colour colour, double opacity) {
  if (points.empty()) return;
  std::string path;
  for (const Point& p : points) path += "M" + number(p.x) + " " + number(p.y) + "h0";
  body_ += fmt::format(
      "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-opacity=\"{}\" stroke-width=\"{}\" "
      "stroke-linecap=\"round\"/>\n",
      path, hex(colour), number(opacity), number(diameter));
}

void Svg::text(Point where, std::string_view text, const TextStyle& style) {
  if (text.empty()) return;
  constexpr std::string_view anchors[] = {"start", "middle", "end"};
  body_ += fmt::format(R"(<text x="{}" y="{}" text-anchor="{}" font-size="{}" fill="{}")",
                       number(where.x), number(where.y), anchors[int(style.anchor)],
                       number(style.size), hex(style.colour));
  if (style.bold) body_ += R"( font-weight="bold")";
  if (style.upwards)
    body_ += fmt::format(" transform=\"rotate(-90 {} {})\"", number(where.x), number(where.y));
  body_ += ">" + escaped(text) + "</text>\n";
}

// Named after the box: pictures inside one page do not disturb each other.
void Svg::begin_clip(const Box& box) {
  const std::string x = number(box.x), y = number(box.y);
  const std::string width = number(box.width), height = number(box.height);
  body_ += fmt::format(
      "<clipPath id=\"clip_{0}_{1}_{2}_{3}\"><rect x=\"{0}\" y=\"{1}\" width=\"{2}\" "
      "height=\"{3}\"/></clipPath>\n<g clip-path=\"url(#clip_{0}_{1}_{2}_{3})\">\n",
      x, y, width, height);
}

void Svg::end_clip() { body_ += "</g>\n"; }

void Svg::begin_shift(Point by) {
  body_ += fmt::format("<g transform=\"translate({} {})\">\n", number(by.x), number(by.y));
}

void Svg::end_shift() { body_ += "</g>\n"; }

std::string Svg::document(double width, double height, std::string_view title) && {
  const std::string w = number(std::ceil(width)), h = number(std::ceil(height));
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
             "viewBox=\"0 0 {0} {1}\" font-family=\"DejaVu Sans, Verdana, Helvetica, Arial, "
             "sans-serif\" role=\"img\">\n<title>{2}</title>\n"
             "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
             w, h, escaped(title)) +
         body_ + "</svg>\n";
}

}  // namespace whiteline::charts
