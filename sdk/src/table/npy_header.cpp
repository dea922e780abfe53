// The header of a .npy file: a magic, a length, and a Python dictionary as text.
#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <set>

#include "../checkpoint/json_text.hpp"
#include "../checkpoint/tensor_view.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/table/npy.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kLongestHeader = 1 << 20;
constexpr std::size_t kHighestRank = 64;

[[noreturn]] void fail(const std::string& label, const std::string& complaint) {
  throw Error(ErrorCode::data, label + ": " + complaint);
}

/// Reads the dictionary {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }.
class DictionaryText {
 public:
  DictionaryText(std::string_view text, const std::string& label) : text_(text), label_(label) {}

  void read(NpyHeader& header) {
    expect('{');
    std::set<std::string, std::less<>> seen;
    while (!take('}')) {
      const std::string key(quoted());
      expect(':');
      if (!seen.insert(key).second) damaged("names " + in_quotes(key) + " twice");
      if (key == "descr") {
        if (next() == '[') fail(label_, "holds records (several named values per element); save plain arrays");
        header.type = quoted();
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
      } else if (key == "shape") {
        header.shape = tuple();
      } else {
        damaged("has the unknown key " + in_quotes(key));
      }
      if (next() != '}') expect(',');
    }
    next();
    if (at_ != text_.size()) damaged("goes on after the dictionary");
    if (seen.size() != 3) damaged("lacks one of descr, fortran_order and shape");
  }

 private:
  [[noreturn]] void damaged(const std::string& complaint) const {
    fail(label_, "the header of the array " + complaint + "; the file is damaged, download it again");
  }

  /// The next character that is no space, not taken; '\0' at the end.
  char next() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (next() != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) damaged(std::string("is no Python dictionary: '") + wanted + "' is missing");
  }

  std::string_view quoted() {
    const char quote = next();
    if (quote != '\'' && quote != '"') damaged("is no Python dictionary: a text is missing");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) damaged("has a text without end");
    const std::string_view text = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return text;
  }

  bool boolean() {
    next();
    for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}}) {
      if (!text_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      return value;
    }
    damaged("has a fortran_order that is neither True nor False");
  }

  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> sizes;
    expect('(');
    while (!take(')')) {
      next();
      std::int64_t size = 0;
      const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), size);
      if (error != std::errc{} || size < 0) damaged("has a shape that is no list of sizes");
      at_ = static_cast<std::size_t>(end - text_.data());
      take('L');  // Python 2 wrote it
      sizes.push_back(size);
      if (sizes.size() > kHighestRank) damaged("has a shape of more than " + std::to_string(kHighestRank) + " axes");
      if (next() != ')') expect(',');
    }
    return sizes;
  }

  std::string_view text_;
  const std::string& label_;
  std::size_t at_ = 0;
};

std::optional<NpyKind> kind_of(char letter, std::size_t size) {
  const bool power = size == 1 || size == 2 || size == 4 || size == 8;
  switch (letter) {
    case 'b': return size == 1 ? std::optional(NpyKind::boolean) : std::nullopt;
    case 'i': return power ? std::optional(NpyKind::integer) : std::nullopt;
    case 'u': return power ? std::optional(NpyKind::unsigned_integer) : std::nullopt;
    case 'f': return power && size > 1 ? std::optional(NpyKind::real) : std::nullopt;
    case 'S': return size > 0 ? std::optional(NpyKind::bytes) : std::nullopt;
    case 'U': return size > 0 ? std::optional(NpyKind::unicode) : std::nullopt;
    default: return std::nullopt;
  }
}

/// Fills in kind, item_bytes and swapped from a type such as "<f8".
void read_type(NpyHeader& header, const std::string& label) {
  std::string_view text = header.type;
  char order = '=';
  if (!text.empty() && std::string_view("<>|=").find(text[0]) != std::string_view::npos) {
    order = text[0];
    text.remove_prefix(1);
  }
  if (text.starts_with('O')) {
    fail(label, "holds Python objects (a pickle), which could execute code and are not read; save it again as numbers "
                "or texts of one width, e.g. array.astype(float) or array.astype(str)");
  }
  std::uint32_t size = 0;
  const auto [end, error] =
      std::from_chars(text.data() + std::min<std::size_t>(1, text.size()), text.data() + text.size(), size);
  const bool whole = !text.empty() && error == std::errc{} && end == text.data() + text.size() && size < (1u << 28);
  const auto kind = whole ? kind_of(text[0], size) : std::nullopt;
  if (!kind) {
    fail(label, "has elements of type " + in_quotes(header.type) +
                    ", which are not read; supported: bool, integers, floats of 2, 4 and 8 bytes, fixed-width texts");
  }
  header.kind = *kind;
  header.item_bytes = *kind == NpyKind::unicode ? size * std::size_t{4} : size;
  constexpr bool kLittle = std::endian::native == std::endian::little;
  header.swapped = order == (kLittle ? '>' : '<');
}

/// The length of the dictionary and where it begins.
std::pair<std::size_t, std::size_t> locate(std::string_view bytes, const std::string& label) {
  if (!bytes.starts_with(kMagic)) fail(label, "is no array of numpy (.npy); the file is damaged or something else");
  if (bytes.size() < kMagic.size() + 4) fail(label, "the header of the array is cut short");
  const int version = static_cast<unsigned char>(bytes[kMagic.size()]);
  if (version < 1 || version > 3) {
    fail(label, "is an array of format version " + std::to_string(version) + "; versions 1 to 3 are read");
  }
  const std::size_t width = version == 1 ? 2 : 4;
  const std::size_t begin = kMagic.size() + 2 + width;
  if (bytes.size() < begin) fail(label, "the header of the array is cut short");
  std::size_t length = 0;
  for (std::size_t i = width; i-- > 0;) length = length << 8 | static_cast<unsigned char>(bytes[begin - width + i]);
  if (length > kLongestHeader) fail(label, "the header of the array claims " + std::to_string(length) + " bytes");
  if (length > bytes.size() - begin) fail(label, "the header of the array is cut short");
  return {begin, length};
}

}  // namespace

NpyHeader parse_npy_header(std::string_view bytes, const std::string& label) {
  const auto [begin, length] = locate(bytes, label);
  NpyHeader header;
  DictionaryText(bytes.substr(begin, length), label).read(header);
  read_type(header, label);
  header.begin = begin + length;
  const auto total = checked_bytes(header.shape, header.item_bytes);
  if (!total) fail(label, "the header of the array promises more elements than any memory holds");
  header.count = *total / header.item_bytes;
  return header;
}

}  // namespace medvlm::sdk
