#include "results/hash.h"

#include <gtest/gtest.h>

#include "results/errors.h"
#include "results/files.h"
#include "results/fingerprint.h"
#include "tests/support/temporary_folder.h"

namespace lidit {
namespace {

TEST(Sha256, MatchesThePublishedExamples) {  // FIPS 180-4
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, IsTheSameInPiecesAndFromAFile) {
  const std::string bytes(3'000'001, 'x');
  Sha256 hash;
  hash.update(std::string_view(bytes).substr(0, 1234567));
  hash.update(std::string_view(bytes).substr(1234567));
  const TemporaryFolder folder;
  write_file(folder.path() / "file", bytes);
  EXPECT_EQ(hash.finish(), sha256(bytes));
  EXPECT_EQ(sha256_of_file(folder.path() / "file"), sha256(bytes));
  EXPECT_THROW(sha256_of_file(folder.path() / "absent"), FileError);
}

const Identity kCell = {.spec = {{"train.steps", std::int64_t{600}}},
                        .seed = 0,
                        .dtype = "f32",
                        .hashes = {{"encoder.0.model", std::string("ab")}},
                        .numerics = 1};

TEST(Fingerprint, IsTheHashOfTheCanonicalIdentity) {
  EXPECT_EQ(fingerprint(kCell),
            sha256_hex(R"({"dtype":"f32","hashes":{"encoder.0.model":"ab"},"numerics":1,"seed":0,)"
                       R"("spec":{"train.steps":600}})"));
}

TEST(Fingerprint, ChangesWithEveryPartOfTheIdentity) {
  Identity spec = kCell, seed = kCell, dtype = kCell, hashes = kCell, numerics = kCell;
  spec.spec["train.steps"] = 600.0;
  seed.seed = 1;
  dtype.dtype = "bf16";
  hashes.hashes["data"] = std::string("cd");
  numerics.numerics = 2;
  for (const Identity& other : {spec, seed, dtype, hashes, numerics})
    EXPECT_NE(fingerprint(other), fingerprint(kCell));
}

}  // namespace
}  // namespace lidit
