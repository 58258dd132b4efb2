#include "encoders/feature_store.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <set>

#include "results/errors.h"
#include "results/files.h"

namespace lidit {
namespace {

constexpr std::uint64_t kLargestKey = 1 << 20;
constexpr std::string_view kKeyFile = "key.json", kLockFile = "lock", kSuffix = ".safetensors";

std::int64_t bytes_below(const std::filesystem::path& folder) {
  std::int64_t bytes = 0;
  std::error_code error;  // files may vanish meanwhile: they count as nothing
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    const auto size = entry.is_regular_file(error) ? entry.file_size(error) : 0;
    if (!error) bytes += static_cast<std::int64_t>(size);
  }
  return bytes;
}

}  // namespace

FeatureStore::Lock::Lock(const std::filesystem::path& path) : file_(path, O_RDWR | O_CREAT) {
  if (file_.get() < 0) throw_system_error("cannot open", path, errno);
  while (::flock(file_.get(), LOCK_EX) != 0)
    if (errno != EINTR) throw_system_error("cannot lock", path, errno);
}

FeatureStore::FeatureStore(FeatureStoreOptions options) : options_(std::move(options)) {
  const std::string key = to_json(options_.key);
  folder_ = options_.folder / sha256_hex(key).substr(0, 16);
  make_folder(folder_);
  const std::filesystem::path file = folder_ / kKeyFile;
  if (!std::filesystem::exists(file)) write_file(file, key);
  if (read_file(file, kLargestKey) != key)
    throw FileError(fmt::format("{} is the key of other features than these: remove {}",
                                file.string(), folder_.string()));
  refresh();
}

void FeatureStore::refresh() {
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    if (FeatureFiles::is_feature_file(entry.path())) files_.take_in(entry.path());
}

void FeatureStore::require_room(std::int64_t bytes) const {
  const std::int64_t there = bytes_below(options_.folder);
  if (bytes <= options_.limit_bytes && there <= options_.limit_bytes - bytes) return;
  constexpr double kGigabyte = 1e9;
  throw UserError(
      fmt::format("these features need {:.2f} GB beside the {:.2f} GB in {}, which may hold {:.2f} "
                  "GB: keep fewer "
                  "layers or prompts, or remove folders there that are no longer needed",
                  static_cast<double>(bytes) / kGigabyte, static_cast<double>(there) / kGigabyte,
                  options_.folder.string(), static_cast<double>(options_.limit_bytes) / kGigabyte));
}

std::unique_ptr<FeatureStore::Lock> FeatureStore::lock() const {
  auto held = std::make_unique<Lock>(folder_ / kLockFile);
  remove_leftovers(folder_);
  return held;
}

void FeatureStore::add(const FeatureFile& file, const Lock&) {
  const Tensor hashes = file.prompt_sha256.contiguous();
  const std::string name =
      sha256_hex({static_cast<const char*>(hashes.const_data_ptr()), hashes.nbytes()});
  const std::filesystem::path path = folder_ / (name.substr(0, 32) + std::string(kSuffix));
  write_feature_file(path, file);
  files_.take_in(path);
}

StoredSource::StoredSource(std::shared_ptr<const PromptEncoder> encoder,
                           FeatureStoreOptions options)
    : encoder_(std::move(encoder)), store_(std::move(options)) {}

FrozenFeatures StoredSource::encode(std::span<const Prompt> prompts) const {
  const std::lock_guard guard(mutex_);
  std::vector<Digest> digests;
  for (const Prompt& prompt : prompts) digests.push_back(sha256(prompt.text));
  store_.refresh();
  std::set<Digest> seen;
  std::vector<Prompt> missing;
  for (std::size_t i = 0; i < digests.size(); ++i)
    if (!store_.has(digests[i]) && seen.insert(digests[i]).second) missing.push_back(prompts[i]);
  if (!missing.empty()) fill(std::move(missing));
  if (store_.empty()) return encoder_->encode(prompts);  // no prompts, and nothing stored yet
  return {store_.read(digests)};
}

void StoredSource::fill(std::vector<Prompt> missing) const {
  const std::vector<std::int64_t> lengths = encoder_->token_counts(missing);
  std::int64_t tokens = 0;
  for (const std::int64_t length : lengths) tokens += length;
  store_.require_room(tokens * encoder_->bytes_per_token());
  for (std::size_t next = 0; next < missing.size();) {
    const auto lock = store_.lock();
    store_.refresh();
    std::vector<Prompt> chunk;
    for (std::int64_t sum = 0; next < missing.size(); ++next) {
      if (store_.has(sha256(missing[next].text))) continue;  // another process was faster
      if (!chunk.empty() && sum + lengths[next] > store_.options().tokens_per_file) break;
      sum += lengths[next];
      chunk.push_back(missing[next]);
    }
    if (!chunk.empty()) store_.add(encoder_->encode_to_file(chunk), *lock);
  }
}

}  // namespace lidit
