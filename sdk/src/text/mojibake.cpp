// Recognising text that was decoded in a wrong encoding: the rules of ftfy 6.3.1 by Robyn Speer (Apache-2.0), modules
// ftfy.badness and ftfy.chardata, with its classes of the characters that such damage makes.
#include "mojibake.hpp"

#include <string>
#include <utility>

namespace medvlm::sdk {
namespace {

/// Members of character classes. A name in braces within a rule stands for them.
constexpr std::pair<std::string_view, std::string_view> kClasses[] = {
    // Characters of many contexts; alone they say nothing.
    {"common", R"(\x{a0}\x{ad}´·–—―’…)"},
    {"c1", R"(\x{80}-\x{9f})"},
    // Hardly ever seen but in damaged text.
    {"bad", R"(¤¦¨ª¬¯¸ºƒˆˇ˘˛˜†‡‰⌐◊\x{fffd})"},
    {"law", "§¶"},
    {"currency", "¢£¥₧€"},
    {"start", R"(¡©«¿΄΅‘‚“„•‹\x{f8ff})"},
    {"end", "®»˝”›™"},
    {"numeric", "±²³µ¹¼½¾×÷⁄№∂∆∏∑√∞∩∫≈≠≡≤≥"},
    // Letters of faces like ò_ó.
    {"kaomoji", "°Ò-ÖÙ-Üò-öø-üŌŐŪŲ"},
    {"upper_accented", "À-ÑØÜÝĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŒŘŚŞŠŢŤŮŰŸŹŻŽҐ"},
    {"lower_accented", "ß-ñüāăąćčďđēėęěğģīįķĺļľłœŕśşšťźżžґﬁﬂ"},
    {"upper_common", "ÞΆΈΉΊΌΎΏΑ-ΫЁ-Я"},
    {"lower_common", "ά-ωа-џ"},
    {"box", "│┌┐┘├┤┬┼═-╬▀▄█▌▐-▓"},
    {"space", R"(\x{9}-\x{d}\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})"},
    // Characters of the bytes C2-DF, E0-EF, F0 and F3, 80-BF in any of the encodings.
    {"first_of_2", "Â-ßĀĂĆČĎĐĒĖĘĚĞĢĪİĶĹĻŁŃŅŇŌŐŘŚŞŠŢŪŮŰŲŹŻŽΒ-ΡΣ-ίВ-Я"},
    {"first_of_3", "à-ïāăąćčďēėęěģīįķĺļŕźΰ-οа-п"},
    {"first_of_4", "ðóđğšπσру"},
    {"continuation", R"(\x{20}\x{80}-¿ÆØæøĄąĽľŁłŒœŖŗŚśŞ-šŤťŸ-žƒˆˇ˘˛˜˝΄΅ΆΈΉΊΌΎΏЁ-ЌЎЏё-ќўџҐґ–—―‘’‚“”„†‡•…‰‹›€№™)"},
    // The same without what stands for itself beside damaged text: space, dashes, quotes, bullet, ellipsis.
    {"strict_continuation", R"(\x{80}-¿ÆØæøĄąĽľŁłŒœŖŗŚśŞ-šŤťŸ-žƒˆˇ˘˛˜˝΄΅ΆΈΉΊΌΎΏЁ-ЌЎЏё-ќўџҐґ†‡‰‹›€№™)"},
};

/// Sequences that hardly occur in sound text; spaces outside of brackets are for reading only.
constexpr std::string_view kBadSequences[] = {
    "[{c1}]",
    "[{bad}{lower_accented}{upper_accented}{box}{start}{end}{currency}{numeric}{law}] [{bad}]",
    "[a-zA-Z] [{lower_common}{upper_common}] [{bad}]",
    "[{bad}] [{lower_accented}{upper_accented}{box}{start}{end}{currency}{numeric}{law}]",
    "[{lower_accented}{lower_common}{box}{end}{currency}{numeric}] [{upper_accented}]",
    "[{box}{end}{currency}{numeric}] [{lower_accented}]",
    "[{lower_accented}{box}{end}] [{currency}]",
    "[{space}] [{upper_accented}] [{currency}]",
    "[{upper_accented}{box}] [{numeric}{law}]",
    "[{lower_accented}{upper_accented}{box}{currency}{end}] [{start}] [{numeric}]",
    "[{lower_accented}{upper_accented}{currency}{numeric}{box}{law}] [{end}] [{start}]",
    "[{currency}{numeric}{box}] [{start}]",
    "[a-z] [{upper_accented}] [{start}{currency}]",
    "[{box}] [{kaomoji}]",
    "[{lower_accented}{upper_accented}{currency}{numeric}{start}{end}{law}] [{box}]",
    "[{box}] [{end}]",
    R"([{lower_accented}{upper_accented}] [{start}{end}] \w)",
    "[Œœ][^A-Za-z]",
    "[{upper_accented}]°",
    // Windows-1252: two characters, and Arabic, which needs four because its characters are common.
    R"([ÂÃÎÐ][€œŠš¢£Ÿž\x{a0}\x{ad}®©°·»{start}{end}–—´])",
    "× [²³]",
    "[ØÙ] [{common}{currency}{bad}{numeric}{start}ŸŠ®°µ»] [ØÙ] [{common}{currency}{bad}{numeric}{start}ŸŠ®°µ»]",
    "à[²µ¹¼½¾]",
    // MacRoman.
    "√[±∂†≠®™´≤≥¥µø]",
    "≈[°¢]",
    "‚Ä[ìîïòôúùû†°¢π]",
    "‚[âó][àäê°]",
    // Windows-1251, and Windows-1251 upon Latin-1.
    "вЂ",
    "[ВГРС][{c1}{bad}{start}{end}{currency}°µ][ВГРС]",
    "ГўВЂВ.[A-Za-z ]",
    // Windows-1252 of à, á and the no-break space.
    R"(Ã[\x{a0}¡])",
    "[a-z][{space}]?[ÃÂ][ ]",
    "^[ÃÂ][ ]",
    "[a-z.,?!{end}] Â [ {start}{end}]",
    // Windows-1253 and Windows-1257.
    R"(β€[™\x{a0}Ά\x{ad}®°])",
    "[ΒΓΞΟ][{c1}{bad}{start}{end}{currency}°][ΒΓΞΟ]",
    "ā€",
};

std::string_view members(std::string_view name) {
  for (const auto& [known, text] : kClasses) {
    if (known == name) return text;
  }
  return {};  // the rules are constant; sdk/text tests would see a class that matches nothing
}

/// A rule as a regular expression: class names replaced, spaces outside of brackets dropped.
std::string expand(std::string_view rule) {
  std::string pattern;
  bool in_class = false;
  for (std::size_t i = 0; i < rule.size(); ++i) {
    const char c = rule[i];
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
    if (c == ' ' && !in_class) continue;
    if (c == '{' && in_class && rule[i - 1] != 'x') {
      const std::size_t close = rule.find('}', i);
      pattern += members(rule.substr(i + 1, close - i - 1));
      i = close;
      continue;
    }
    pattern += c;
  }
  return pattern;
}

}  // namespace

bool looks_wrongly_decoded(std::string_view text) {
  static const Regex regex = [] {
    std::string pattern;
    for (const std::string_view rule : kBadSequences) {
      if (!pattern.empty()) pattern += '|';
      pattern += expand(rule);
    }
    return Regex(pattern);
  }();
  return !regex.matches(text).empty();
}

const Regex& utf8_read_as_single_bytes() {
  // What precedes must not be damage too: half a repair makes things worse.
  static const Regex regex(expand("(?<![{strict_continuation}])(?:[{first_of_2}][{continuation}]"
                                  "|[{first_of_3}][{continuation}]{2}|[{first_of_4}][{continuation}]{3})+"));
  return regex;
}

}  // namespace medvlm::sdk
