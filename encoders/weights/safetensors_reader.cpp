#include "encoders/weights/safetensors_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <utility>

#include "encoders/weights/byte_reader.h"
#include "encoders/weights/storage_type.h"
#include "results/errors.h"
#include "results/json.h"

namespace lidit {
namespace {

using json = nlohmann::json;
constexpr std::string_view kMetadataKey = "__metadata__";
constexpr std::size_t kMaximumSafetensorsDimensions = 8;

struct Entry {
  TensorView view;  // data still empty
  std::uint64_t begin, end;
};

class HeaderReader {
 public:
  explicit HeaderReader(std::string_view where) : where_(where) {}

  Fields read_metadata(const json& header) const;
  /// In the order of their data.
  std::vector<Entry> read_entries(const json& header) const;
  template <class... Parts>
  [[noreturn]] void fail(fmt::format_string<Parts...> text, Parts&&... parts) const {
    throw FileError(
        fmt::format("{}: {}.", where_, fmt::format(text, std::forward<Parts>(parts)...)));
  }

 private:
  Entry read_entry(const std::string& name, const json& entry) const;
  std::vector<std::int64_t> read_shape(const std::string& name, const json& entry) const;
  std::uint64_t read_unsigned(const std::string& name, const json& value) const;
  const json& member(const std::string& name, const json& entry, const char* key) const;

  std::string_view where_;
};

Fields HeaderReader::read_metadata(const json& header) const {
  Fields metadata;
  const auto found = header.find(kMetadataKey);
  if (found == header.end()) return metadata;
  if (!found->is_object()) fail("{} is not an object", kMetadataKey);
  for (const auto& [key, value] : found->items()) {
    if (!value.is_string()) fail("{} has a value that is not a string: '{}'", kMetadataKey, key);
    metadata.emplace(key, value.get<std::string>());
  }
  return metadata;
}

const json& HeaderReader::member(const std::string& name, const json& entry,
                                 const char* key) const {
  const auto found = entry.find(key);
  if (found == entry.end()) fail("tensor '{}' has no {}", name, key);
  return *found;
}

std::uint64_t HeaderReader::read_unsigned(const std::string& name, const json& value) const {
  // nlohmann reads what fits 64 bits as unsigned, everything else as negative or floating.
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() >> 63 != 0)
    fail("tensor '{}' has a size or offset that is no whole number below 2^63", name);
  return value.get<std::uint64_t>();
}

std::vector<std::int64_t> HeaderReader::read_shape(const std::string& name,
                                                   const json& entry) const {
  const json& shape = member(name, entry, "shape");
  if (!shape.is_array() || shape.size() > kMaximumSafetensorsDimensions)
    fail("tensor '{}' has a shape that is no list of up to {} numbers", name,
         kMaximumSafetensorsDimensions);
  std::vector<std::int64_t> sizes;
  for (const json& size : shape)
    sizes.push_back(static_cast<std::int64_t>(read_unsigned(name, size)));
  return sizes;
}

Entry HeaderReader::read_entry(const std::string& name, const json& entry) const {
  if (name.empty()) fail("a tensor has no name");
  if (!entry.is_object()) fail("tensor '{}' is not described by an object", name);
  const json& type = member(name, entry, "dtype");
  if (!type.is_string()) fail("tensor '{}' has a dtype that is no string", name);
  const StorageLayout* layout = find_safetensors_type(type.get_ref<const std::string&>());
  if (!layout)
    fail("tensor '{}' is stored as {}, which is not supported; supported are {}", name,
         type.get_ref<const std::string&>(), supported_safetensors_types());
  const json& offsets = member(name, entry, "data_offsets");
  if (!offsets.is_array() || offsets.size() != 2)
    fail("tensor '{}' has data_offsets that are not a pair", name);
  Entry read{{name, layout->type, read_shape(name, entry), {}},
             read_unsigned(name, offsets[0]),
             read_unsigned(name, offsets[1])};
  const auto bytes = storage_bytes(layout->type, read.view.shape);
  if (!bytes || read.end < read.begin || read.end - read.begin != *bytes)
    fail("tensor '{}' lies at {}..{}, which is not the size of {} with shape ({})", name,
         read.begin, read.end, layout->name, fmt::join(read.view.shape, ", "));
  return read;
}

std::vector<Entry> HeaderReader::read_entries(const json& header) const {
  std::vector<Entry> entries;
  for (const auto& [name, entry] : header.items())
    if (name != kMetadataKey) entries.push_back(read_entry(name, entry));
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end, a.view.name) < std::tie(b.begin, b.end, b.view.name);
  });
  return entries;
}

}  // namespace

bool is_safetensors(std::span<const std::byte> bytes) {
  return bytes.size() > sizeof(std::uint64_t) && bytes[sizeof(std::uint64_t)] == std::byte{'{'};
}

WeightContents parse_safetensors(std::span<const std::byte> bytes, std::string_view where) {
  ByteReader reader(bytes, where);
  const HeaderReader headers(where);
  const auto size = reader.read<std::uint64_t>("the header's length");
  if (size > kMaximumSafetensorsHeader)
    headers.fail("claims a header of {} bytes; at most {} are read", size,
                 kMaximumSafetensorsHeader);
  const json header = parse_json(reader.read_text(size, "the header"), where, 4);
  if (!header.is_object()) headers.fail("has a header that is not a JSON object");

  WeightContents contents{headers.read_metadata(header), {}};
  std::uint64_t position = 0;
  for (Entry& entry : headers.read_entries(header)) {
    if (entry.begin != position)
      headers.fail("tensor '{}' begins at {} instead of {}: {}", entry.view.name, entry.begin,
                   position, entry.begin < position ? "it overlaps another" : "there is a gap");
    entry.view.data = reader.take(entry.end - entry.begin,
                                  fmt::format("the data of tensor '{}'", entry.view.name));
    position = entry.end;
    contents.tensors.push_back(std::move(entry.view));
  }
  if (reader.remaining() != 0)
    headers.fail("has {} bytes behind its last tensor", reader.remaining());
  return contents;
}

}  // namespace lidit
