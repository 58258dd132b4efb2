// JPEG files as pictures; they are read, never written.
#pragma once
#include <string_view>

#include "results/png.h"

namespace lidit {

/// Whether these bytes begin as every JPEG file does.
bool is_jpeg(std::string_view bytes);

/// Baseline and progressive files, grey (which becomes RGB) or in colour, with the decoder's usual
/// settings, which are Pillow's too; orientation notes are not followed. FileError naming `where`
/// for a file that is truncated or makes no sense anywhere in it, for one of four colours, and for
/// one of more than 16,384 pixels a side or 500 scans. JPEG has no checksums: a few changed bytes
/// may give another picture without a sign of it; a lost block of a disk (512 bytes) does not.
Image decode_jpeg(std::string_view bytes, std::string_view where);

}  // namespace lidit
