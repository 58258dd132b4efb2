#include "encoders/weights/safetensors_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <tuple>

#include "encoders/weights/storage_type.h"
#include "results/files.h"

namespace lidit {
namespace {

constexpr std::size_t kHeaderAlignment = 8;

using Order = std::vector<const TensorToWrite*>;

Order order_of(std::span<const TensorToWrite> tensors) {
  Order order;
  for (const TensorToWrite& tensor : tensors) {
    const StorageLayout& layout = layout_of(tensor.type);
    if (layout.safetensors.empty() || tensor.name.empty() || tensor.name == "__metadata__" ||
        storage_bytes(tensor.type, tensor.shape) != tensor.data.size())
      throw std::logic_error(fmt::format("write_safetensors: '{}' of {}, shape ({}), {} bytes",
                                         tensor.name, layout.name, fmt::join(tensor.shape, ", "),
                                         tensor.data.size()));
    order.push_back(&tensor);
  }
  std::sort(order.begin(), order.end(), [](const TensorToWrite* a, const TensorToWrite* b) {
    const auto size = [](const TensorToWrite* t) { return layout_of(t->type).bytes; };
    return std::tuple(-size(a), std::string_view(a->name)) <
           std::tuple(-size(b), std::string_view(b->name));
  });
  return order;
}

std::string header_of(const Order& order, const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t position = 0;
  for (const TensorToWrite* tensor : order) {
    if (header.contains(tensor->name))
      throw std::logic_error(fmt::format("write_safetensors: '{}' twice", tensor->name));
    header[tensor->name] = {{"dtype", layout_of(tensor->type).safetensors},
                            {"shape", tensor->shape},
                            {"data_offsets", {position, position + tensor->data.size()}}};
    position += tensor->data.size();
  }
  std::string text = header.dump();
  text.append((kHeaderAlignment - text.size() % kHeaderAlignment) % kHeaderAlignment, ' ');
  return text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata) {
  const Order order = order_of(tensors);
  const std::string header = header_of(order, metadata);
  const std::uint64_t size = header.size();
  FileWriter file(path);
  file.write({reinterpret_cast<const char*>(&size), sizeof(size)});
  file.write(header);
  for (const TensorToWrite* tensor : order)
    file.write({reinterpret_cast<const char*>(tensor->data.data()), tensor->data.size()});
  file.commit();
}

}  // namespace lidit
