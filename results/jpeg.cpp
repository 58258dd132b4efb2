#include "results/jpeg.h"

#include <fmt/format.h>

#include <csetjmp>
#include <cstdio>  // jpeglib.h needs FILE
// After <cstdio>.
#include <jpeglib.h>

namespace lidit {
namespace {

constexpr std::string_view kBegin = "\xFF\xD8\xFF";
constexpr std::uint64_t kLongestSide = 16384;
constexpr int kMostScans = 500;  // every one may cost as much as a whole picture
// Every block of 8 x 8 pixels takes one bit at least.
constexpr std::uint64_t kMostPixelsInAByte = 8 * 64;

/// libjpeg tells of an error by a call that must not return, and its frames are C: so the way back
/// is longjmp, over nothing that has a destructor.
struct ErrorState {
  jpeg_error_mgr manager;  // first, so that its address is that of the whole
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
};

[[noreturn]] void leave(j_common_ptr session) {
  auto* state = reinterpret_cast<ErrorState*>(session->err);
  state->manager.format_message(session, state->message);
  std::longjmp(state->back, 1);
}

/// Warnings (below 0) are what the decoder patches up: data that end early or make no sense.
void leave_on_warning(j_common_ptr session, int level) {
  if (level < 0) leave(session);
}

void leave_after_many_scans(j_common_ptr session) {
  if (reinterpret_cast<j_decompress_ptr>(session)->input_scan_number <= kMostScans) return;
  auto* state = reinterpret_cast<ErrorState*>(session->err);
  std::snprintf(state->message, sizeof state->message, "more than %d scans", kMostScans);
  std::longjmp(state->back, 1);
}

class Decoder {
 public:
  Decoder() {
    session_.err = jpeg_std_error(&error_.manager);
    error_.manager.error_exit = leave;
    error_.manager.emit_message = leave_on_warning;
    progress_.progress_monitor = leave_after_many_scans;
  }
  ~Decoder() { jpeg_destroy_decompress(&session_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  /// False where the file is broken; message() says how. The same holds of read_pixels.
  bool read_header(std::string_view bytes) {
    if (setjmp(error_.back) != 0) return false;
    jpeg_create_decompress(&session_);
    session_.progress = &progress_;
    jpeg_mem_src(&session_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_read_header(&session_, TRUE);
    return true;
  }
  /// `rgb`: room for height * width * 3 bytes.
  bool read_pixels(std::uint8_t* rgb) {
    if (setjmp(error_.back) != 0) return false;
    session_.out_color_space = JCS_RGB;
    jpeg_start_decompress(&session_);
    while (session_.output_scanline < session_.output_height) {
      JSAMPROW row = rgb + std::size_t{session_.output_scanline} * session_.output_width * 3;
      jpeg_read_scanlines(&session_, &row, 1);
    }
    jpeg_finish_decompress(&session_);
    return true;
  }

  const char* message() const { return error_.message; }
  const jpeg_decompress_struct& session() const { return session_; }

 private:
  ErrorState error_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct session_{};
};

}  // namespace

bool is_jpeg(std::string_view bytes) { return bytes.starts_with(kBegin); }

Image decode_jpeg(std::string_view bytes, std::string_view where) {
  const auto fail = [&](std::string_view reason) -> FileError {
    return FileError(fmt::format("{}: not a readable JPEG: {}", where, reason));
  };
  Decoder decoder;
  if (!decoder.read_header(bytes)) throw fail(decoder.message());
  const std::uint64_t width = decoder.session().image_width,
                      height = decoder.session().image_height;
  if (width > kLongestSide || height > kLongestSide)
    throw fail(fmt::format("{} x {} pixels, the longest side is {}", width, height, kLongestSide));
  if (width * height / kMostPixelsInAByte > bytes.size())
    throw fail(fmt::format("{} x {} pixels cannot be in {} bytes", width, height, bytes.size()));
  const int colors = decoder.session().num_components;
  if (colors != 1 && colors != 3)
    throw fail(fmt::format("{} colours a pixel, where 1 (grey) or 3 can be read", colors));
  Image image{static_cast<std::int64_t>(width), static_cast<std::int64_t>(height), {}};
  image.rgb.resize(width * height * 3);
  if (!decoder.read_pixels(image.rgb.data())) throw fail(decoder.message());
  return image;
}

}  // namespace lidit
