#include "encoders/text/score_bpe.h"

#include <algorithm>
#include <map>
#include <queue>
#include <string>
#include <utility>

#include "encoders/text/utf8.h"

namespace lidit {

struct ScoreBpe::Symbol {
  std::size_t begin, end;
  std::int32_t previous, next;  // -1: none
  bool frozen;                  // a user-defined piece
  bool alive() const { return end > begin; }
};

struct ScoreBpe::Candidate {
  float score;
  std::int32_t left, right;
  std::size_t size;                               // of both together, when they were found
  bool operator<(const Candidate& other) const {  // the heap's top: highest score, then leftmost
    return score != other.score ? score < other.score : left > other.left;
  }
};

/// One text under way.
class ScoreBpe::Run {
 public:
  Run(const ScoreBpe& model, std::string_view text) : model_(model), text_(text) {}

  void merge() {
    cut_into_characters();
    for (std::size_t i = 1; i < symbols_.size(); ++i)
      consider(static_cast<std::int32_t>(i) - 1, static_cast<std::int32_t>(i));
    while (!candidates_.empty()) {
      const Candidate best = candidates_.top();
      candidates_.pop();
      Symbol &left = at(best.left), &right = at(best.right);
      if (!left.alive() || !right.alive() || right.end - left.begin != best.size) continue;
      left.end = right.end;
      right.begin = right.end;
      left.next = right.next;
      if (right.next >= 0) at(right.next).previous = best.left;
      consider(left.previous, best.left);
      consider(best.left, left.next);
    }
  }

  void append_tokens(std::vector<Token>& tokens) const {
    const std::size_t first = tokens.size();
    for (const Symbol& symbol : symbols_)
      if (symbol.alive())
        append(text_.substr(symbol.begin, symbol.end - symbol.begin), first, tokens);
  }

 private:
  Symbol& at(std::int32_t index) { return symbols_[static_cast<std::size_t>(index)]; }

  void cut_into_characters() {
    for (std::size_t begin = 0; begin < text_.size();) {
      const std::size_t fixed = model_.user_defined_.longest_prefix(text_.substr(begin));
      const std::size_t size = fixed > 0 ? fixed : code_point_at(text_, begin).size;
      const auto index = static_cast<std::int32_t>(symbols_.size());
      symbols_.push_back({begin, begin + size, index - 1, index + 1, fixed > 0});
      begin += size;
    }
    if (!symbols_.empty()) symbols_.back().next = -1;
  }

  void consider(std::int32_t left, std::int32_t right) {
    if (left < 0 || right < 0 || at(left).frozen || at(right).frozen) return;
    const std::size_t begin = at(left).begin, size = at(right).end - begin;
    const Entry* entry = model_.find(text_.substr(begin, size));
    if (!entry) return;
    candidates_.push({entry->score, left, right, size});
    if (entry->unused) halves_[text_.substr(begin, size)] = at(left).end - begin;
  }

  /// A piece that is not to be used is given as the two that it was merged from.
  void append(std::string_view piece, std::size_t first, std::vector<Token>& tokens) const {
    std::vector<std::string_view> todo{piece};
    while (!todo.empty()) {
      const std::string_view next = todo.back();
      todo.pop_back();
      const auto begin = static_cast<std::int32_t>(next.data() - text_.data());
      const Entry* entry = model_.find(next);
      const auto half = halves_.find(next);
      if (entry && entry->unused && half != halves_.end()) {
        todo.push_back(next.substr(half->second));
        todo.push_back(next.substr(0, half->second));
      } else if (entry) {
        tokens.push_back({entry->id, begin, begin + static_cast<std::int32_t>(next.size())});
      } else {
        model_.unknown_.append(next, begin, first, tokens);
      }
    }
  }

  const ScoreBpe& model_;
  std::string_view text_;
  std::vector<Symbol> symbols_;
  std::priority_queue<Candidate> candidates_;
  std::map<std::string_view, std::size_t> halves_;  // of unused pieces: where they are cut
};

ScoreBpe::ScoreBpe(const ScoreBpeFile& file) : unknown_(file.unknown) {
  for (std::size_t i = 0; i < file.pieces.size(); ++i) {
    const ScoredPiece& piece = file.pieces[i];
    entries_.emplace(piece.text, Entry{piece.id, static_cast<float>(piece.score), file.unused[i]});
    if (piece.user_defined) user_defined_.insert(piece.text, piece.id);
  }
}

const ScoreBpe::Entry* ScoreBpe::find(std::string_view text) const {
  const auto found = entries_.find(text);
  return found == entries_.end() ? nullptr : &found->second;
}

void ScoreBpe::encode(std::string_view text, std::vector<Token>& tokens) const {
  Run run(*this, text);
  run.merge();
  run.append_tokens(tokens);
}

}  // namespace lidit
