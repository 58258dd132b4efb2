#include "encoders/weights/mapped_file.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "results/errors.h"
#include "results/file_descriptor.h"

namespace lidit {

MappedFile::MappedFile(std::filesystem::path path) : path_(std::move(path)) {
  // Opening a FIFO would wait for its writer; O_NONBLOCK does nothing to a regular file.
  const FileDescriptor file(path_, O_RDONLY | O_NONBLOCK);
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0)
    throw FileError(fmt::format("{}: cannot be read: {}.", path_.string(), std::strerror(errno)));
  if (!S_ISREG(status.st_mode))
    throw FileError(fmt::format("{}: is not a regular file.", path_.string()));
  if (status.st_size == 0) throw FileError(fmt::format("{}: is empty.", path_.string()));
  const auto size = static_cast<std::size_t>(status.st_size);
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (address == MAP_FAILED)
    throw FileError(fmt::format("{}: cannot be mapped: {}.", path_.string(), std::strerror(errno)));
  bytes_ = {static_cast<const std::byte*>(address), size};
}

MappedFile::~MappedFile() { ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size()); }

void MappedFile::release(std::span<const std::byte> part) const {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<std::uintptr_t>(part.data());
  const std::uintptr_t begin = (address + page - 1) / page * page,
                       end = (address + part.size()) / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace lidit
