// Where the program finds and keeps things.
#pragma once
#include <filesystem>

namespace lidit {

struct Home {
  std::filesystem::path root;    // everything that is fetched or made
  std::filesystem::path source;  // the checkout: specs, models.lock

  std::filesystem::path models() const { return root / "models"; }
  std::filesystem::path features() const { return root / "features"; }
  std::filesystem::path records() const { return root / "records"; }
  std::filesystem::path checkpoints() const { return root / "checkpoints"; }
  std::filesystem::path specs() const { return source / "ablations" / "specs"; }
};

/// LIDIT_SOURCE, else the folder the program was built from; LIDIT_HOME, else `.lidit` in it.
Home home_from_environment();

}  // namespace lidit
