#include "medvlm/conformance/adapter.hpp"

#include "laws.hpp"
#include "synthetic.hpp"

namespace medvlm::conformance {

std::vector<Finding> check_adapter(Adapter& adapter) {
  Laws laws;
  std::size_t accepted = 0;
  for (const DatasetInfo& info : synthetic_infos()) {
    laws.check("traits() answers or throws Error(config) for " + describe(info), [&] {
      try {
        const AdapterTraits first = adapter.traits(info);
        const AdapterTraits second = adapter.traits(info);
        require(first.input == second.input && first.trains == second.trains, "traits() differs between two calls");
        require(info.task != Task::vqa || first.input == AdapterInput::questions,
                "for VQA the input must be `questions`: nothing else holds the question");
        ++accepted;
      } catch (const Error& error) {
        require(error.code() == ErrorCode::config, "threw an error of code " +
                                                       std::string(error_code_name(error.code())) +
                                                       ", expected config: " + error.what());
      }
    });
  }
  laws.check("accepts a kind of dataset", [&] { require(accepted != 0, "refuses every kind of dataset"); });
  return laws.take();
}

}  // namespace medvlm::conformance
