#include "metrics/clip/clip_files.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "encoders/llm/limits.h"
#include "encoders/weights/shard_index.h"
#include "metrics/clip/open_clip_names.h"
#include "results/errors.h"
#include "results/files.h"
#include "results/json.h"

namespace lidit {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kLargestConfig = 1 << 20;
constexpr std::int64_t kOpenClipHead = 64;  // width of a vision head, unless it is given
constexpr double kNormEpsilon = 1e-5;       // of torch.nn.LayerNorm, and where nothing is said

json read_config_file(const fs::path& path) {
  json document = parse_json(read_file(path, kLargestConfig), path.string());
  if (!document.is_object())
    throw FileError(fmt::format("{}: a config is a JSON object", path.string()));
  return document;
}

/// Whole numbers of a JSON object, each in 1..limit.
class Counts {
 public:
  Counts(const json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) throw FileError(fmt::format("{}: not an object", where_));
  }
  std::int64_t at(const char* key, std::int64_t limit) const {
    const auto found = object_.find(key);
    const bool whole = found != object_.end() && found->is_number_integer();
    const std::int64_t count = whole ? found->get<std::int64_t>() : 0;
    if (count < 1 || count > limit)
      throw FileError(
          fmt::format("{}: '{}' should be a whole number from 1 to {}", where_, key, limit));
    return count;
  }
  std::int64_t at(const char* key, std::int64_t limit, std::int64_t fallback) const {
    return object_.contains(key) ? at(key, limit) : fallback;
  }
  const std::string& where() const { return where_; }

 private:
  const json& object_;
  std::string where_;
};

const json& part_of(const json& object, const char* key, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_object())
    throw FileError(fmt::format("{}: '{}' is missing", where, key));
  return *found;
}

void take_triple(const json& object, const char* key, std::array<double, 3>& values,
                 const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) return;
  bool good = found->is_array() && found->size() == 3;
  for (std::size_t i = 0; good && i < 3; ++i) {
    good = (*found)[i].is_number();
    if (good) values[i] = (*found)[i].get<double>();
    good = good && std::isfinite(values[i]);
  }
  if (!good) throw FileError(fmt::format("{}: '{}' should be three numbers", where, key));
}

void check_normalisation(const ClipSettings& settings, const std::string& where) {
  for (const double deviation : settings.deviation)
    if (!(deviation > 0)) throw FileError(fmt::format("{}: a deviation of {}", where, deviation));
}

/// A key and the one value of it that is computed here; leaving it out means the same.
struct OnlyValue {
  const char* key;
  json value;
};

void refuse_others(const json& object, std::initializer_list<OnlyValue> only,
                   const std::string& where) {
  for (const auto& [key, value] : only)
    if (const auto found = object.find(key);
        found != object.end() && !found->is_null() && *found != value)
      throw FileError(fmt::format("{}: '{}' is {}, and only {} is computed here", where, key,
                                  found->dump(), value.dump()));
}

/// Sizes are written as a number, as [height, width], or by name.
void check_size(const json& object, const char* key, std::int64_t side, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return;
  const json &size = *found, number = side;
  const bool fits = size == number || size == json{number, number} ||
                    size == json{{"shortest_edge", number}} ||
                    size == json{{"height", number}, {"width", number}};
  if (!fits)
    throw FileError(fmt::format("{}: '{}' is {}, but the vision tower takes {} pixels a side",
                                where, key, size.dump(), side));
}

/// transformers' CLIPImageProcessor; what is left out has the value that it assumes.
void read_processor(const fs::path& path, ClipSettings& settings) {
  const json images = read_config_file(path);
  const std::string where = path.string();
  constexpr int kBicubic = 3;  // PIL.Image.Resampling
  refuse_others(images,
                {{"do_resize", true},
                 {"do_center_crop", true},
                 {"do_rescale", true},
                 {"do_normalize", true},
                 {"resample", kBicubic}},
                where);
  if (const auto factor = images.find("rescale_factor"); factor != images.end())
    if (!factor->is_number() || !(std::abs(factor->get<double>() * 255 - 1) < 1e-6))
      throw FileError(fmt::format("{}: 'rescale_factor' is {}, and only 1 / 255 is computed here",
                                  where, factor->dump()));
  check_size(images, "size", settings.vision.image, where);
  check_size(images, "crop_size", settings.vision.image, where);
  take_triple(images, "image_mean", settings.mean, where);
  take_triple(images, "image_std", settings.deviation, where);
  check_normalisation(settings, where);
}

/// What is left out has the value that transformers assumes.
ClipVisionConfig hugging_face_vision(const json& object, const std::string& where) {
  const Counts counts(object, where);
  const json activation = object.value("hidden_act", json("quick_gelu"));
  const json epsilon = object.value("layer_norm_eps", json(kNormEpsilon));
  if (!epsilon.is_number() || !(epsilon.get<double>() > 0 && epsilon.get<double>() < 1))
    throw FileError(fmt::format("{}: 'layer_norm_eps' is no small number above 0", where));
  if (activation != "quick_gelu" && activation != "gelu")
    throw FileError(fmt::format("{}: 'hidden_act' is neither \"quick_gelu\" nor \"gelu\"", where));
  ClipVisionConfig config{.image = counts.at("image_size", kMaximumClipImage, 224),
                          .patch = counts.at("patch_size", kMaximumClipImage, 32),
                          .width = counts.at("hidden_size", kMaximumWidth, 768),
                          .depth = counts.at("num_hidden_layers", kMaximumDepth, 12),
                          .heads = counts.at("num_attention_heads", kMaximumHeads, 12),
                          .hidden = counts.at("intermediate_size", kMaximumWidth, 3072),
                          .norm_epsilon = epsilon.get<double>(),
                          .quick_gelu = activation == "quick_gelu"};
  check(config, where);
  return config;
}

ClipSettings hugging_face_settings(const fs::path& folder) {
  const fs::path path = folder / "config.json";
  const json document = read_config_file(path);
  ClipSettings settings{
      .text = read_clip_config(ConfigReader::from_json_file(path)),
      .vision = hugging_face_vision(part_of(document, "vision_config", path.string()),
                                    path.string() + ": vision_config"),
      .projection = Counts(document, path.string()).at("projection_dim", kMaximumWidth, 512)};
  const fs::path processor = folder / "preprocessor_config.json";
  if (fs::exists(processor)) read_processor(processor, settings);
  return settings;
}

/// Variants of OpenCLIP's towers that have the same tensors and compute something else.
void refuse_variants(const json& vision, const json& text, const std::string& where) {
  for (const char* key : {"timm_model_name", "hf_model_name", "attentional_pool"})
    for (const json* part : {&vision, &text})
      if (part->contains(key) && !(*part)[key].is_null() && (*part)[key] != json(false))
        throw FileError(fmt::format("{}: '{}' is not computed here", where, key));
  refuse_others(text,
                {{"pool_type", "argmax"},
                 {"no_causal_mask", false},
                 {"embed_cls", false},
                 {"proj_type", "linear"},
                 {"proj_bias", false},
                 {"ls_init_value", nullptr},
                 {"norm_kwargs", json::object()},
                 {"act_kwargs", json::object()}},
                where + ": text_cfg");
  refuse_others(vision,
                {{"pool_type", "tok"},
                 {"no_ln_pre", false},
                 {"final_ln_after_pool", false},
                 {"pos_embed_type", "learnable"},
                 {"input_patchnorm", false},
                 {"ls_init_value", nullptr},
                 {"norm_kwargs", json::object()},
                 {"act_kwargs", json::object()}},
                where + ": vision_cfg");
}

ClipSettings open_clip_settings(const fs::path& path) {
  const std::string where = path.string();
  const json document = read_config_file(path);
  const json& model = part_of(document, "model_cfg", where);
  const json &image = part_of(model, "vision_cfg", where),
             &words = part_of(model, "text_cfg", where);
  refuse_variants(image, words, where);
  const auto quick = model.find("quick_gelu");
  const bool quick_gelu = quick != model.end() && *quick == json(true);
  const Counts vision(image, where + ": vision_cfg"), text(words, where + ": text_cfg");
  ClipSettings settings{.text = {}, .vision = {}, .projection = 0};
  settings.projection = Counts(model, where).at("embed_dim", kMaximumWidth);
  ClipConfig& t = settings.text;
  t.width = text.at("width", kMaximumWidth / 4);
  t.vocabulary = text.at("vocab_size", kMaximumVocabulary, 49408);
  t.depth = text.at("layers", kMaximumDepth);
  t.heads = text.at("heads", kMaximumHeads);
  t.hidden = 4 * t.width;
  t.context = text.at("context_length", kMaximumContext, 77);
  t.norm_epsilon = kNormEpsilon;
  t.quick_gelu = quick_gelu;
  if (t.width % t.heads != 0)
    throw FileError(
        fmt::format("{}: {} heads do not divide a width of {}", where, t.heads, t.width));
  ClipVisionConfig& v = settings.vision;
  v.image = vision.at("image_size", kMaximumClipImage);
  v.patch = vision.at("patch_size", kMaximumClipImage);
  v.width = vision.at("width", kMaximumWidth / 8);
  v.depth = vision.at("layers", kMaximumDepth);
  v.heads =
      std::max<std::int64_t>(1, v.width / vision.at("head_width", kMaximumWidth, kOpenClipHead));
  const auto ratio = image.find("mlp_ratio");
  const double mlp_ratio = ratio != image.end() && ratio->is_number() ? ratio->get<double>() : 4.0;
  if (!(mlp_ratio > 0 && mlp_ratio <= 8))
    throw FileError(fmt::format("{}: an 'mlp_ratio' of {}", where, mlp_ratio));
  v.hidden = static_cast<std::int64_t>(static_cast<double>(v.width) * mlp_ratio);
  v.norm_epsilon = kNormEpsilon;
  v.quick_gelu = quick_gelu;
  check(v, where);
  if (const auto images = document.find("preprocess_cfg");
      images != document.end() && images->is_object()) {
    refuse_others(*images,
                  {{"mode", "RGB"}, {"resize_mode", "shortest"}, {"interpolation", "bicubic"}},
                  where + ": preprocess_cfg");
    check_size(*images, "size", v.image, where + ": preprocess_cfg");
    take_triple(*images, "mean", settings.mean, where);
    take_triple(*images, "std", settings.deviation, where);
    check_normalisation(settings, where);
  }
  return settings;
}

fs::path needed(const fs::path& folder, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (fs::exists(folder / name)) return folder / name;
  throw FileError(fmt::format("{} is missing", (folder / *names.begin()).string()));
}

constexpr std::string_view kNoPrefix[] = {""};
constexpr std::string_view kVisionPrefixes[] = {"vision_model."};
constexpr std::string_view kNotVision[] = {"text_model.", "text_projection.weight",
                                           "visual_projection.weight", "logit_scale",
                                           "position_ids"};
constexpr TensorNames kVisionNames{kVisionPrefixes, "encoder.layers.", {}, {}, kNotVision};

std::vector<std::int64_t> projection_shape(const ClipSettings& settings, std::int64_t width) {
  return {settings.projection, width};
}

}  // namespace

ClipFiles find_clip(const std::string& name_or_path, const fs::path& home) {
  const fs::path named = home / "models" / name_or_path;
  const bool is_name = name_or_path.find('/') == std::string::npos && fs::is_directory(named);
  const fs::path folder = is_name ? named : fs::path(name_or_path);
  if (!fs::is_directory(folder))
    throw UserError(
        fmt::format("there is no folder {} and no model of that name: --clip is a "
                    "folder with config.json, model.safetensors and tokenizer.json",
                    name_or_path));
  ClipFiles files{.settings = {}, .weights = {}, .tokenizer = needed(folder, {"tokenizer.json"})};
  files.open_clip =
      fs::exists(folder / "open_clip_config.json") && !fs::exists(folder / "config.json");
  if (files.open_clip) {
    files.settings = open_clip_settings(folder / "open_clip_config.json");
    files.weights = {needed(folder, {"open_clip_model.safetensors", "model.safetensors"})};
    return files;
  }
  needed(folder, {"config.json"});
  files.settings = hugging_face_settings(folder);
  const fs::path weights = needed(folder, {"model.safetensors", "model.safetensors.index.json"});
  files.weights =
      weights.extension() == ".json" ? read_shard_index(weights) : std::vector<fs::path>{weights};
  return files;
}

ClipWeights open_clip_weights(const ClipFiles& files) {
  WeightFiles open;
  for (const fs::path& path : files.weights) open.push_back(WeightFile::open(path));
  const ClipSettings& settings = files.settings;
  const std::string where = open.front()->path().string();
  const auto text = expected_tensors(settings.text), vision = expected_tensors(settings.vision);
  const auto text_shape = projection_shape(settings, settings.text.width),
             vision_shape = projection_shape(settings, settings.vision.width);
  ClipWeights weights;
  weights.logit_scale = std::exp(read_whole(open, "logit_scale", {}, where).item<double>());
  if (!std::isfinite(weights.logit_scale))
    throw FileError(fmt::format("{}: logit_scale is no finite number", where));
  if (files.open_clip) {  // projections are stored the other way round there
    weights.text = std::make_unique<OpenClipWeights>(open, text, "");
    weights.vision = std::make_unique<OpenClipWeights>(open, vision, "visual.");
    const auto turned = [](std::vector<std::int64_t> shape) {
      std::swap(shape[0], shape[1]);
      return shape;
    };
    weights.text_projection =
        read_whole(open, "text_projection", turned(text_shape), where).t().contiguous();
    weights.visual_projection =
        read_whole(open, "visual.proj", turned(vision_shape), where).t().contiguous();
    return weights;
  }
  weights.text =
      std::make_unique<FileWeights>(open, Naming::hugging_face, text, tensor_names(settings.text));
  weights.vision = std::make_unique<FileWeights>(open, Naming::hugging_face, vision, kVisionNames);
  weights.text_projection = read_whole(open, "text_projection.weight", text_shape, where);
  weights.visual_projection = read_whole(open, "visual_projection.weight", vision_shape, where);
  return weights;
}

std::int64_t parameter_count(const ClipSettings& settings) {
  constexpr std::int64_t kLogitScale = 1;
  return parameter_count(expected_tensors(settings.text)) +
         parameter_count(expected_tensors(settings.vision)) +
         settings.projection * (settings.text.width + settings.vision.width) + kLogitScale;
}

}  // namespace lidit
