// Loops over LibTorch's own threads.
#pragma once
#include <c10/util/FunctionRef.h>

#include <cstdint>

namespace lidit {

/// Calls body(begin, end) for parts of begin..end-1 of at least `grain` on at::get_num_threads()
/// threads, as at::parallel_for does. That one is a template which runs in the caller's thread
/// alone wherever it is compiled without OpenMP, as all other files here are.
void parallel_over(std::int64_t begin, std::int64_t end, std::int64_t grain,
                   c10::function_ref<void(std::int64_t, std::int64_t)> body);

}  // namespace lidit
