#include "encoders/feature_store.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <set>
#include <string>

#include "results/errors.h"
#include "results/files.h"

namespace lidit {
namespace {

constexpr std::uint64_t kLargestKey = 1 << 20;
constexpr std::int64_t kByteOfAdding = 0;
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

/// The byte of the lock file that stands for these prompts.
std::int64_t byte_of(std::span<const Prompt> prompts) {
  std::string texts;
  for (const Prompt& prompt : prompts) texts += sha256_hex(prompt.text);
  return 1 + std::stoll(sha256_hex(texts).substr(0, 15), nullptr, 16);
}

}  // namespace

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

FeatureStore::Lock FeatureStore::lock() const {
  Lock lock{ByteLock::wait(folder_ / kLockFile, kByteOfAdding)};
  remove_leftovers(folder_);
  return lock;
}

std::optional<FeatureStore::Claim> FeatureStore::try_claim(std::span<const Prompt> prompts) const {
  std::optional<ByteLock> held = ByteLock::try_now(folder_ / kLockFile, byte_of(prompts));
  if (!held) return std::nullopt;
  return Claim{std::move(*held)};
}

FeatureStore::Claim FeatureStore::claim(std::span<const Prompt> prompts) const {
  return {ByteLock::wait(folder_ / kLockFile, byte_of(prompts))};
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
  if (!std::ranges::all_of(digests, [&](const Digest& digest) { return store_.has(digest); })) {
    std::set<Digest> seen;
    std::vector<Prompt> distinct;
    for (std::size_t i = 0; i < digests.size(); ++i)
      if (seen.insert(digests[i]).second) distinct.push_back(prompts[i]);
    std::ranges::sort(distinct, {}, &Prompt::text);  // prompts of a part shall begin alike
    fill(distinct);
  }
  if (store_.empty()) return encoder_->encode(prompts);  // no prompts, and nothing stored yet
  return {store_.read(digests)};
}

std::vector<Prompt> StoredSource::missing_of(std::span<const Prompt> prompts) const {
  store_.refresh();
  std::vector<Prompt> missing;
  std::ranges::copy_if(prompts, std::back_inserter(missing),
                       [&](const Prompt& prompt) { return !store_.has(sha256(prompt.text)); });
  return missing;
}

void StoredSource::fill(const std::vector<Prompt>& prompts) const {
  const std::vector<std::int64_t> lengths = encoder_->token_counts(prompts);
  std::int64_t missing_tokens = 0;
  for (std::size_t i = 0; i < prompts.size(); ++i)
    if (!store_.has(sha256(prompts[i].text))) missing_tokens += lengths[i];
  store_.require_room(missing_tokens * encoder_->bytes_per_token());

  // Parts of all prompts, not of those that are missing now: processes that ask for the same ones
  // at different times claim the same parts.
  std::vector<std::span<const Prompt>> taken;  // that another one is computing
  for (std::size_t begin = 0, end = 0; begin < prompts.size(); begin = end) {
    for (std::int64_t sum = 0; end < prompts.size(); ++end) {
      sum += lengths[end];
      if (end > begin && sum > store_.options().tokens_per_file) break;
    }
    const auto part = std::span(prompts).subspan(begin, end - begin);
    if (const auto claim = store_.try_claim(part))
      fill_part(part);
    else
      taken.push_back(part);
  }
  for (const auto part : taken) {
    const auto claim = store_.claim(part);  // and if the other one was killed, it is ours
    fill_part(part);
  }
}

void StoredSource::fill_part(std::span<const Prompt> part) const {
  // Others may store some of these prompts meanwhile, as members of other parts: then those that
  // are left are computed again.
  for (std::vector<Prompt> missing = missing_of(part); !missing.empty();) {
    const FeatureFile file = encoder_->encode_to_file(missing);
    const auto lock = store_.lock();
    std::vector<Prompt> now = missing_of(part);
    if (now.size() == missing.size()) return store_.add(file, lock);
    missing = std::move(now);
  }
}

}  // namespace lidit
