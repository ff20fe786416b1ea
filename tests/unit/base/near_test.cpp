// SPDX-License-Identifier: Apache-2.0
#include <earlysight/base/digest.hpp>
#include <earlysight/base/near.hpp>

#include <catch2/catch.hpp>

using namespace earlysight;

TEST_CASE("two numbers closer than 1e-9 times the larger of 1 and their magnitudes are equal", "[base]") {
  CHECK(near_equal(0.95 - 0.90, 0.05));
  CHECK(near_equal(1e12, 1e12 + 500));
  CHECK_FALSE(near_equal(1e12, 1e12 + 5000));
  CHECK_FALSE(near_equal(0, 2e-9));
  CHECK_FALSE(near_less(0.95 - 0.90, 0.05));
  CHECK(near_less_equal(0.05, 0.95 - 0.90));
}

TEST_CASE("SHA-256 gives the digests of its standard", "[base]") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  sha256 pieces;
  for (int i = 0; i < 1000; ++i) pieces.add(std::string(1000, 'a'));
  CHECK(pieces.hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
