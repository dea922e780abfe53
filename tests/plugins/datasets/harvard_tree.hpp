// Tables like those of Harvard-GF and FairVLMed, for tests.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "medvlm/base/hash.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm::test {

/// `form` with a number: numbered("data_%04d.npz", 1) is "data_0001.npz".
inline std::string numbered(const std::string& form, int number) {
  char name[64];
  std::snprintf(name, sizeof name, form.c_str(), number);
  return name;
}

/// The official folder of image `i` of `count`: 70 % training, 10 % validation, 20 % test, as in the releases.
inline std::string use_of(int i, int count) {
  return i * 10 < count * 7 ? "training" : i * 10 < count * 8 ? "validation" : "test";
}

/// data_summary.csv of `men` and `women`, spread evenly as in tests/peers/make_sklearn_splits.py; odd rows have glaucoma.
inline std::string summary_csv(int men, int women, const std::string& form) {
  std::string text = "filename,age,gender,race,ethnicity,language,maritalstatus,note,glaucoma,use\n";
  const int count = men + women;
  for (int i = 0; i < count; ++i) {
    const bool man = i * men / count != (i + 1) * men / count;
    text += numbered(form, i + 1) + "," + std::to_string(20 + i % 60) + ".25," + (man ? "male" : "female") +
            ",asian,non-hispanic,english,single,\"a note, quoted\"," + (i % 2 ? "yes" : "no") + "," + use_of(i, count) + "\n";
  }
  return text;
}

/// As in make_sklearn_splits.py, of the file names without folder.
inline std::string digest_of_names(const std::vector<Sample>& samples) {
  std::string text;
  for (const Sample& sample : samples) {
    if (!text.empty()) text += ',';
    text += sample.id.substr(sample.id.find('/') + 1);
  }
  return sha256_hex(text).substr(0, 20);
}

}  // namespace medvlm::test
