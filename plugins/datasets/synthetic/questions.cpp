#include "questions.hpp"

#include <array>

#include "medvlm/base/random.hpp"

namespace medvlm::synthetic {
namespace {

struct KindWords {
  Kind kind;
  const char *name, *article, *finding, *with, *without;
};

constexpr std::array<KindWords, 3> kWords = {
    {{Kind::radiograph, "chest radiograph", "a", "Is there an opacity in a lung?", "an opacity", "clear lungs"},
     {Kind::histology, "histology slide", "a", "Are the nuclei crowded, large and dark?", "a tumour", "normal tissue"},
     {Kind::fundus, "fundus photograph", "a", "Is the optic cup large?", "a large cup", "a healthy eye"}}};

std::size_t place_of(Kind kind) {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords[i].kind == kind) return i;
  }
  throw Error(ErrorCode::data, "there are no questions on '" + std::string(to_string(kind)) + "'");
}

const char* yes_or_no(bool yes) { return yes ? "yes" : "no"; }

}  // namespace

std::vector<AskedQuestion> questions_on(const Recipe& recipe) {
  const std::size_t own = place_of(recipe.kind);
  const bool finding = label_of(recipe) == 1;
  // Two bits and a third that do not tell the finding.
  const std::uint64_t draw = derive_seed(image_seed(recipe), "question");
  const bool own_kind = (draw >> 63) != 0;
  const KindWords& named = kWords[own_kind ? own : (own + 1 + (draw >> 62) % 2) % kWords.size()];
  return {{kWords[own].finding, yes_or_no(finding), false},
          {"What kind of image is this?", kWords[own].name, true},
          {"What does the image show?", finding ? kWords[own].with : kWords[own].without, true},
          {"Is this " + std::string(named.article) + " " + named.name + "?", yes_or_no(own_kind), false}};
}

}  // namespace medvlm::synthetic
