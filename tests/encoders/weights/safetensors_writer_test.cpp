#include "encoders/weights/safetensors_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "results/errors.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

struct Sample {
  std::vector<float> floats{1, 2, 3, 4, 5, 6};
  std::vector<std::int64_t> integers{7, 8};
  std::vector<std::uint8_t> bytes{9, 10, 11};
  std::vector<TensorToWrite> tensors() const {
    return {{"bytes", StorageType::u8, {3}, std::as_bytes(std::span(bytes))},
            {"floats", StorageType::f32, {2, 3}, std::as_bytes(std::span(floats))},
            {"integers", StorageType::i64, {2}, std::as_bytes(std::span(integers))},
            {"nothing", StorageType::f32, {0, 4}, {}}};
  }
};

std::size_t element_bytes(StorageType type) {
  return type == StorageType::i64 ? 8 : type == StorageType::f32 ? 4 : 1;
}

TEST(SafetensorsWriter, WritesAlignedTensorsThatTheReaderReads) {
  const TemporaryFolder folder;
  const Sample sample;
  write_safetensors(folder.path() / "x.safetensors", sample.tensors(),
                    {{"k", "v"}, {"a", "\"b\""}});
  const auto file = WeightFile::open(folder.path() / "x.safetensors");
  for (const TensorToWrite& written : sample.tensors()) {
    const TensorView* read = file->find(written.name);
    ASSERT_NE(read, nullptr) << written.name;
    EXPECT_EQ(read->type, written.type);
    EXPECT_EQ(read->shape, written.shape);
    EXPECT_TRUE(
        std::equal(read->data.begin(), read->data.end(), written.data.begin(), written.data.end()));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(read->data.data()) % element_bytes(written.type),
              0u);
  }
  EXPECT_EQ(std::get<std::string>(file->metadata().at("a")), "\"b\"");
}

TEST(SafetensorsWriter, GivesTheSameBytesForAnyOrderOfTensors) {
  const TemporaryFolder folder;
  const Sample sample;
  auto tensors = sample.tensors();
  write_safetensors(folder.path() / "a", tensors);
  std::reverse(tensors.begin(), tensors.end());
  write_safetensors(folder.path() / "b", tensors);
  EXPECT_EQ(read_bytes(folder.path() / "a"), read_bytes(folder.path() / "b"));
}

TEST(SafetensorsWriter, RefusesWhatCannotBeReadBack) {
  const TemporaryFolder folder;
  const Sample sample;
  const auto write = [&](std::vector<TensorToWrite> tensors) {
    write_safetensors(folder.path() / "x", tensors);
  };
  const auto data = std::as_bytes(std::span(sample.floats));
  EXPECT_THROW(write({{"x", StorageType::f32, {7}, data}}), std::logic_error);
  EXPECT_THROW(write({{"x", StorageType::q8_0, {32}, data}}), std::logic_error);
  EXPECT_THROW(write({{"__metadata__", StorageType::f32, {6}, data}}), std::logic_error);
  EXPECT_THROW(write({{"x", StorageType::f32, {6}, data}, {"x", StorageType::f32, {6}, data}}),
               std::logic_error);
}

TEST(SafetensorsWriter, LeavesNothingBesideWhenItCannotWrite) {
  const TemporaryFolder folder;
  const Sample sample;
  EXPECT_THROW(write_safetensors(folder.path() / "absent" / "x", sample.tensors()), UserError);
  std::filesystem::create_directory(folder.path() / "taken");
  EXPECT_THROW(write_safetensors(folder.path() / "taken", sample.tensors()), UserError);
  const auto left = std::distance(std::filesystem::directory_iterator(folder.path()), {});
  EXPECT_EQ(left, 1);
}

}  // namespace
}  // namespace lidit
