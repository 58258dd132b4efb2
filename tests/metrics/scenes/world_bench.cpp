// The drawn world: making, drawing and reading an example, on one core.
#include <benchmark/benchmark.h>

#include "metrics/scenes/world.h"

namespace lidit::scenes {
namespace {

void make_example(benchmark::State& state, const char* preset) {
  const World world({.preset = preset});
  std::int64_t index = 0;
  for (auto _ : state) benchmark::DoNotOptimize(world.example("train", index++ % world.captions()));
  state.SetItemsProcessed(state.iterations());
}

void draw_example(benchmark::State& state, const char* preset) {
  const World world({.preset = preset});
  const Example example = world.example("train", 0);
  for (auto _ : state) benchmark::DoNotOptimize(world.draw(example.scene));
  state.SetItemsProcessed(state.iterations());
}

void read_image(benchmark::State& state, const char* preset) {
  const World world({.preset = preset});
  const Image image = world.draw(world.example("train", 0).scene);
  for (auto _ : state) benchmark::DoNotOptimize(world.read(image));
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(make_example, quick, "quick")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(make_example, desk, "desk")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(draw_example, quick, "quick")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(draw_example, desk, "desk")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(read_image, quick, "quick")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(read_image, desk, "desk")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lidit::scenes
