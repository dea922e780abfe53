#include "cluster/submission.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::launcher::cluster {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kFormat = 1;

std::filesystem::path record_file(const std::filesystem::path& output) { return output / "submission.json"; }

OrderedJson to_json(const Job& job) {
  OrderedJson depends = OrderedJson::array();
  for (const Dependency& each : job.depends) {
    depends.push_back({{"type", each.type}, {"job", each.job}});
    if (each.task) depends.back()["task"] = *each.task;
  }
  OrderedJson tasks = OrderedJson::array();
  for (const Task& task : job.tasks) {
    tasks.push_back({{"scenarios", task.scenarios}, {"words", task.words}});
    if (!task.shard.empty()) tasks.back()["shard"] = task.shard;
  }
  OrderedJson resources = OrderedJson::array();
  for (const auto& [option, value] : job.resources) resources.push_back({option, value});
  return {{"name", job.name},       {"stage", job.stage}, {"id", job.id},
          {"resources", resources}, {"depends", depends}, {"tasks", tasks}};
}

Job job_from(const OrderedJson& item) {
  Job job{item.at("name"), item.at("stage"), {}, {}, {}, item.value("id", "")};
  for (const OrderedJson& pair : item.at("resources")) job.resources.emplace_back(pair.at(0), pair.at(1));
  for (const OrderedJson& each : item.at("depends")) {
    job.depends.push_back({each.at("type"), each.at("job"), {}});
    if (each.contains("task")) job.depends.back().task = each["task"].get<std::size_t>();
  }
  for (const OrderedJson& each : item.at("tasks")) {
    job.tasks.push_back({each.at("scenarios"), each.value("shard", ""), each.at("words")});
  }
  return job;
}

Submission submission_from(const OrderedJson& item, const std::filesystem::path& output) {
  Submission submission{item.at("number"), item.at("executor"), item.at("written"), {}, {}};
  // Not as written: results may be looked at through another mount.
  submission.folder = output / "submission" / std::to_string(submission.number);
  for (const OrderedJson& job : item.at("jobs")) submission.jobs.push_back(job_from(job));
  read_job_ids(submission);
  return submission;
}

}  // namespace

std::filesystem::path log_file(const Submission& submission, const Job& job, std::size_t task) {
  return submission.folder / "logs" / (job.name + "-" + std::to_string(task) + ".log");
}

std::vector<Submission> read_submissions(const std::filesystem::path& output) {
  std::vector<Submission> list;
  const auto file = record_file(output);
  if (!std::filesystem::exists(file)) return list;
  try {
    const OrderedJson record = OrderedJson::parse(read_file(file));
    if (record.at("format") != kFormat) throw Error(ErrorCode::data, "its format is not " + std::to_string(kFormat));
    for (const OrderedJson& item : record.at("submissions")) list.push_back(submission_from(item, output));
  } catch (const OrderedJson::exception& error) {
    throw Error(ErrorCode::data, file.string() + ": not a list of submissions (" + error.what() +
                                     "); look with squeue whether jobs of this study wait, then remove the file");
  } catch (Error& error) {
    throw error.add_context(file.string());
  }
  return list;
}

void write_submissions(const std::filesystem::path& output, const std::vector<Submission>& submissions) {
  OrderedJson list = OrderedJson::array();
  for (const Submission& each : submissions) {
    OrderedJson jobs = OrderedJson::array();
    for (const Job& job : each.jobs) jobs.push_back(to_json(job));
    list.push_back(
        {{"number", each.number}, {"executor", each.executor}, {"written", each.written}, {"jobs", std::move(jobs)}});
  }
  const OrderedJson record = {{"format", kFormat}, {"submissions", std::move(list)}};
  write_file_atomically(record_file(output), record.dump(1, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

void read_job_ids(Submission& submission) {
  std::ifstream stream(submission.folder / "jobs.tsv");
  for (std::string line; std::getline(stream, line);) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    for (Job& job : submission.jobs) {
      if (job.name == line.substr(0, tab)) job.id = line.substr(tab + 1);
    }
  }
}

}  // namespace medvlm::launcher::cluster
