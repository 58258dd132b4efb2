#include "encoders/text/sentencepiece_reader.h"

#include <fmt/format.h>

#include <bit>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "encoders/text/pipeline_tokenizer.h"
#include "encoders/text/sentencepiece_model.h"
#include "encoders/weights/byte_reader.h"
#include "results/errors.h"

namespace lidit {
namespace {

/// One field of a protobuf message on the wire.
struct ProtobufField {
  std::uint64_t number = 0;
  std::uint64_t value = 0;  // of a varint or a fixed number; 0 of a string
  std::string_view bytes;   // of a string or a message
  enum class Wire { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 } wire = Wire::varint;
};

class ProtobufReader {
 public:
  ProtobufReader(std::string_view bytes, std::string_view where)
      : where_(where), reader_(std::as_bytes(std::span(bytes)), where) {}

  bool done() const { return reader_.remaining() == 0; }
  ProtobufField next() {
    const std::uint64_t tag = varint();
    ProtobufField field;
    field.number = tag >> 3;
    field.wire = static_cast<ProtobufField::Wire>(tag & 7);
    if (field.number == 0) fail("a field is numbered 0");
    switch (field.wire) {
      case ProtobufField::Wire::varint:
        field.value = varint();
        break;
      case ProtobufField::Wire::fixed64:
        field.value = reader_.read<std::uint64_t>("a field");
        break;
      case ProtobufField::Wire::bytes:
        field.bytes = reader_.read_text(varint(), "a field");
        break;
      case ProtobufField::Wire::fixed32:
        field.value = reader_.read<std::uint32_t>("a field");
        break;
      default:
        fail(fmt::format("a field is of the wire type {}", tag & 7));
    }
    return field;
  }
  [[noreturn]] void fail(std::string_view what) const {
    throw FileError(fmt::format("{}: is no SentencePiece model: {}.", where_, what));
  }
  /// The field's value; throws unless it is of the kind that the message has there.
  std::uint64_t number(const ProtobufField& field) const {
    if (field.wire != ProtobufField::Wire::varint)
      fail(fmt::format("field {} is no number", field.number));
    return field.value;
  }
  std::string_view text(const ProtobufField& field) const {
    if (field.wire != ProtobufField::Wire::bytes)
      fail(fmt::format("field {} is neither text nor message", field.number));
    return field.bytes;
  }
  float real(const ProtobufField& field) const {
    if (field.wire != ProtobufField::Wire::fixed32)
      fail(fmt::format("field {} is no fp32", field.number));
    return std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = reader_.read<std::uint8_t>("a number");
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    fail("a number is longer than 64 bits");
  }

  std::string_view where_;
  ByteReader reader_;
};

SentencePiece read_piece(std::string_view message, std::string_view where) {
  SentencePiece piece;
  for (ProtobufReader reader(message, where); !reader.done();) {
    const ProtobufField field = reader.next();
    if (field.number == 1) piece.text = reader.text(field);
    if (field.number == 2) piece.score = reader.real(field);
    if (field.number != 3) continue;
    const std::uint64_t type = reader.number(field);
    if (type < 1 || type > 6) reader.fail(fmt::format("a piece is of the unknown type {}", type));
    piece.type = static_cast<PieceType>(type);
  }
  return piece;
}

struct SpecialPieces {
  std::string bos = "<s>", eos = "</s>";
};

void read_trainer(std::string_view message, std::string_view where, SentencePieceFile& file,
                  SpecialPieces& special) {
  for (ProtobufReader reader(message, where); !reader.done();) {
    const ProtobufField field = reader.next();
    if (field.number == 3) {
      const std::uint64_t kind = reader.number(field);
      if (kind != 1 && kind != 2)
        throw FileError(fmt::format(
            "{}: is a SentencePiece model of kind {}; supported are 1 (unigram) and 2 (BPE).",
            where, kind));
      file.algorithm =
          kind == 1 ? SentencePieceFile::Algorithm::unigram : SentencePieceFile::Algorithm::bpe;
    }
    if (field.number == 24) file.normalization.whitespace_as_suffix = reader.number(field) != 0;
    if (field.number == 35) file.byte_fallback = reader.number(field) != 0;
    if (field.number == 46) special.bos = reader.text(field);
    if (field.number == 47) special.eos = reader.text(field);
  }
}

void read_normalizer(std::string_view message, std::string_view where,
                     SentencePieceNormalization& normalization) {
  for (ProtobufReader reader(message, where); !reader.done();) {
    const ProtobufField field = reader.next();
    if (field.number == 2 && !reader.text(field).empty())
      normalization.map.emplace(reader.text(field), where);
    if (field.number == 3) normalization.add_dummy_prefix = reader.number(field) != 0;
    if (field.number == 4) normalization.remove_extra_whitespaces = reader.number(field) != 0;
    if (field.number == 5) normalization.escape_whitespaces = reader.number(field) != 0;
  }
}

}  // namespace

bool is_sentencepiece(std::string_view bytes) {
  // A JSON file may begin with an empty line.
  return bytes.size() > 3 && bytes[0] == 0x0A && bytes[1] != '{' && bytes[2] == 0x0A;
}

std::shared_ptr<const Tokenizer> parse_sentencepiece(std::string_view bytes, std::string_view where,
                                                     const SentencePieceFrame& frame) {
  SentencePieceFile file;
  SpecialPieces special;
  for (ProtobufReader reader(bytes, where); !reader.done();) {
    const ProtobufField field = reader.next();
    if (field.number == 1) file.pieces.push_back(read_piece(reader.text(field), where));
    if (field.number == 2) read_trainer(reader.text(field), where, file, special);
    if (field.number == 3) read_normalizer(reader.text(field), where, file.normalization);
  }
  PipelineParts parts;
  for (std::size_t i = 0; i < file.pieces.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    if (!parts.vocabulary.emplace(file.pieces[i].text, id).second)
      throw FileError(fmt::format("{}: piece '{}' appears twice.", where, file.pieces[i].text));
  }
  const auto control = [&](const std::string& text) -> std::optional<std::int32_t> {
    const auto id = find_id(parts.vocabulary, text);
    const bool is_control =
        id && file.pieces[static_cast<std::size_t>(*id)].type == PieceType::control;
    return is_control ? id : std::nullopt;
  };
  const auto add = [&](bool wanted, const std::string& text, std::vector<std::int32_t>& side) {
    const auto id = control(text);
    if (wanted && !id) throw FileError(fmt::format("{}: has no control piece '{}'.", where, text));
    if (wanted) side.push_back(*id);
  };
  parts.bos = control(special.bos);
  add(frame.adds_bos, special.bos, parts.special_tokens.before);
  add(frame.adds_eos, special.eos, parts.special_tokens.after);
  parts.model = std::make_unique<SentencePieceModel>(std::move(file), where);
  return std::make_shared<PipelineTokenizer>(std::move(parts));
}

}  // namespace lidit
