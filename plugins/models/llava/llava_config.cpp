#include "llava_config.hpp"

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/checkpoint.hpp"

namespace medvlm::llava {
namespace {

namespace fs = std::filesystem;
using sdk::HfConfig;

constexpr std::int64_t kDefaultLayer = -2;

/// Llama's defaults, with the context of Vicuna 1.5.
sdk::language::DecoderShape vicuna_defaults() {
  auto shape = sdk::language::llama_defaults();
  shape.context = 4096;
  return shape;
}

/// The features of Hugging Face's layout and of the original one leave the class token out by other words.
bool keeps_class_token(const HfConfig& config, std::string_view key, std::string_view without, std::string_view with) {
  const std::string strategy = config.text(key, without);
  if (strategy == without) return false;
  if (strategy == with) return true;
  config.fail(key, "'" + strategy + "' is not known; known are " + std::string(without) + ", " + std::string(with));
}

LlavaConfig read_library_layout(const HfConfig& config, const fs::path& folder) {
  LlavaConfig result;
  result.decoder = sdk::language::read_decoder_shape(config.object("text_config"), vicuna_defaults());
  result.decoder.tied_head = config.flag("tie_word_embeddings", result.decoder.tied_head);
  result.tower = sdk::nn::with_feature_layer(sdk::nn::read_clip_vision(config.object("vision_config")),
                                             config.integer("vision_feature_layer", kDefaultLayer), config,
                                             "vision_feature_layer");
  try {
    result.projector_activation = sdk::nn::activation_from_name(config.text("projector_hidden_act", "gelu"));
  } catch (const Error& error) {
    config.fail("projector_hidden_act", error.message());
  }
  result.names = {"language_model.model", "language_model.lm_head", "multi_modal_projector.linear_1",
                  "multi_modal_projector.linear_2", "vision_tower.vision_model"};
  result.tower_folder = result.preprocessor_folder = folder;
  result.class_token = keeps_class_token(config, "vision_feature_select_strategy", "default", "full");
  result.image_token = config.integer(config.has("image_token_id") ? "image_token_id" : "image_token_index");
  return result;
}

/// The folder of the CLIP repository that the original layout refers to.
fs::path find_tower(const HfConfig& config, const fs::path& folder, const std::string& chosen) {
  if (!chosen.empty()) {
    if (fs::is_directory(chosen)) return chosen;
    throw Error(ErrorCode::checkpoint, "vision_tower: there is no folder '" + chosen + "'");
  }
  const std::string name = config.text("mm_vision_tower");
  const fs::path last = fs::path(name).filename();
  const fs::path absolute = fs::absolute(folder).lexically_normal();
  const fs::path beside = (absolute.has_filename() ? absolute : absolute.parent_path()).parent_path() / last;
  for (const fs::path& candidate : {beside, folder / last}) {
    if (fs::is_directory(candidate)) return candidate;
  }
  config.fail("mm_vision_tower", "names '" + name + "', whose files are needed too: download them to '" + beside.string() +
                                     "', or set the option vision_tower to their folder");
}

LlavaConfig read_original_layout(const HfConfig& config, const fs::path& folder, const std::string& vision_tower) {
  LlavaConfig result;
  result.decoder = sdk::language::read_decoder_shape(config, vicuna_defaults());
  const fs::path repository = find_tower(config, folder, vision_tower);
  const HfConfig clip = HfConfig::from_file(repository / "config.json");
  result.tower = sdk::nn::with_feature_layer(
      sdk::nn::read_clip_vision(clip.has("vision_config") ? clip.object("vision_config") : clip),
      config.integer("mm_vision_select_layer", kDefaultLayer), config, "mm_vision_select_layer");
  const std::string projector = config.text("mm_projector_type", "linear");
  if (projector != "mlp2x_gelu") config.fail("mm_projector_type", "'" + projector + "' is not known; known is mlp2x_gelu");
  result.names = {"model", "lm_head", "model.mm_projector.0", "model.mm_projector.2", "vision_model"};
  // Checkpoints whose tower was trained carry it with them.
  const std::string inside = "model.vision_tower.vision_tower.vision_model";
  const bool carried = sdk::Checkpoint::open(folder).has(inside + ".embeddings.class_embedding");
  if (carried) result.names.tower = inside;
  result.tower_folder = carried ? folder : repository;
  result.preprocessor_folder = repository;
  const std::string aspect = config.text("image_aspect_ratio", "square");
  if (aspect != "pad" && aspect != "square") {
    config.fail("image_aspect_ratio", "'" + aspect + "' is not known; known are pad, square");
  }
  result.pad_to_square = aspect == "pad";
  result.class_token = keeps_class_token(config, "mm_vision_select_feature", "patch", "cls_patch");
  for (const char* key : {"mm_use_im_start_end", "mm_use_im_patch_token"}) {
    if (config.flag(key, false)) config.fail(key, "true is not supported: LLaVA 1.5 and LLaVA-Med 1.5 have false");
  }
  result.instruct = config.text("model_type", "") == "llava_mistral";
  return result;
}

}  // namespace

LlavaConfig read_llava_config(const fs::path& folder, const std::string& vision_tower) {
  const HfConfig config = HfConfig::from_file(folder / "config.json");
  const std::string type = config.text("model_type", "");
  if (type != "llava" && type != "llava_llama" && type != "llava_mistral") {
    config.fail("model_type", "'" + type + "' is not of this family (llava, llava_llama, llava_mistral); `medvlm list " +
                                  "models` shows the families that are installed");
  }
  if (config.has("llm_cfg")) {
    config.fail("llm_cfg", "shows a checkpoint in sub-folders (llm, vision_tower, mm_projector), which is another family's; "
                           "`medvlm list models` shows the families that are installed");
  }
  const bool library = config.has("vision_config") && config.has("text_config");
  return library ? read_library_layout(config, folder) : read_original_layout(config, folder, vision_tower);
}

}  // namespace medvlm::llava
