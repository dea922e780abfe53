#include "medvlm/analysis/rounds_file.hpp"

#include <algorithm>
#include <cstring>

#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"

namespace medvlm::analysis {
namespace {

[[noreturn]] void refuse_rounds(const std::filesystem::path& file, const std::string& what) {
  throw Error(ErrorCode::data, "'" + file.string() + "' " + what + "; make it anew with medvlm run --rescore");
}

nlohmann::json header_of(const RoundsFile& rounds, const std::string& numbers) {
  nlohmann::json values = nlohmann::json::array();
  for (const ValueRounds& value : rounds.values) values.push_back({{"metric", value.metric}, {"name", value.name}});
  return {{"rounds_file", 1},
          {"samples_sha256", rounds.key.samples_sha256},
          {"samples", rounds.key.samples},
          {"rounds", rounds.key.rounds},
          {"seed", rounds.key.seed},
          {"unit", rounds.key.unit},
          {"values", values},
          {"crc32", crc32(numbers)}};
}

RoundsFile from_header(const nlohmann::json& header) {
  RoundsFile rounds;
  rounds.key = {header.at("samples_sha256"), header.at("samples"), header.at("rounds"), header.at("seed"), header.at("unit")};
  for (const auto& value : header.at("values")) rounds.values.push_back({value.at("metric"), value.at("name"), {}});
  return rounds;
}

}  // namespace

const ValueRounds* RoundsFile::find(const std::string& metric, const std::string& name) const {
  const auto found = std::find_if(values.begin(), values.end(), [&](const ValueRounds& value) {
    return value.name == name && (metric.empty() || value.metric == metric);
  });
  return found == values.end() ? nullptr : &*found;
}

std::string rounds_text(const RoundsFile& rounds) {
  std::string numbers;
  for (const ValueRounds& value : rounds.values) {
    if (value.rounds.size() != rounds.key.rounds) {
      throw Error(ErrorCode::internal, value.metric + " has " + std::to_string(value.rounds.size()) + " of " +
                                           std::to_string(rounds.key.rounds) + " rounds");
    }
    numbers.append(reinterpret_cast<const char*>(value.rounds.data()), value.rounds.size() * sizeof(double));
  }
  return header_of(rounds, numbers).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n" + numbers;
}

RoundsFile read_rounds(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  const std::size_t end = text.find('\n');
  const auto header = nlohmann::json::parse(text.substr(0, end), nullptr, false);
  if (end == text.npos || !header.is_object() || header.value("rounds_file", 0) != 1) {
    refuse_rounds(file, "is no file of bootstrap rounds");
  }
  try {
    RoundsFile rounds = from_header(header);
    const std::string_view numbers = std::string_view(text).substr(end + 1);
    const std::size_t bytes = rounds.key.rounds * sizeof(double);
    if (numbers.size() / sizeof(double) / std::max<std::size_t>(1, rounds.values.size()) != rounds.key.rounds ||
        numbers.size() != bytes * rounds.values.size() || crc32(numbers) != header.at("crc32")) {
      refuse_rounds(file, "is cut short or damaged");
    }
    for (std::size_t i = 0; i < rounds.values.size(); ++i) {
      rounds.values[i].rounds.resize(rounds.key.rounds);
      std::memcpy(rounds.values[i].rounds.data(), numbers.data() + i * bytes, bytes);
    }
    return rounds;
  } catch (const nlohmann::json::exception& error) {
    refuse_rounds(file, std::string("has a damaged header: ") + error.what());
  }
}

}  // namespace medvlm::analysis
