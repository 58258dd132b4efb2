// What a cell that was stopped or killed goes on from.
#pragma once
#include <chrono>
#include <filesystem>
#include <string_view>

#include "harness/learning_curve.h"
#include "harness/training/trainer.h"

namespace lidit {

/// The trainer and the learning curve in one file, written while they go on.
class CellCheckpoint {
 public:
  /// The file of a cell that trains on `device`: on another one it begins again.
  static std::filesystem::path file(const std::filesystem::path& folder,
                                    std::string_view fingerprint, c10::Device device);

  /// The trainer and the curve must outlive this. No path: nothing is kept. Removes what killed
  /// processes left half beside it.
  CellCheckpoint(std::filesystem::path path, std::chrono::seconds every, Trainer& trainer,
                 LearningCurve& curve);

  /// Brings both to where the file left them, if there is one: on the CPU bit for bit as if there
  /// had been no interruption. Gives the seconds that the steps until there took. Throws FileError
  /// when the file is broken or of another cell.
  double resume();
  /// After a step: writes when it is time, so seldom that writing takes a fiftieth of it at most.
  void keep(double seconds);
  /// Writes now. Without room the file before stays, a sentence goes to standard error, and the
  /// cell goes on: what it has learnt is worth more than its checkpoint.
  void write(double seconds);

 private:
  using Clock = std::chrono::steady_clock;

  std::filesystem::path path_;
  Clock::duration every_;
  Trainer& trainer_;
  LearningCurve& curve_;
  Clock::time_point next_;
};

}  // namespace lidit
