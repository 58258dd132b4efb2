// Bytes of English prompts tokenised a second on one core, by the vocabulary of SmolLM2 in its own
// GGUF file and as ranks of tiktoken with the patterns of cl100k and o200k.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "encoders/text/byte_alphabet.h"
#include "encoders/text/gguf_metadata.h"
#include "encoders/text/tiktoken_file.h"
#include "encoders/text/tokenizer.h"
#include "encoders/weights/weight_file.h"
#include "tests/support/test_model.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> english_prompts() {
  std::ifstream file(fs::path(LIDIT_SOURCE_DIR) / "metrics/prompts/partiprompts/PartiPrompts.tsv");
  std::vector<std::string> prompts;
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) prompts.push_back(line.substr(0, line.find('\t')));
  return prompts;
}

std::optional<fs::path> smollm2() {
  const auto folder = fetched_model("smollm2-135m-instruct");
  return folder ? std::optional(*folder / "SmolLM2-135M-Instruct.Q4_1.gguf") : std::nullopt;
}

std::string base64_of(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0);
    for (std::size_t i = 0; i < 4; ++i)
      text += at + i > bytes.size() ? '=' : kDigits[bits >> (18 - 6 * i) & 63];
  }
  return text;
}

/// The file's ordinary tokens in their order, then the bytes that it has no token for.
std::shared_ptr<const Tokenizer> as_tiktoken(const fs::path& gguf, std::string_view encoding) {
  const auto file = WeightFile::open(gguf);
  const GgufMetadata metadata(file->metadata(), "bench");
  std::vector<std::string> tokens;
  for (const auto& spelt : metadata.get<std::vector<std::string>>("tokenizer.ggml.tokens"))
    if (auto bytes = bytes_of_spelling(spelt); bytes && !spelt.starts_with('<'))
      tokens.push_back(std::move(*bytes));
  for (int byte = 0; byte < 256; ++byte)
    if (std::string token(1, static_cast<char>(byte));
        std::ranges::find(tokens, token) == tokens.end())
      tokens.push_back(std::move(token));
  std::string lines;
  for (std::size_t rank = 0; rank < tokens.size(); ++rank)
    lines += fmt::format("{} {}\n", base64_of(tokens[rank]), rank);
  return parse_tiktoken(lines, "bench", encoding);
}

/// One prompt after the other, as they are encoded in a run.
void tokenize(benchmark::State& state, const char* tiktoken_encoding) {
  const auto path = smollm2();
  if (!path) return state.SkipWithError("smollm2-135m-instruct has not been fetched");
  const auto tokenizer =
      *tiktoken_encoding ? as_tiktoken(*path, tiktoken_encoding) : load_tokenizer(*path);
  const auto prompts = english_prompts();
  std::int64_t bytes = 0, tokens = 0;
  for (auto _ : state)
    for (const std::string& prompt : prompts) {
      tokens += static_cast<std::int64_t>(tokenizer->encode(prompt, true).size());
      bytes += static_cast<std::int64_t>(prompt.size());
    }
  state.SetBytesProcessed(bytes);
  state.SetItemsProcessed(tokens);
}
BENCHMARK_CAPTURE(tokenize, smollm2, "");
BENCHMARK_CAPTURE(tokenize, tiktoken_cl100k, "cl100k_base");
BENCHMARK_CAPTURE(tokenize, tiktoken_o200k, "o200k_base");

}  // namespace
}  // namespace lidit
