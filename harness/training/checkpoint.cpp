#include "harness/training/checkpoint.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "encoders/weights/safetensors_writer.h"
#include "encoders/weights/weight_file.h"
#include "results/errors.h"

namespace lidit {
namespace {

constexpr std::string_view kCompletedSteps = "completed_steps";

StorageType storage_type(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return StorageType::f32;
    case at::kHalf:
      return StorageType::f16;
    case at::kBFloat16:
      return StorageType::bf16;
    case at::kLong:
      return StorageType::i64;
    default:
      TORCH_CHECK(false, "no storage type for tensors of ", type);
  }
}

/// The file's tensor that fits `wanted`; throws FileError otherwise.
const TensorView& matching_view(const WeightFile& file, const NamedTensor& wanted) {
  const auto& [name, tensor] = wanted;
  const TensorView* view = file.find(name);
  if (!view)
    throw FileError(fmt::format("{} has no tensor '{}': it is of another run or strategy",
                                file.path().string(), name));
  const StorageType type = storage_type(tensor.scalar_type());
  if (view->type != type || at::IntArrayRef(view->shape) != tensor.sizes())
    throw FileError(fmt::format("tensor '{}' of {} is {} ({}) where {} ({}) is needed", name,
                                file.path().string(), name_of(view->type),
                                fmt::join(view->shape, ","), name_of(type),
                                fmt::join(tensor.sizes(), ",")));
  return *view;
}

Tensor copy_of(const TensorView& view, at::ScalarType type) {
  const Tensor values = at::empty(view.shape, type);
  TORCH_CHECK(values.nbytes() == view.data.size(), "tensor ", view.name, " has ", view.data.size(),
              " bytes, not ", values.nbytes());
  std::memcpy(values.data_ptr(), view.data.data(), view.data.size());
  return values;
}

NamedTensors weights_and_averages(const Trainer& trainer) {
  NamedTensors all = trainer.parameters();
  for (NamedTensor& average : trainer.ema().state()) all.push_back(std::move(average));
  for (NamedTensor& buffer : trainer.buffers()) all.push_back(std::move(buffer));
  return all;
}

}  // namespace

void save_tensors(const std::filesystem::path& path, const NamedTensors& tensors) {
  std::vector<Tensor> on_host;  // keeps the bytes alive
  std::vector<TensorToWrite> entries;
  for (const auto& [name, tensor] : tensors) {
    on_host.push_back(tensor.detach().to(at::kCPU).contiguous());
    const Tensor& values = on_host.back();
    entries.push_back({name,
                       storage_type(values.scalar_type()),
                       values.sizes().vec(),
                       {static_cast<const std::byte*>(values.const_data_ptr()), values.nbytes()}});
  }
  write_safetensors(path, entries);
}

void load_tensors(const std::filesystem::path& path, const NamedTensors& tensors) {
  const std::shared_ptr<const WeightFile> file = WeightFile::open(path);
  std::vector<Tensor> values;
  for (const NamedTensor& wanted : tensors)
    values.push_back(copy_of(matching_view(*file, wanted), wanted.tensor.scalar_type()));
  const c10::NoGradGuard no_grad;
  for (std::size_t i = 0; i < tensors.size(); ++i) Tensor(tensors[i].tensor).copy_(values[i]);
}

void save_checkpoint(const std::filesystem::path& path, const Trainer& trainer,
                     const NamedTensors& more) {
  NamedTensors all = trainer.state();
  all.insert(all.end(), more.begin(), more.end());
  all.push_back(
      {std::string(kCompletedSteps), at::full({1}, trainer.completed_steps(), at::kLong)});
  save_tensors(path, all);
}

void load_checkpoint(const std::filesystem::path& path, Trainer& trainer,
                     const std::function<NamedTensors(std::int64_t steps)>& more) {
  const Tensor completed = at::zeros({1}, at::kLong);
  load_tensors(path, {{std::string(kCompletedSteps), completed}});
  const auto steps = completed.item<std::int64_t>();
  if (steps < 0 || steps > trainer.options().steps)
    throw FileError(fmt::format("{} was saved after {} steps, but the run has {}", path.string(),
                                steps, trainer.options().steps));
  NamedTensors all = trainer.state();
  if (more)
    for (NamedTensor& tensor : more(steps)) all.push_back(std::move(tensor));
  load_tensors(path, all);
  trainer.resume_at(steps);
}

void save_weights(const std::filesystem::path& path, const Trainer& trainer) {
  save_tensors(path, weights_and_averages(trainer));
}

void load_averaged_weights(const std::filesystem::path& path, const LiDiT& backbone,
                           const Conditioner& conditioner) {
  NamedTensors averages = all_parameters(*backbone, conditioner);
  for (NamedTensor& average : averages) average.name = Ema::name_of(average.name);
  for (NamedTensor& buffer : fitted_buffers(conditioner)) averages.push_back(std::move(buffer));
  load_tensors(path, averages);
}

}  // namespace lidit
