// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace earlysight {

/// SHA-256 (FIPS 180-4) of bytes given piece by piece; what names a pack or a data file in results and explanations.
///
///     sha256 hash;  hash.add("abc");  hash.hex();   // "ba7816bf…"
class sha256 {
 public:
  void add(std::string_view bytes);
  /// 64 lower-case hexadecimal digits. Adding more afterwards is not allowed.
  std::string hex();

 private:
  void blocks(const unsigned char* bytes, std::size_t count);
  void block(const unsigned char* bytes);
  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> pending_{};
  std::uint64_t length_ = 0;
};

std::string sha256_hex(std::string_view bytes);

}  // namespace earlysight
