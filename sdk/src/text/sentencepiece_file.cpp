// Reads the protobuf message of a SentencePiece model file. Wire format: protobuf.dev/programming-guides/encoding.
#include "sentencepiece_file.hpp"

#include <bit>
#include <cstring>

#include "../checkpoint/json_text.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {
namespace {

/// One field of a message.
struct Field {
  std::uint32_t number = 0;
  std::uint32_t wire = 0;
  std::uint64_t value = 0;  ///< of a varint or fixed field
  std::string_view bytes;   ///< of a length-delimited field
};

class Message {
 public:
  Message(std::string_view bytes, std::size_t place, const std::string& file) : bytes_(bytes), place_(place), file_(file) {}

  bool next(Field& field) {
    if (at_ >= bytes_.size()) return false;
    const std::uint64_t key = varint();
    field.number = static_cast<std::uint32_t>(key >> 3);
    field.wire = static_cast<std::uint32_t>(key & 7);
    if (key >> 3 == 0 || key >> 32 != 0) fail("it has a field without a number");
    switch (field.wire) {
      case 0: field.value = varint(); break;
      case 1: field.value = fixed(8); break;
      case 2: field.bytes = take(varint()); break;
      case 5: field.value = fixed(4); break;
      default: fail("wire type " + std::to_string(field.wire) + " is unknown");
    }
    return true;
  }

  Message inside(const Field& field) const {
    expect(field, 2);
    return {field.bytes, static_cast<std::size_t>(field.bytes.data() - bytes_.data()) + place_, file_};
  }
  std::string text(const Field& field) const {
    expect(field, 2);
    return std::string(field.bytes);
  }
  bool flag(const Field& field) const { return integer(field) != 0; }
  std::uint64_t integer(const Field& field) const {
    expect(field, 0);
    return field.value;
  }
  float number(const Field& field) const {
    expect(field, 5);
    return std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
  }
  [[noreturn]] void fail(const std::string& complaint) const {
    throw Error(ErrorCode::checkpoint, "'" + file_ + "' is no SentencePiece model, or it is damaged: byte " +
                                           std::to_string(place_ + at_) + ": " + complaint + "; fetch the file again");
  }

 private:
  void expect(const Field& field, std::uint32_t wire) const {
    if (field.wire != wire) fail("field " + std::to_string(field.number) + " has another type than the format's");
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ >= bytes_.size()) fail("it ends within a number");
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    fail("a number is longer than 64 bits");
  }
  std::uint64_t fixed(std::size_t width) {
    const std::string_view taken = take(width);
    std::uint64_t value = 0;
    for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(taken[i]);
    return value;
  }
  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size() - at_) fail("it ends within a field of " + std::to_string(count) + " bytes");
    const std::string_view taken = bytes_.substr(at_, static_cast<std::size_t>(count));
    at_ += static_cast<std::size_t>(count);
    return taken;
  }

  std::string_view bytes_;
  std::size_t place_;
  const std::string& file_;
  std::size_t at_ = 0;
};

SentencePieceFile::Piece read_piece(Message message) {
  SentencePieceFile::Piece piece;
  for (Field field; message.next(field);) {
    if (field.number == 1) piece.text = message.text(field);
    if (field.number == 2) piece.score = message.number(field);
    if (field.number != 3) continue;
    const std::uint64_t type = message.integer(field);
    if (type < 1 || type > 6) message.fail("a piece has the unknown type " + std::to_string(type));
    piece.type = static_cast<SentencePieceFile::PieceType>(type);
  }
  if (invalid_utf8_at(piece.text)) message.fail("a piece is not valid UTF-8");
  return piece;
}

void read_trainer(Message message, SentencePieceFile& model) {
  for (Field field; message.next(field);) {
    if (field.number == 3) {
      const std::uint64_t type = message.integer(field);
      if (type < 1 || type > 4) message.fail("the model type " + std::to_string(type) + " is unknown");
      model.model = static_cast<SentencePieceFile::ModelType>(type);
    }
    if (field.number == 24) model.whitespace_as_suffix = message.flag(field);
    if (field.number == 35) model.byte_fallback = message.flag(field);
    if (field.number == 44) model.unknown_surface = message.text(field);
  }
}

void read_normalizer(Message message, SentencePieceFile& model) {
  for (Field field; message.next(field);) {
    if (field.number == 2) model.charsmap = message.text(field);
    if (field.number == 3) model.add_dummy_prefix = message.flag(field);
    if (field.number == 4) model.remove_extra_whitespaces = message.flag(field);
    if (field.number == 5) model.escape_whitespaces = message.flag(field);
  }
}

void read_denormalizer(Message message, SentencePieceFile& model) {
  for (Field field; message.next(field);) {
    if (field.number == 2) model.denormalizer_charsmap = message.text(field);
  }
}

}  // namespace

SentencePieceFile read_sentencepiece_file(const std::filesystem::path& file) {
  const std::string bytes = read_file(file);
  const std::string name = file.string();
  SentencePieceFile model;
  Message message(bytes, 0, name);
  for (Field field; message.next(field);) {
    if (field.number == 1) model.pieces.push_back(read_piece(message.inside(field)));
    if (field.number == 2) read_trainer(message.inside(field), model);
    if (field.number == 3) read_normalizer(message.inside(field), model);
    if (field.number == 5) read_denormalizer(message.inside(field), model);
  }
  if (model.pieces.empty()) message.fail("it has no pieces");
  return model;
}

}  // namespace medvlm::sdk
