#include "encoders/feature_store.h"

#include <ATen/Parallel.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "results/errors.h"
#include "results/files.h"
#include "tests/encoders/llm/letter_encoder.h"

namespace lidit {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::counting_parts;
using testing_support::letter_parts;
using testing_support::prompts_of;

class FeatureStoreTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(options.folder); }
  void TearDown() override { std::filesystem::remove_all(options.folder); }

  StoredSource source() { return StoredSource(encoder(), options); }
  std::shared_ptr<const PromptEncoder> encoder() {
    PromptEncoderParts parts = letter_parts("tiny-llama", "describe:");
    parts.load = [this, load = parts.load] { return ++loads, load(); };
    return std::make_shared<PromptEncoder>(std::move(parts));
  }
  std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options.folder))
      if (entry.path().extension() == ".safetensors") found.push_back(entry.path());
    return found;
  }
  /// Whether that process has a file under its temporary name.
  bool is_writing(pid_t process) {
    const std::string owner = "-" + std::to_string(process);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options.folder)) {
      const std::string name = entry.path().filename();  // .tmp-NAME-MACHINE-PID-NUMBER
      if (is_temporary(entry.path()) && name.substr(0, name.rfind('-')).ends_with(owner))
        return true;
    }
    return false;
  }

  FeatureStoreOptions options{.folder = std::filesystem::temp_directory_path() /
                                        ("lidit-store-" + std::to_string(getpid())),
                              .key = {{"model", std::string("tiny")}}};
  int loads = 0;
};

void expect_equal(const EncoderFeatures& a, const EncoderFeatures& b) {
  EXPECT_TRUE(at::equal(a.layers, b.layers));
  EXPECT_TRUE(at::equal(a.offsets, b.offsets));
  EXPECT_TRUE(at::equal(a.prefix, b.prefix));
  EXPECT_TRUE(at::equal(a.caption_begin, b.caption_begin));
  EXPECT_TRUE(at::equal(a.spans, b.spans));
}

TEST_F(FeatureStoreTest, ComputesPromptsThatBeginAlikeTogetherInWhateverOrderTheyCome) {
  std::vector<Prompt> prompts;  // 20 of 21 letters
  for (char last = 'a'; last < 'k'; ++last)
    for (const char first : {'x', 'y'}) prompts.push_back({std::string(20, first) + last});
  options.tokens_per_file = 100;  // four prompts
  std::atomic<std::int64_t> computed = 0;
  const StoredSource source(std::make_shared<PromptEncoder>(counting_parts(computed)), options);
  source.encode(prompts);
  EXPECT_LE(computed, 5 * 24 + 21);  // files of one beginning each, but for one of both
}

TEST_F(FeatureStoreTest, GivesTheEncodersBitsAndLoadsNothingTheSecondTime) {
  const auto prompts = prompts_of({"a red circle", "b", "a red circle", "a blue square"});
  const EncoderFeatures computed = encoder()->encode(prompts).front();
  expect_equal(source().encode(prompts).front(), computed);
  loads = 0;
  expect_equal(source().encode(prompts).front(), computed);
  const auto other_order = prompts_of({"a blue square", "b"});
  expect_equal(source().encode(other_order).front(), encoder()->encode(other_order).front());
  EXPECT_EQ(loads, 1);  // the encoder that was compared with
}

TEST_F(FeatureStoreTest, ComputesOnlyWhatIsMissing) {
  const StoredSource store = source();
  store.encode(prompts_of({"one", "two"}));
  store.encode(prompts_of({"two", "three", "three"}));
  ASSERT_EQ(files().size(), 2u);
  std::int64_t prompts = 0;
  for (const auto& path : files()) prompts += open_feature_file(path).tensors.prompt_sha256.size(0);
  EXPECT_EQ(prompts, 3);
}

TEST_F(FeatureStoreTest, KeepsOtherKeysApart) {
  source().encode(prompts_of({"one"}));
  options.key["instruction"] = std::string("other");
  source().encode(prompts_of({"one"}));
  EXPECT_EQ(loads, 2);
}

TEST_F(FeatureStoreTest, RefusesToGrowBeyondItsLimitBeforeItComputes) {
  options.limit_bytes = 1000;
  EXPECT_THAT([&] { source().encode(prompts_of({std::string(20, 'x')})); },
              ThrowsMessage<UserError>(HasSubstr("may hold 0.00 GB")));
  EXPECT_EQ(loads, 0);
}

TEST_F(FeatureStoreTest, NamesAFileThatIsBroken) {
  source().encode(prompts_of({"one"}));
  std::filesystem::resize_file(files().front(), std::filesystem::file_size(files().front()) - 1);
  EXPECT_THAT([&] { source(); }, ThrowsMessage<FileError>(HasSubstr(files().front().string())));
}

std::vector<Prompt> many_prompts() {
  std::vector<Prompt> prompts;
  for (int i = 0; i < 400; ++i) prompts.push_back({"prompt " + std::to_string(i)});
  return prompts;
}

/// A process that encodes all prompts and leaves without running the parent's clean-up.
template <class Encode>
pid_t start(const Encode& encode) {
  const pid_t child = fork();
  if (child != 0) return child;
  at::set_num_threads(1);  // the threads of the parent are not there
  int status = 0;
  try {
    encode();
  } catch (...) {
    status = 1;
  }
  _exit(status);
}

/// From here on this process gets no further than the middle of a file.
void stop_within_a_file() {
  const rlimit small{1000, 1000};  // bytes: a part of each feature file
  signal(SIGXFSZ, [](int) { pause(); });
  setrlimit(RLIMIT_FSIZE, &small);
}

TEST_F(FeatureStoreTest, TwoProcessesStoreEachPromptOnceAndOneKilledWithinAWriteHarmsNothing) {
  options.tokens_per_file = 100;  // many small files
  const std::vector<Prompt> prompts = many_prompts();
  source().encode(std::span(prompts).first(40));
  const auto encode = [&] { source().encode(prompts); };
  const auto encode_others = [&] {  // parts with other bounds
    source().encode(std::span(prompts).subspan(3));
    encode();
  };
  const auto encode_half = [&] {
    stop_within_a_file();
    encode();
  };
  const pid_t killed = start(encode_half), first = start(encode), second = start(encode_others);
  for (int tries = 0; !is_writing(killed) && tries < 60'000; ++tries) usleep(1000);
  EXPECT_TRUE(is_writing(killed));
  kill(killed, SIGKILL);
  for (const pid_t child : {killed, first, second}) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    if (child == killed)
      EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
    else
      EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  std::int64_t stored = 0;
  for (const auto& path : files()) stored += open_feature_file(path).tensors.prompt_sha256.size(0);
  EXPECT_EQ(stored, 400);
  loads = 0;
  const EncoderFeatures all = source().encode(prompts).front();
  EXPECT_EQ(loads, 0);
  expect_equal(all, encoder()->encode(prompts).front());
}

TEST_F(FeatureStoreTest, APartThatAnotherComputesIsLeftToItAndWaitedFor) {
  options.tokens_per_file = 1;  // a file a prompt
  const auto prompts = prompts_of({"one", "two", "three"});
  source().encode({});  // the folder
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t other = start([&] {  // has claimed the first prompt and works on it until told
    const FeatureStore store(options);
    const auto claim = store.claim(std::span(prompts).first(1));
    char byte = 'c';
    if (write(ends[1], &byte, 1) != 1) _exit(2);
    pause();
  });
  char byte = 0;
  ASSERT_EQ(read(ends[0], &byte, 1), 1);
  const pid_t waiting = start([&] { source().encode(prompts); });
  for (int tries = 0; files().size() < 2 && tries < 60'000; ++tries) usleep(1000);
  usleep(50'000);
  EXPECT_EQ(files().size(), 2u);
  EXPECT_EQ(waitpid(waiting, nullptr, WNOHANG), 0);
  kill(other, SIGKILL);  // its claim ends with it
  waitpid(other, nullptr, 0);
  int status = 0;
  ASSERT_EQ(waitpid(waiting, &status, 0), waiting);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(files().size(), 3u);
}

TEST_F(FeatureStoreTest, RemovesWhatAKilledWriterLeftHalf) {
  source().encode(prompts_of({"one"}));
  int status = 0;
  const pid_t killed =
      start([&] { std::ofstream(temporary_beside(files().front()).string()) << "half"; });
  waitpid(killed, &status, 0);
  const auto temporary = [this] {
    const std::filesystem::directory_iterator entries(files().front().parent_path());
    return std::ranges::count_if(entries, [](const auto& e) { return is_temporary(e.path()); });
  };
  EXPECT_EQ(temporary(), 1);
  source().encode(prompts_of({"two"}));
  EXPECT_EQ(temporary(), 0);
}

TEST_F(FeatureStoreTest, WithoutRoomOnTheDiskSaysSoAndKeepsWhatWasThere) {
  source().encode(prompts_of({"one"}));
  const auto fill = [this] {
    const rlimit small{100, 100};  // bytes that this process may write to one file
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    try {
      source().encode(prompts_of({"two"}));
    } catch (const MachineError&) {
      return;
    }
    _exit(3);
  };
  int status = 0;
  waitpid(start(fill), &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(FeatureStoreTest, RefusesAFileWhoseOffsetsLie) {
  FeatureFile file = encoder()->encode_to_file(prompts_of({"one", "two"}));
  std::filesystem::create_directories(options.folder);
  const auto path = options.folder / "lie.safetensors";
  file.features.offsets = at::tensor({0, 7, 6}, at::kLong);
  write_feature_file(path, file);
  EXPECT_THAT([&] { open_feature_file(path); }, ThrowsMessage<FileError>(HasSubstr("offsets")));
  file.features.offsets = at::tensor({0, 3, 6}, at::kLong);
  file.features.caption_begin = at::tensor({0, 4}, at::kLong);
  write_feature_file(path, file);
  EXPECT_THAT([&] { open_feature_file(path); }, ThrowsMessage<FileError>(HasSubstr("captions")));
  file.features.caption_begin = at::tensor({0}, at::kLong);
  write_feature_file(path, file);
  EXPECT_THAT([&] { open_feature_file(path); }, ThrowsMessage<FileError>(HasSubstr("fit each")));
}

}  // namespace
}  // namespace lidit
