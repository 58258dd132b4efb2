// Parity with transformers on the real checkpoints, where they are there.
#include <gtest/gtest.h>

#include <cstdlib>

#include "encoders/model_files.h"
#include "tests/encoders/llm/golden_states.h"

namespace lidit {
namespace {

using testing_support::all_layers;
using testing_support::golden;
using testing_support::golden_tensor;
using testing_support::worst_error;

std::filesystem::path home() {
  const char* folder = std::getenv("LIDIT_HOME");
  return folder ? std::filesystem::path(folder)
                : std::filesystem::path(LIDIT_SOURCE_DIR) / ".lidit";
}

/// (7,D) of signs, as make_real_models.py makes them.
Tensor sign_vectors(std::int64_t width) {
  const Tensor signs = at::empty({7, width}, at::kDouble);
  for (std::int64_t r = 0; r < 7; ++r)
    for (std::int64_t c = 0; c < width; ++c) {
      auto x = static_cast<std::uint32_t>(r * 2654435761 + c * 40503 + 1);
      x = (x ^ (x >> 15)) * 2246822519u;
      x = (x ^ (x >> 13)) * 3266489917u;
      signs.mutable_data_ptr<double>()[r * width + c] = 1 - 2 * static_cast<int>((x >> 16) & 1);
    }
  return signs;
}

struct Case {
  const char* model;
  const char* states;
};

class RealModel : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(home() / "models" / GetParam().model))
      GTEST_SKIP() << GetParam().model << " is not here: ./lidit models fetch " << GetParam().model;
    const ModelFiles files = find_model(GetParam().model, home());
    const ConfigReader config = read_config(files);
    model = find_family(config).load(config, open_weights(files), at::kFloat, at::kCPU);
  }
  /// Errors of norms and projections (K,T) relative to the vectors' lengths.
  double summary_error(const Tensor& states, const std::string& prefix) const {
    const Tensor wide = states.to(at::kDouble);
    const Tensor norms = golden_tensor(*file, prefix + "norms").to(at::kDouble);
    const Tensor projections = at::matmul(wide, sign_vectors(wide.size(2)).t()) /
                               std::sqrt(static_cast<double>(wide.size(2)));
    const Tensor off = (projections - golden_tensor(*file, prefix + "projections")).norm(2, -1);
    return at::maximum((wide.norm(2, -1) - norms).abs(), off).div(norms).max().item<double>();
  }
  std::shared_ptr<const LanguageModel> model;
  std::shared_ptr<const WeightFile> file = WeightFile::open(golden(GetParam().states));
};

TEST_P(RealModel, EqualsTransformersInEveryBlockAndToken) {
  const auto layers = all_layers(model->shape());
  const TokenBatch batch{golden_tensor(*file, "ids"), golden_tensor(*file, "offsets")};
  const Tensor prefix_ids = golden_tensor(*file, "prefix_ids");
  const EncodedPrefix prefix =
      prefix_ids.numel() > 0 ? model->encode_prefix(prefix_ids, layers) : EncodedPrefix{};
  const Tensor states = model->encode_packed(batch, layers, prefix);
  EXPECT_LT(summary_error(states, ""), 2e-5);
  if (prefix_ids.numel() > 0) {
    EXPECT_LT(summary_error(prefix.layers, "prefix_"), 2e-5);
  }
  const Tensor exact = golden_tensor(*file, "exact");
  EXPECT_LT(
      worst_error(
          states.index_select(0, golden_tensor(*file, "exact_layers")).slice(1, 0, exact.size(1)),
          exact),
      2e-5);
}

INSTANTIATE_TEST_SUITE_P(
    Parity, RealModel,
    testing::Values(Case{"smollm2-135m-instruct", "smollm2.safetensors"},
                    Case{"smollm2-135m-instruct", "smollm2-instruction.safetensors"},
                    Case{"all-minilm-l6-v2", "minilm.safetensors"},
                    Case{"gemma-3-270m", "gemma3.safetensors"}),
    [](const auto& test) {
      return std::string(test.param.states)
                 .substr(0, std::string(test.param.states).find_first_of("-.")) +
             (std::string(test.param.states).find("instr") == std::string::npos ? ""
                                                                                : "_instruction");
    });

}  // namespace
}  // namespace lidit
