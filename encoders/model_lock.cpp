#include "encoders/model_lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "encoders/model_lock_text.h"
#include "results/errors.h"

namespace lidit {
namespace {

class Reader {
 public:
  Reader(std::string_view text, std::string_view where) : text_(std::string(text)), where_(where) {}

  std::vector<LockedModel> read() {
    for (std::string line; std::getline(text_, line);) {
      ++number_;
      std::istringstream words(line.substr(0, line.find('#')));
      std::string kind, name;
      if (!(words >> kind)) continue;
      require(static_cast<bool>(words >> name), "a name is missing");
      if (kind == "model")
        add_model(name, words);
      else if (kind == "file")
        add_file(model(name), words);
      else if (kind == "terms")
        require(static_cast<bool>(words >> model(name).terms), "terms need an address");
      else
        require(kind == "wheel", fmt::format("a line starts with '{}'", kind));  // for the launcher
    }
    return std::move(models_);
  }

 private:
  void require(bool fine, std::string_view problem) const {
    if (!fine) throw FileError(fmt::format("{}:{}: {}", where_, number_, problem));
  }
  LockedModel& model(const std::string& name) {
    const auto found = std::ranges::find(models_, name, &LockedModel::name);
    require(found != models_.end(), fmt::format("no model '{}' above this line", name));
    return *found;
  }
  void add_model(const std::string& name, std::istringstream& words) {
    require(std::ranges::find(models_, name, &LockedModel::name) == models_.end(),
            fmt::format("model '{}' stands there twice", name));
    LockedModel added{
        .name = name, .licence = {}, .title = {}, .terms = {}, .must_accept = false, .files = {}};
    std::string access;
    require(words >> added.licence >> access && (access == "open" || access == "accept-licence"),
            "a model needs a licence, and 'open' or 'accept-licence'");
    added.must_accept = access == "accept-licence";
    std::getline(words >> std::ws, added.title);
    models_.push_back(std::move(added));
  }
  void add_file(LockedModel& to, std::istringstream& words) {
    LockedModel::File file;
    require(words >> file.name >> file.sha256 >> file.bytes && file.bytes > 0 &&
                file.sha256.size() == 64,
            "a file needs a name, its sha256 and its bytes");
    require(file.name.find('/') == file.name.npos && file.name != "..",
            fmt::format("'{}' is no file name", file.name));
    to.files.push_back(std::move(file));
  }

  std::istringstream text_;
  std::string_view where_;
  int number_ = 0;
  std::vector<LockedModel> models_;
};

}  // namespace

std::vector<LockedModel> parse_model_lock(std::string_view text, std::string_view where) {
  return Reader(text, where).read();
}

std::span<const LockedModel> model_lock() {
  static const std::vector<LockedModel> lock =
      parse_model_lock(kModelLockText, "cmake/models.lock");
  return lock;
}

}  // namespace lidit
