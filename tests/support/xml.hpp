// A small reader of XML, strict enough to tell whether a document is well-formed: elements,
// attributes, text and the five entities; no declarations, comments or CDATA.
#pragma once

#include <cctype>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace whiteline::test {

struct XmlElement {
  std::string name, text;  // `text`: of the element itself, entities replaced
  std::map<std::string, std::string> attributes;
  std::vector<XmlElement> children;

  double number(const std::string& attribute) const { return std::stod(attributes.at(attribute)); }
  // This and all elements below of that name, in document order.
  std::vector<const XmlElement*> all(std::string_view wanted) const {
    std::vector<const XmlElement*> found;
    collect(wanted, found);
    return found;
  }
  // The first text element that says this; throws when there is none.
  const XmlElement& saying(std::string_view words) const {
    for (const XmlElement* element : all("text"))
      if (element->text == words) return *element;
    throw std::runtime_error("nothing says " + std::string(words));
  }

 private:
  void collect(std::string_view wanted, std::vector<const XmlElement*>& found) const {
    if (name == wanted) found.push_back(this);
    for (const XmlElement& child : children) child.collect(wanted, found);
  }
};

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : text_(text) {}

  XmlElement document() {
    XmlElement root = element();
    skip_space();
    if (at_ != text_.size()) fail("something after the root element");
    return root;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw std::runtime_error("byte " + std::to_string(at_) + ": " + problem);
  }
  bool next_is(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
  void expect(std::string_view what) {
    if (!next_is(what)) fail("no " + std::string(what));
    at_ += what.size();
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string::npos)
      ++at_;
  }
  std::string name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                  text_[at_] == '-' || text_[at_] == ':'))
      ++at_;
    if (at_ == begin) fail("no name");
    return std::string(text_.substr(begin, at_ - begin));
  }
  // Characters up to `end`, which is not taken.
  std::string characters(char end) {
    std::string out;
    for (; at_ < text_.size() && text_[at_] != end;) {
      const char c = text_[at_];
      if (c == '<' || (static_cast<unsigned char>(c) < 32 && c != '\n' && c != '\t'))
        fail("a character that must be escaped");
      if (c == '&') {
        out += entity();
      } else {
        out += c;
        ++at_;
      }
    }
    return out;
  }
  char entity() {
    for (const auto& [written, meant] : std::map<std::string_view, char>{
             {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}})
      if (next_is(written)) {
        at_ += written.size();
        return meant;
      }
    fail("an unknown entity");
  }
  XmlElement element() {
    XmlElement out;
    expect("<");
    out.name = name();
    for (skip_space(); !next_is("/>") && !next_is(">"); skip_space()) {
      const std::string attribute = name();
      expect("=\"");
      if (!out.attributes.emplace(attribute, characters('"')).second) fail("twice " + attribute);
      expect("\"");
    }
    if (next_is("/>")) {
      at_ += 2;
      return out;
    }
    for (expect(">"); !next_is("</");) {
      if (next_is("<"))
        out.children.push_back(element());
      else if (at_ >= text_.size())
        fail("no end of " + out.name);
      else
        out.text += characters('<');
    }
    expect("</");
    expect(out.name);
    expect(">");
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Throws std::runtime_error, with the place, for what is not well-formed.
inline XmlElement parse_xml(std::string_view text) { return XmlReader(text).document(); }

}  // namespace whiteline::test
