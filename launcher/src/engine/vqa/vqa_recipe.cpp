#include "vqa_recipe.hpp"

#include <algorithm>

#include "medvlm/base/error.hpp"
#include "medvlm/registry/toml_value.hpp"
#include "study.hpp"

namespace medvlm::launcher {
namespace {

namespace chat = sdk::chat;

constexpr std::string_view kPlace = "{note}";

OptionSpec recipe_text(std::string name, Value fallback, std::string help) {
  OptionSpec spec;
  spec.name = std::move(name);
  spec.required = fallback.is_null();
  spec.default_value = std::move(fallback);
  spec.help = std::move(help);
  return spec;
}

OptionSpec recipe_path(std::string name, std::string help) {
  OptionSpec spec = recipe_text(std::move(name), {}, std::move(help));
  spec.type = OptionType::path;
  return spec;
}

std::vector<OptionSpec> notes_specs() {
  OptionSpec keep = recipe_text("keep", Value(Value::Array{}), "more columns that go into the output");
  keep.type = OptionType::text_list;
  return {recipe_path("file", "table with the notes"), recipe_text("note", {}, "its column with the text of the note"),
          recipe_text("image", {}, "its column with the image"), keep};
}

std::vector<OptionSpec> output_specs() {
  return {recipe_path("file", "CSV that is written"), recipe_text("question", Value("question"), "column"),
          recipe_text("answer", Value("answer"), "column"), recipe_text("type", Value("question type"), "column"),
          recipe_text("open", Value("OPEN"), "type of an open question"),
          recipe_text("closed", Value("CLOSED"), "type of a closed question")};
}

std::vector<OptionSpec> reply_specs() {
  OptionSpec reasks = recipe_text("reasks", Value(2), "how often a malformed reply is asked for again");
  reasks.type = OptionType::integer;
  reasks.minimum = 0;
  reasks.maximum = 20;
  return {
      recipe_text("open_question", Value("[Open Question]:"), "label"),
      recipe_text("open_answer", Value("[Open Answer]:"), "label"),
      recipe_text("closed_question", Value("[Closed Question]:"), "label"),
      recipe_text("closed_answer", Value("[Closed Answer]:"), "label"),
      recipe_text("reminder",
                  Value("Your response did not follow the format. Respond again with exactly the four labelled lines, "
                        "each label followed by its text, the last one by Yes or No, and no additional text."),
                  "said after a malformed reply"),
      reasks};
}

/// Reads the sections of one recipe, collecting complaints.
class RecipeReader {
 public:
  RecipeReader(const Value& root, const std::filesystem::path& file) : root_(root), file_(file) {}

  VqaRecipe read() {
    check_top_level();
    const Options notes = section("notes", notes_specs());
    const Options output = section("output", output_specs());
    const Options reply = section("reply", reply_specs());
    const Options endpoint = section("endpoint", chat::setting_specs());
    VqaRecipe recipe;
    recipe.messages = messages();
    if (diagnostics_.empty()) fill(recipe, notes, output, reply, endpoint);
    refuse(diagnostics_);
    return recipe;
  }

 private:
  void complain(const Location& location, const std::string& key, std::string message) {
    diagnostics_.push_back({location, key, std::move(message)});
  }

  void check_top_level() {
    const std::vector<std::string> known = {"notes", "output", "reply", "endpoint", "messages"};
    for (const auto& [key, value] : *root_.table()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        complain(value.location, key, "unknown section" + suggestion(key, known));
      }
    }
  }

  Options section(const std::string& name, const std::vector<OptionSpec>& specs) {
    const auto found = root_.table()->find(name);
    Value given{Value::Table{}};
    given.location = {file_.string(), 0, 0};
    if (found != root_.table()->end()) given = found->second;
    if (!given.table()) {
      complain(given.location, name, "expected a table [" + name + "], found " + given.type_name());
      return {};
    }
    return resolve_options(specs, given, file_.parent_path(), name, diagnostics_);
  }

  std::vector<chat::Message> messages() {
    std::vector<chat::Message> list;
    const auto found = root_.table()->find("messages");
    if (found == root_.table()->end() || !found->second.array()) {
      complain({file_.string(), 0, 0}, "messages",
               "a recipe needs entries [[messages]] with role and text; configs/ has FairVLMed's");
      return list;
    }
    OptionSpec role = recipe_text("role", Value("user"), "who says it");
    role.type = OptionType::choice;
    role.choices = {"system", "user"};
    bool has_place = false;
    for (std::size_t i = 0; i < found->second.array()->size(); ++i) {
      const Value& entry = (*found->second.array())[i];
      const std::string key = "messages[" + std::to_string(i) + "]";
      if (!entry.table()) {
        complain(entry.location, key, "expected a table, found " + entry.type_name());
        continue;
      }
      const std::size_t before = diagnostics_.size();
      const Options options =
          resolve_options({role, recipe_text("text", {}, "what is said")}, entry, "", key, diagnostics_);
      if (diagnostics_.size() > before) continue;
      list.push_back({options.text("role") == "system" ? chat::Role::system : chat::Role::user, options.text("text")});
      has_place = has_place || list.back().text.find(kPlace) != std::string::npos;
    }
    if (!has_place && diagnostics_.empty()) {
      complain(found->second.location, "messages", "no message says {note}, where the note goes");
    }
    return list;
  }

  void fill(VqaRecipe& recipe, const Options& notes, const Options& output, const Options& reply,
            const Options& endpoint) {
    recipe.notes = notes.path("file");
    recipe.note = notes.text("note");
    recipe.image = notes.text("image");
    recipe.keep = notes.texts("keep");
    recipe.output = output.path("file");
    recipe.question_column = output.text("question");
    recipe.answer_column = output.text("answer");
    recipe.type_column = output.text("type");
    recipe.open_type = output.text("open");
    recipe.closed_type = output.text("closed");
    recipe.layout = {reply.text("open_question"), reply.text("open_answer"), reply.text("closed_question"),
                     reply.text("closed_answer"), reply.text("reminder"), static_cast<int>(reply.integer("reasks"))};
    recipe.endpoint = chat::read_settings(endpoint);
    const bool asks = std::any_of(recipe.messages.begin(), recipe.messages.end(),
                                  [](const auto& message) { return message.role == chat::Role::user; });
    if (recipe.endpoint.api == chat::Api::google && !asks) {
      complain(endpoint.location("api"), "messages",
               "Google's API needs a message of role \"user\"; make the last one so");
    }
  }

  const Value& root_;
  const std::filesystem::path& file_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace

VqaRecipe read_vqa_recipe(const std::filesystem::path& file, const std::vector<std::string>& changes) {
  const std::filesystem::path absolute = std::filesystem::absolute(file);
  Value root = registry::read_toml(absolute);
  for (const std::string& change : changes) apply_setting(root, change);
  return RecipeReader(root, absolute).read();
}

std::vector<chat::Message> messages_about(const VqaRecipe& recipe, const std::string& note) {
  std::vector<chat::Message> messages = recipe.messages;
  for (chat::Message& message : messages) {
    // What the note says is not searched for places.
    for (std::size_t at = message.text.find(kPlace); at != std::string::npos;
         at = message.text.find(kPlace, at + note.size())) {
      message.text.replace(at, kPlace.size(), note);
    }
  }
  return messages;
}

}  // namespace medvlm::launcher
