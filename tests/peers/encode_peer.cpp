// This project's side of compare_encoders.py: a prompt encoder that is driven over its standard
// input, so that contenders can take turns in processes that stay alive.
//   encode_peer MODEL LAYER f32|bf16 THREADS [apart]
// MODEL is a GGUF file or a folder; apart: beginnings that prompts share are computed for each of
// them. Commands, one a line, each answered by one line:
//   load FILE   token ids separated by blanks: the first line before every prompt, then a prompt a
//               line; answers "loaded"
//   run         encodes all prompts; answers the seconds it took
//   save FILE   encodes all prompts and writes them as a feature file; answers "saved"
#include <ATen/Parallel.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include "encoders/llm/prompt_encoder.h"
#include "encoders/model_files.h"
#include "results/errors.h"

namespace lidit {
namespace {

std::vector<std::int64_t> ids_of(std::string_view line) {
  std::istringstream in{std::string(line)};
  return {std::istream_iterator<std::int64_t>(in), {}};
}

/// A prompt's text is its token ids, so that the tokenizer is no part of what is compared.
PromptTokens tokens_of(std::string_view line) {
  PromptTokens tokens;
  for (const std::int64_t id : ids_of(line))
    tokens.tokens.push_back({static_cast<std::int32_t>(id), 0, 0});
  return tokens;
}

struct Workload {
  std::vector<std::int64_t> prefix;
  std::vector<Prompt> prompts;
};

Workload read_workload(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) throw UserError("cannot read " + path);
  Workload workload{ids_of(line), {}};
  while (std::getline(in, line)) workload.prompts.push_back({line});
  return workload;
}

class Peer {
 public:
  Peer(const std::string& model, std::int64_t layer, at::ScalarType dtype, bool share_beginnings)
      : files_(find_model(model, ".")),
        config_(read_config(files_)),
        family_(find_family(config_)),
        dtype_(dtype),
        layer_(resolve_layer(layer, family_.shape(config_))),
        share_beginnings_(share_beginnings),
        model_(family_.load(config_, open_weights(files_), dtype, at::kCPU)) {}

  void load(const std::string& path) {
    Workload workload = read_workload(path);
    prompts_ = std::move(workload.prompts);
    encoder_.emplace(PromptEncoderParts{.shape = family_.shape(config_),
                                        .layers = {layer_},
                                        .dtype = dtype_,
                                        .prefix = std::move(workload.prefix),
                                        .share_beginnings = share_beginnings_,
                                        .tokenize = tokens_of,
                                        .load = [this] { return model_; }});
  }
  double run() const {
    const auto begin = std::chrono::steady_clock::now();
    encoder_->encode(prompts_);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  void save(const std::string& path) const {
    write_feature_file(path, encoder_->encode_to_file(prompts_));
  }

 private:
  ModelFiles files_;
  ConfigReader config_;
  const Family& family_;
  at::ScalarType dtype_;
  std::int64_t layer_;
  bool share_beginnings_;
  std::shared_ptr<const LanguageModel> model_;
  std::vector<Prompt> prompts_;
  std::optional<PromptEncoder> encoder_;
};

int serve(Peer& peer) {
  std::string command, argument, line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    words >> command >> argument;
    if (command == "load") {
      peer.load(argument);
      std::cout << "loaded" << std::endl;
    } else if (command == "run") {
      std::cout << peer.run() << std::endl;
    } else if (command == "save") {
      peer.save(argument);
      std::cout << "saved" << std::endl;
    } else {
      std::cerr << "encode_peer: unknown command " << command << '\n';
      return 2;
    }
  }
  return 0;
}

}  // namespace
}  // namespace lidit

int main(int count, char** arguments) {
  const bool apart = count == 6 && std::string_view(arguments[5]) == "apart";
  if (count != 5 && !apart) {
    std::cerr << "usage: encode_peer MODEL LAYER f32|bf16 THREADS [apart]\n";
    return 2;
  }
  try {
    at::set_num_threads(std::stoi(arguments[4]));
    lidit::Peer peer(arguments[1], std::stoi(arguments[2]),
                     std::string_view(arguments[3]) == "f32" ? at::kFloat : at::kBFloat16, !apart);
    return lidit::serve(peer);
  } catch (const std::exception& mistake) {
    std::cerr << "encode_peer: " << mistake.what() << '\n';
    return 2;
  }
}
