// SPDX-License-Identifier: Apache-2.0
// A folder that is written whole or not at all.
#pragma once
#include <earlysight/base/result.hpp>

#include <cstdio>
#include <filesystem>
#include <string_view>
#include <vector>

namespace earlysight::simulation {

class output_folder {
 public:
  /// `mark` is the file by which a folder is known as one of ours, which may be replaced.
  output_folder(std::filesystem::path target, std::string_view mark) : target_(std::move(target)), mark_(mark) {}
  output_folder(const output_folder&) = delete;
  output_folder& operator=(const output_folder&) = delete;
  ~output_folder();

  result<bool> open();
  /// Answers the file's number. What cannot be written shows at `finish`, and in `failed` at once.
  std::size_t add(std::string_view name);
  void write(std::size_t file, std::string_view text);
  bool failed() const { return !wrong_.empty(); }
  /// Closes all files and puts the folder in its place.
  result<bool> finish();

 private:
  failure cannot(const std::string& why) const;

  std::filesystem::path target_, temporary_;
  std::string_view mark_;
  struct file {
    std::FILE* handle;
    std::filesystem::path path;
  };
  std::vector<file> files_;
  std::string wrong_;
};

}  // namespace earlysight::simulation
