// Text cut by the pre-tokenizers of tokenizer.json, each piece encoded by itself.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "encoders/text/aligned_text.h"
#include "encoders/text/split_pattern.h"
#include "encoders/text/subword_model.h"

namespace lidit {

/// How one piece becomes tokens.
class PieceModel {
 public:
  virtual ~PieceModel() = default;
  /// Appends the tokens of `piece` (valid UTF-8, not empty), with spans in bytes of it.
  virtual void encode(std::string_view piece, std::vector<Token>& tokens) const = 0;
};

/// Spaces become `replacement`, which is also put before a piece that does not begin with it; cut
/// before each.
struct Metaspace {
  enum class Prepend { always, first, never };
  std::string replacement = "\xE2\x96\x81";  // U+2581
  Prepend prepend = Prepend::always;         // first: only at the start of the whole text
  bool split = true;
};

class SegmentedModel final : public SubwordModel {
 public:
  using Stage = std::variant<SplitPattern, Metaspace>;
  /// Each stage cuts the pieces of the one before; no stage: the text is one piece.
  SegmentedModel(std::vector<Stage> stages, std::unique_ptr<const PieceModel> model)
      : stages_(std::move(stages)), model_(std::move(model)) {}
  void encode(std::string_view text, bool at_start, std::vector<Token>& tokens) const override;

 private:
  struct Piece {
    AlignedText text;
    bool at_start;
  };
  static std::vector<Piece> cut(const SplitPattern& pattern, const Piece& piece);
  static std::vector<Piece> cut(const Metaspace& metaspace, const Piece& piece);

  std::vector<Stage> stages_;
  std::unique_ptr<const PieceModel> model_;
};

}  // namespace lidit
