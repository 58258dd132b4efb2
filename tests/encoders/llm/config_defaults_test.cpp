#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "encoders/llm/config_reader.h"
#include "encoders/llm/decoder/families.h"
#include "results/errors.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// A config.json of these settings and, of every family, the same tiny sizes.
class ConfigDefaults : public testing::Test {
 protected:
  ConfigReader config(const std::string& settings) const {
    return ConfigReader::from_json_file(folder_.write("config.json", "{" + settings + R"(,
      "vocab_size": 32, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
      "intermediate_size": 32, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
      "query_pre_attn_scalar": 8})"));
  }
  const TemporaryFolder folder_;
};

TEST_F(ConfigDefaults, AreAWindowAndASoftCapWhereTransformersAssumesThem) {
  EXPECT_EQ(read_mistral_config(config(R"("model_type": "mistral")")).options.sliding->window,
            4096);
  const DecoderConfig gemma = read_gemma2_config(config(R"("model_type": "gemma2")"));
  EXPECT_EQ(gemma.options.sliding->window, 4096);
  EXPECT_EQ(gemma.options.attention_soft_cap, 50.0);
}

TEST_F(ConfigDefaults, LeaveWhatIsSaidToBeNoneAlone) {
  EXPECT_FALSE(read_mistral_config(config(R"("model_type": "mistral", "sliding_window": null)"))
                   .options.sliding);
  EXPECT_FALSE(
      read_gemma2_config(config(R"("model_type": "gemma2", "attn_logit_softcapping": null)"))
          .options.attention_soft_cap);
  EXPECT_FALSE(read_llama_config(config(R"("model_type": "llama")")).options.sliding);
}

TEST_F(ConfigDefaults, NeverSayASizeOfAModelOfItsOwn) {
  const auto path = folder_.write("config.json", R"({"model_type": "mistral", "vocab_size": 32})");
  EXPECT_THAT([&] { read_mistral_config(ConfigReader::from_json_file(path)); },
              ThrowsMessage<FileError>(HasSubstr("'hidden_size' is missing")));
}

}  // namespace
}  // namespace lidit
