// SPDX-License-Identifier: Apache-2.0
#include "mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace earlysight {

result<mapped_file> mapped_file::open(const std::filesystem::path& path) {
  auto cannot = [&] { return failure{failure_kind::machine, "cannot read " + path.string() + ": " + std::strerror(errno)}; };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return cannot();
  struct stat info {};
  if (const bool known = ::fstat(file, &info) == 0; !known || !S_ISREG(info.st_mode)) {
    auto f = cannot();
    if (known) f.message = "cannot read " + path.string() + ": it is " + (S_ISDIR(info.st_mode) ? "a folder" : "no ordinary file");
    ::close(file);
    return f;
  }
  mapped_file out;
  out.size_ = static_cast<std::size_t>(info.st_size);
  if (out.size_ > 0) {
    out.data_ = ::mmap(nullptr, out.size_, PROT_READ, MAP_PRIVATE, file, 0);
    if (out.data_ == MAP_FAILED) {
      out.data_ = nullptr;
      auto f = cannot();
      ::close(file);
      return f;
    }
    ::madvise(out.data_, out.size_, MADV_SEQUENTIAL);
  }
  ::close(file);
  return out;
}

mapped_file::mapped_file(mapped_file&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
mapped_file& mapped_file::operator=(mapped_file&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}
mapped_file::~mapped_file() {
  if (data_) ::munmap(data_, size_);
}

}  // namespace earlysight
