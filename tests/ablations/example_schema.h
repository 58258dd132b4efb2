// A small schema with one key of every kind.
#pragma once
#include "ablations/schema.h"

namespace lidit {

inline Schema example_schema() {
  return Schema({
      {.name = "strategy",
       .kind = Kind::text,
       .default_value = std::string("raw-llm"),
       .choices = {"raw-llm", "instruction-guided", "multi-llm-fusion"}},
      {.name = "encoder.layer",
       .kind = Kind::integer,
       .default_value = std::int64_t{-3},
       .indexed = true},
      {.name = "encoder.models", .kind = Kind::texts},
      {.name = "train.steps",
       .kind = Kind::integer,
       .default_value = std::int64_t{600},
       .at_least = 1},
      {.name = "train.rate",
       .kind = Kind::number,
       .default_value = 0.005,
       .at_least = 0,
       .at_most = 1},
      {.name = "train.ema", .kind = Kind::boolean, .default_value = true},
      {.name = "sample.times", .kind = Kind::numbers, .at_least = 0},
      {.name = "world.places", .kind = Kind::integers},
      {.name = "world.note", .kind = Kind::text},
  });
}

}  // namespace lidit
