// What is known of an encoder without its weights: checks of settings and identities of cells.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "encoders/encoder_settings.h"
#include "encoders/text/checkpoint_template.h"
#include "results/fields.h"

namespace lidit {

/// What settings depend on, besides a model's name.
struct EncoderKind {
  /// Whether a token's state may depend on later tokens, so that no constant prefix goes before it.
  /// A folder of features counts as such a model.
  bool bidirectional;
  /// The hidden states that a mix reads unless it is told which: of every block, or all in a
  /// folder.
  std::vector<std::int64_t> layers;
};
/// What settings ask of a model's files, by its name or path.
struct ModelLookup {
  std::function<EncoderKind(const std::string& model)> kind;
  std::function<CheckpointTemplate(const std::string& model)> chat_template;
};
ModelLookup look_up_in(const std::filesystem::path& home);

/// Throws as find_model does.
EncoderKind encoder_kind(const std::string& model, const std::filesystem::path& home);

/// The chat template of the model's files. Throws as find_model does, and FileError when they bring
/// none or one that is not known here.
CheckpointTemplate checkpoint_template(const std::string& model, const std::filesystem::path& home);

/// Refuses a layer, an instruction or a template that the model cannot have: UserError. Throws as
/// find_model does, and FileError when the model's files are broken.
void check_encoder(const EncoderSettings& settings, const std::filesystem::path& home);

/// The SHA-256 of everything in files that decides what the model says: `weights`, `config` and
/// `tokenizer`, or `features`; and `end_token` where the model reads and pools one.
Fields encoder_hashes(const std::string& model, const std::filesystem::path& home);

}  // namespace lidit
