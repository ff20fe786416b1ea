// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace earlysight::simulation {

namespace fs = std::filesystem;

output_folder::~output_folder() {
  for (auto& f : files_)
    if (f.handle) std::fclose(f.handle);
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

failure output_folder::cannot(const std::string& why) const {
  return {failure_kind::machine, "cannot write " + target_.string() + (why.empty() ? "" : ": " + why) + "; nothing is left behind. Choose a folder that you may write, with enough space"};
}

result<bool> output_folder::open() {
  std::error_code code;
  if (target_.filename().empty()) target_ = target_.parent_path();
  if (fs::exists(target_, code) && (!fs::is_directory(target_, code) || (!fs::is_empty(target_, code) && !fs::exists(target_ / mark_, code))))
    return failure{failure_kind::arguments, target_.string() + " is there already and is no simulation of earlysight: choose another name for --out"};
  temporary_ = target_;
  temporary_ += ".part-" + std::to_string(::getpid());
  fs::remove_all(temporary_, code);
  if (!fs::create_directories(temporary_, code)) {
    const auto why = code.message();
    temporary_.clear();
    return cannot(why);
  }
  return true;
}

std::size_t output_folder::add(std::string_view name) {
  files_.push_back({nullptr, temporary_ / name});
  files_.back().handle = std::fopen(files_.back().path.c_str(), "wb");
  if (!files_.back().handle && wrong_.empty()) wrong_ = std::strerror(errno);
  return files_.size() - 1;
}

void output_folder::write(std::size_t file, std::string_view text) {
  auto* handle = files_[file].handle;
  if (!handle || text.empty()) return;
  if (std::fwrite(text.data(), 1, text.size(), handle) != text.size() && wrong_.empty()) wrong_ = std::strerror(errno);
}

result<bool> output_folder::finish() {
  for (auto& f : files_) {
    if (f.handle && std::fclose(f.handle) != 0 && wrong_.empty()) wrong_ = std::strerror(errno);
    f.handle = nullptr;
  }
  if (failed()) return cannot(wrong_);
  std::error_code code;
  // An earlier simulation is put aside, not removed, until the new one stands in its place.
  auto old = target_;
  old += ".old-" + std::to_string(::getpid());
  const bool exists = fs::exists(target_, code);
  if (exists) fs::rename(target_, old, code);
  if (code) return cannot(code.message());
  fs::rename(temporary_, target_, code);
  if (code) {
    const auto why = code.message();
    if (exists) fs::rename(old, target_, code);
    return cannot(why);
  }
  temporary_.clear();
  if (exists) fs::remove_all(old, code);
  return true;
}

}  // namespace earlysight::simulation
