// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/base/result.hpp>

#include <filesystem>
#include <string_view>

namespace earlysight {

/// A file's bytes, mapped read-only; no copy is made.
class mapped_file {
 public:
  static result<mapped_file> open(const std::filesystem::path&);
  mapped_file() = default;
  mapped_file(mapped_file&& other) noexcept;
  mapped_file& operator=(mapped_file&& other) noexcept;
  ~mapped_file();
  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace earlysight
