#include "encoders/weights/gguf_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <string>
#include <unordered_set>
#include <utility>

#include "encoders/text/utf8.h"
#include "encoders/weights/byte_reader.h"
#include "encoders/weights/storage_type.h"
#include "results/errors.h"

namespace lidit {
namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr std::uint32_t kOldestVersion = 2, kNewestVersion = 3;
constexpr std::uint32_t kMaximumGgufDimensions = 4;
constexpr std::int64_t kDefaultAlignment = 32;
// The least bytes that a key-value (key length, type, one byte) and a tensor (name length, rank,
// one dimension, type, offset) take: counts beyond remaining / least are lies.
constexpr std::uint64_t kLeastKeyValue = 8 + 4 + 1, kLeastTensor = 8 + 4 + 8 + 4 + 8;

enum class GgufType : std::uint32_t {
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  string,
  array,
  u64,
  i64,
  f64
};

struct TensorInfo {
  TensorView view;       // data still empty
  std::uint64_t offset;  // from the beginning of the data
  std::uint64_t bytes;
};

class GgufParser {
 public:
  GgufParser(std::span<const std::byte> bytes, std::string_view where)
      : bytes_(bytes), where_(where), reader_(bytes, where) {}

  Fields parse_metadata();
  /// After parse_metadata.
  std::vector<TensorView> parse_tensors(const Fields& metadata);

 private:
  template <class... Parts>
  [[noreturn]] void fail(fmt::format_string<Parts...> text, Parts&&... parts) const {
    throw FileError(
        fmt::format("{}: {}.", where_, fmt::format(text, std::forward<Parts>(parts)...)));
  }
  std::string read_string(std::string_view what);
  std::uint64_t read_count(std::string_view what, std::uint64_t least_bytes_each);
  std::int64_t read_integer(GgufType type, std::string_view what);
  double read_number(GgufType type, std::string_view what);
  Value read_value(GgufType type, std::string_view what);
  Value read_array(std::string_view what);
  std::vector<std::int64_t> read_shape(std::string_view what);
  TensorInfo read_tensor_info(std::uint64_t alignment);
  std::uint64_t alignment(const Fields& metadata) const;
  void refuse_overlaps(const std::vector<TensorInfo>& infos) const;

  std::span<const std::byte> bytes_;
  std::string_view where_;
  ByteReader reader_;
  std::uint64_t tensor_count_ = 0;
};

bool is_integer(GgufType type) {
  switch (type) {
    case GgufType::u8:
    case GgufType::i8:
    case GgufType::u16:
    case GgufType::i16:
    case GgufType::u32:
    case GgufType::i32:
    case GgufType::boolean:
    case GgufType::u64:
    case GgufType::i64:
      return true;
    default:
      return false;
  }
}

std::uint64_t size_of(GgufType type) {
  switch (type) {
    case GgufType::u8:
    case GgufType::i8:
    case GgufType::boolean:
      return 1;
    case GgufType::u16:
    case GgufType::i16:
      return 2;
    case GgufType::u32:
    case GgufType::i32:
    case GgufType::f32:
      return 4;
    default:  // 64-bit numbers, and the length that every string begins with
      return 8;
  }
}

std::string GgufParser::read_string(std::string_view what) {
  const auto size = reader_.read<std::uint64_t>(what);
  const std::string_view text = reader_.read_text(size, what);
  if (!is_utf8(text)) fail("{} is not UTF-8", what);
  return std::string(text);
}

std::uint64_t GgufParser::read_count(std::string_view what, std::uint64_t least_bytes_each) {
  const auto count = reader_.read<std::uint64_t>(what);
  if (count > reader_.remaining() / least_bytes_each)
    fail("claims {} {}, more than its {} bytes can hold", count, what, bytes_.size());
  return count;
}

std::int64_t GgufParser::read_integer(GgufType type, std::string_view what) {
  switch (type) {
    case GgufType::u8:
      return reader_.read<std::uint8_t>(what);
    case GgufType::i8:
      return reader_.read<std::int8_t>(what);
    case GgufType::u16:
      return reader_.read<std::uint16_t>(what);
    case GgufType::i16:
      return reader_.read<std::int16_t>(what);
    case GgufType::u32:
      return reader_.read<std::uint32_t>(what);
    case GgufType::i32:
      return reader_.read<std::int32_t>(what);
    case GgufType::boolean: {
      const auto value = reader_.read<std::uint8_t>(what);
      if (value > 1) fail("{} is neither true nor false but {}", what, value);
      return value;
    }
    case GgufType::i64:
      return reader_.read<std::int64_t>(what);
    default: {
      const auto value = reader_.read<std::uint64_t>(what);
      if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        fail("{} is {}, beyond 63 bits", what, value);
      return static_cast<std::int64_t>(value);
    }
  }
}

double GgufParser::read_number(GgufType type, std::string_view what) {
  return type == GgufType::f32 ? reader_.read<float>(what) : reader_.read<double>(what);
}

Value GgufParser::read_value(GgufType type, std::string_view what) {
  if (type > GgufType::f64) fail("{} has the unknown value type {}", what, static_cast<int>(type));
  if (type == GgufType::array) return read_array(what);
  if (type == GgufType::string) return read_string(what);
  if (type == GgufType::boolean) return read_integer(type, what) != 0;
  if (is_integer(type)) return read_integer(type, what);
  return read_number(type, what);
}

Value GgufParser::read_array(std::string_view what) {
  const auto type = GgufType{reader_.read<std::uint32_t>(what)};
  if (type > GgufType::f64)
    fail("{} is a list of the unknown value type {}", what, static_cast<int>(type));
  if (type == GgufType::array) fail("{} is a list of lists, which is not supported", what);
  const auto count = read_count(fmt::format("values of {}", what), size_of(type));
  const auto read_all = [&](auto values, auto read_one) -> Value {
    values.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t i = 0; i < count; ++i) values.push_back(read_one());
    return values;
  };
  if (type == GgufType::string)
    return read_all(std::vector<std::string>{}, [&] { return read_string(what); });
  if (is_integer(type))
    return read_all(std::vector<std::int64_t>{}, [&] { return read_integer(type, what); });
  return read_all(std::vector<double>{}, [&] { return read_number(type, what); });
}

Fields GgufParser::parse_metadata() {
  if (reader_.read_text(kMagic.size(), "the magic number") != kMagic) fail("is not a GGUF file");
  const auto version = reader_.read<std::uint32_t>("the version");
  if (version < kOldestVersion || version > kNewestVersion)
    fail("is of GGUF version {}; supported are {} and {}, little-endian", version, kOldestVersion,
         kNewestVersion);
  tensor_count_ = read_count("tensors", kLeastTensor);
  const auto count = read_count("key-values", kLeastKeyValue);
  Fields metadata;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string key = read_string(fmt::format("key {}", i));
    if (key.empty()) fail("key {} is empty", i);
    const auto type = GgufType{reader_.read<std::uint32_t>("a value's type")};
    Value value = read_value(type, fmt::format("value '{}'", key));
    if (const auto added = metadata.emplace(std::move(key), std::move(value)); !added.second)
      fail("key '{}' appears twice", added.first->first);
  }
  return metadata;
}

std::uint64_t GgufParser::alignment(const Fields& metadata) const {
  const auto found = metadata.find("general.alignment");
  if (found == metadata.end()) return kDefaultAlignment;
  const auto* value = std::get_if<std::int64_t>(&found->second);
  constexpr std::int64_t kLargest = 1 << 20;
  if (!value || *value < 1 || *value > kLargest ||
      !std::has_single_bit(static_cast<std::uint64_t>(*value)))
    fail("general.alignment must be a power of two up to {}", kLargest);
  return static_cast<std::uint64_t>(*value);
}

std::vector<std::int64_t> GgufParser::read_shape(std::string_view what) {
  const auto rank = reader_.read<std::uint32_t>(what);
  if (rank < 1 || rank > kMaximumGgufDimensions)
    fail("{} has {} dimensions; 1 to {} are supported", what, rank, kMaximumGgufDimensions);
  std::vector<std::int64_t> shape(rank);
  for (std::int64_t& size : shape) {
    size = read_integer(GgufType::u64, what);
    if (size == 0) fail("{} has a dimension of size 0", what);
  }
  std::reverse(shape.begin(), shape.end());  // GGUF writes the contiguous dimension first
  return shape;
}

TensorInfo GgufParser::read_tensor_info(std::uint64_t alignment) {
  TensorInfo info{};
  info.view.name = read_string("a tensor's name");
  if (info.view.name.empty()) fail("a tensor has no name");
  const std::string what = fmt::format("tensor '{}'", info.view.name);
  info.view.shape = read_shape(what);
  const auto type = reader_.read<std::uint32_t>(what);
  const StorageLayout* layout = find_gguf_type(type);
  if (!layout)
    fail("{} is stored as {}, which is not supported; supported are {}", what, gguf_type_name(type),
         supported_gguf_types());
  info.view.type = layout->type;
  info.offset = reader_.read<std::uint64_t>(what);
  if (info.offset % alignment != 0)
    fail("{} begins at offset {}, which is no multiple of {}", what, info.offset, alignment);
  const auto bytes = storage_bytes(layout->type, info.view.shape);
  if (!bytes)
    fail("{} of {} has the impossible shape ({})", what, layout->name,
         fmt::join(info.view.shape, ", "));
  info.bytes = *bytes;
  return info;
}

void GgufParser::refuse_overlaps(const std::vector<TensorInfo>& infos) const {
  std::vector<const TensorInfo*> order;
  for (const TensorInfo& info : infos) order.push_back(&info);
  std::sort(order.begin(), order.end(),
            [](const TensorInfo* a, const TensorInfo* b) { return a->offset < b->offset; });
  for (std::size_t i = 1; i < order.size(); ++i)
    if (order[i - 1]->offset + order[i - 1]->bytes > order[i]->offset)
      fail("tensors '{}' and '{}' overlap", order[i - 1]->view.name, order[i]->view.name);
}

std::vector<TensorView> GgufParser::parse_tensors(const Fields& metadata) {
  const std::uint64_t align = alignment(metadata);
  std::vector<TensorInfo> infos;
  std::unordered_set<std::string> names;
  infos.reserve(static_cast<std::size_t>(tensor_count_));
  for (std::uint64_t i = 0; i < tensor_count_; ++i) {
    infos.push_back(read_tensor_info(align));
    if (!names.insert(infos.back().view.name).second)
      fail("tensor '{}' appears twice", infos.back().view.name);
  }
  const std::uint64_t begin = (reader_.position() + align - 1) / align * align;
  const std::uint64_t size = begin < bytes_.size() ? bytes_.size() - begin : 0;
  std::vector<TensorView> tensors;
  tensors.reserve(infos.size());
  for (TensorInfo& info : infos) {
    if (info.offset > size || info.bytes > size - info.offset)
      fail("tensor '{}' ends beyond the file", info.view.name);
  }
  refuse_overlaps(infos);
  for (TensorInfo& info : infos) {
    info.view.data = bytes_.subspan(static_cast<std::size_t>(begin + info.offset),
                                    static_cast<std::size_t>(info.bytes));
    tensors.push_back(std::move(info.view));
  }
  return tensors;
}

}  // namespace

bool is_gguf(std::span<const std::byte> bytes) {
  return bytes.size() >= kMagic.size() &&
         std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0;
}

WeightContents parse_gguf(std::span<const std::byte> bytes, std::string_view where) {
  GgufParser parser(bytes, where);
  Fields metadata = parser.parse_metadata();
  auto tensors = parser.parse_tensors(metadata);
  return {std::move(metadata), std::move(tensors)};
}

Fields parse_gguf_metadata(std::span<const std::byte> bytes, std::string_view where) {
  return GgufParser(bytes, where).parse_metadata();
}

}  // namespace lidit
