// Every scenario of a study with its state: what its files say, what its submitted tasks are doing.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medvlm::launcher::cluster {

enum class State { done, running, queued, failed, partial, to_do };

inline constexpr std::array<std::string_view, 6> kStateNames = {"done",   "running", "queued",
                                                                "failed", "partial", "to do"};
inline std::string_view state_name(State state) { return kStateNames[static_cast<std::size_t>(state)]; }

struct ScenarioStatus {
  std::string name;
  State state = State::to_do;
  std::size_t predictions = 0;
  std::optional<std::size_t> samples;  ///< of the test split, once somebody knew
  std::size_t errored = 0;             ///< samples without a prediction, of a result
  std::string note;                    ///< why it failed or waits
  std::filesystem::path log;           ///< of its last task, if it was submitted
};

struct Overview {
  std::string study;
  std::filesystem::path output;
  std::vector<ScenarioStatus> scenarios;
  std::string queue_note;  ///< why the queue could not be asked; empty: it was, or there was nothing to ask for
};

/// Looks at all folders of the output; asks Slurm's queue if something was submitted there. Throws what read_study_record()
/// and read_submissions() throw.
Overview look_over(const std::filesystem::path& output);

}  // namespace medvlm::launcher::cluster
