// A run on disk as safetensors: everything that a resumed run needs, or the weights alone.
#pragma once
#include <filesystem>
#include <functional>

#include "encoders/conditioner.h"
#include "harness/backbone/lidit.h"
#include "harness/training/named_tensor.h"
#include "harness/training/trainer.h"

namespace lidit {

/// Writes the tensors (fp32, fp16, bf16, int64; any device): `path` is the old file or the whole
/// new one. Throws MachineError when it cannot be written.
void save_tensors(const std::filesystem::path& path, const NamedTensors& tensors);

/// Copies the file's values into `tensors`; others in the file are left alone. Throws FileError
/// when one is missing or has another shape or type, before any value is changed.
void load_tensors(const std::filesystem::path& path, const NamedTensors& tensors);

/// Weights, averages, optimiser states and the number of steps done, and `more` beside them.
void save_checkpoint(const std::filesystem::path& path, const Trainer& trainer,
                     const NamedTensors& more = {});
/// The trainer, built as the saved one was, goes on from there: on the CPU bit for bit as if it had
/// not been interrupted. `more` gives what else is to be filled of a checkpoint after so many
/// steps. Throws FileError when the file is of another run.
void load_checkpoint(const std::filesystem::path& path, Trainer& trainer,
                     const std::function<NamedTensors(std::int64_t steps)>& more = {});

/// What a finished cell keeps: "backbone.*", "conditioner.*" and their averages "ema.*", and the
/// buffers that the conditioner was fitted to.
void save_weights(const std::filesystem::path& path, const Trainer& trainer);
/// The averaged weights of save_weights, as images are made with. Throws FileError.
void load_averaged_weights(const std::filesystem::path& path, const LiDiT& backbone,
                           const Conditioner& conditioner);

}  // namespace lidit
