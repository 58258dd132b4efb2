#include "encoders/weights/weight_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "encoders/weights/gguf_reader.h"
#include "encoders/weights/mapped_file.h"
#include "encoders/weights/safetensors_reader.h"
#include "results/errors.h"

namespace lidit {
namespace {

class MappedWeightFile final : public WeightFile {
 public:
  explicit MappedWeightFile(const std::filesystem::path& path)
      : file_(path), contents_(parse(file_)) {}
  const std::filesystem::path& path() const override { return file_.path(); }
  std::span<const TensorView> tensors() const override { return contents_.tensors; }
  const Fields& metadata() const override { return contents_.metadata; }
  void release(const TensorView& tensor) const override { file_.release(tensor.data); }

 private:
  static WeightContents parse(const MappedFile& file) {
    const std::string where = file.path().string();
    if (is_gguf(file.bytes())) return parse_gguf(file.bytes(), where);
    if (is_safetensors(file.bytes())) return parse_safetensors(file.bytes(), where);
    throw FileError(
        fmt::format("{}: is neither a GGUF nor a safetensors file by its first bytes.", where));
  }

  MappedFile file_;
  WeightContents contents_;
};

}  // namespace

std::int64_t TensorView::count() const {
  std::int64_t product = 1;  // cannot overflow: the readers have checked the shape
  for (const std::int64_t size : shape) product *= size;
  return product;
}

std::shared_ptr<const WeightFile> WeightFile::open(const std::filesystem::path& path) {
  return std::make_shared<MappedWeightFile>(path);
}

const TensorView* WeightFile::find(std::string_view name) const {
  const auto all = tensors();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const TensorView& t) { return t.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace lidit
