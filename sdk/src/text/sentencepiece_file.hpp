// A SentencePiece model file: the pieces and how text is normalised before it is split into them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace medvlm::sdk {

/// What the fields of the protobuf message ModelProto say, with the format's own defaults (sentencepiece_model.proto).
struct SentencePieceFile {
  enum class ModelType { unigram = 1, bpe = 2, word = 3, character = 4 };
  enum class PieceType { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };
  struct Piece {
    std::string text;
    float score = 0;
    PieceType type = PieceType::normal;
  };

  std::vector<Piece> pieces;
  ModelType model = ModelType::unigram;
  bool byte_fallback = false;
  bool whitespace_as_suffix = false;
  std::string unknown_surface = " \xe2\x81\x87 ";  ///< how the unknown piece is written in decoded text
  std::string charsmap;
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;
  std::string denormalizer_charsmap;
};

/// Throws Error(checkpoint) that names the file and the byte where it is damaged.
SentencePieceFile read_sentencepiece_file(const std::filesystem::path& file);

}  // namespace medvlm::sdk
