// Reads preprocessor_config.json.
#include <limits>

#include <nlohmann/json.hpp>

#include "medvlm/sdk/image/processor.hpp"

namespace medvlm::sdk {
namespace {

using Json = nlohmann::json;

/// Keyed access with complaints that name file and key. A null counts as missing.
class Reader {
 public:
  Reader(const Json& json, const std::string& file) : json_(json), file_(file) {}

  [[noreturn]] void fail(const std::string& key, const std::string& expected, const Json& found) const {
    throw Error(ErrorCode::checkpoint,
                file_ + ": key '" + key + "': " + expected + " is expected, found " +
                    found.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 80));
  }

  const Json* find(const std::string& key) const {
    const auto it = json_.find(key);
    return it == json_.end() || it->is_null() ? nullptr : &*it;
  }

  bool flag(const std::string& key, bool otherwise) const {
    const Json* value = find(key);
    if (!value) return otherwise;
    if (!value->is_boolean()) fail(key, "true or false", *value);
    return value->get<bool>();
  }

  int positive(const std::string& key, const Json& value) const {
    if (value.is_number_integer() || value.is_number_unsigned()) {
      const auto number = value.get<std::int64_t>();
      if (number >= 1 && number <= std::numeric_limits<int>::max()) return static_cast<int>(number);
    }
    fail(key, "a positive whole number", value);
  }

  /// {"height": h, "width": w}
  ImageSize sides(const std::string& key, const Json& value) const {
    if (!value.contains("height") || !value.contains("width")) fail(key, "an object with height and width", value);
    return {positive(key + ".width", value["width"]), positive(key + ".height", value["height"])};
  }

  /// Three numbers, or one for all channels.
  void channels(const std::string& key, std::array<double, 3>& out) const {
    const Json* value = find(key);
    if (!value) return;
    if (value->is_number()) return out.fill(value->get<double>());
    if (!value->is_array() || value->size() != 3) fail(key, "a list of three numbers", *value);
    for (std::size_t c = 0; c < 3; ++c) {
      if (!(*value)[c].is_number()) fail(key, "a list of three numbers", *value);
      out[c] = (*value)[c].get<double>();
    }
  }

 private:
  const Json& json_;
  const std::string& file_;
};

ProcessorConfig::Target read_size(const Reader& reader) {
  const Json* value = reader.find("size");
  if (!value) return *ProcessorConfig{}.resize;
  if (!value->is_object()) {
    const int size = reader.positive("size", *value);
    if (reader.flag("default_to_square", false)) return {0, {size, size}};
    return {size, {}};
  }
  if (value->contains("longest_edge") || value->contains("max_pixels")) {
    reader.fail("size", "a number, shortest_edge alone, or height and width", *value);
  }
  if (value->contains("shortest_edge")) return {reader.positive("size.shortest_edge", (*value)["shortest_edge"]), {}};
  return {0, reader.sides("size", *value)};
}

ImageSize read_crop(const Reader& reader) {
  const Json* value = reader.find("crop_size");
  if (!value) return *ProcessorConfig{}.crop;
  if (value->is_object()) return reader.sides("crop_size", *value);
  const int side = reader.positive("crop_size", *value);
  return {side, side};
}

Filter read_filter(const Reader& reader) {
  const Json* value = reader.find("resample");
  if (!value) return ProcessorConfig{}.filter;
  if (!value->is_number_integer() || *value < 0 || *value > 5) reader.fail("resample", "Pillow's code, 0 to 5", *value);
  return filter_from_pillow(value->get<std::int64_t>());
}

Json parse(std::string_view text, const std::string& file) {
  try {
    Json json = Json::parse(text);
    if (json.is_object()) return json;
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::checkpoint, file + ": not valid JSON: " + error.what());
  }
  throw Error(ErrorCode::checkpoint, file + ": a JSON object is expected");
}

}  // namespace

ProcessorConfig parse_processor_config(std::string_view text, const std::string& file) {
  const Json json = parse(text, file);
  const Reader reader(json, file);
  ProcessorConfig config;
  const ProcessorConfig::Target size = read_size(reader);
  config.filter = read_filter(reader);
  config.resize = reader.flag("do_resize", true) ? std::optional(size) : std::nullopt;
  const bool crops_by_default = size.shortest_edge > 0 || reader.find("crop_size") != nullptr;
  if (reader.flag("do_center_crop", crops_by_default)) {
    config.crop = read_crop(reader);
  } else {
    config.crop.reset();
  }
  if (const Json* factor = reader.find("rescale_factor")) {
    if (!factor->is_number()) reader.fail("rescale_factor", "a number", *factor);
    config.rescale = factor->get<double>();
  }
  if (!reader.flag("do_rescale", true)) config.rescale.reset();
  reader.channels("image_mean", config.normalize->mean);
  reader.channels("image_std", config.normalize->std);
  if (!reader.flag("do_normalize", true)) config.normalize.reset();
  return config;
}

}  // namespace medvlm::sdk
