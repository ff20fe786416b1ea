// SPDX-License-Identifier: Apache-2.0
#include <earlysight/text/source.hpp>

#include <algorithm>

namespace earlysight {

std::uint32_t source_map::add(std::string path, std::string text) {
  file f{std::move(path), std::move(text), {0}};
  for (std::size_t i = 0; i < f.text.size(); ++i)
    if (f.text[i] == '\n') f.lines.push_back(static_cast<std::uint32_t>(i + 1));
  files_.push_back(std::move(f));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

std::string source_map::one_line(span s) const {
  std::string out;
  for (char c : text(s)) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  }
  return out;
}

place source_map::place_of(std::uint32_t file, std::uint32_t offset) const {
  const auto& f = files_[file];
  const auto next = std::upper_bound(f.lines.begin(), f.lines.end(), offset);
  const auto begin = *(next - 1);
  place out;
  out.line = static_cast<std::uint32_t>(next - f.lines.begin());
  for (auto i = begin; i < offset && i < f.text.size(); ++i)
    if ((static_cast<unsigned char>(f.text[i]) & 0xC0) != 0x80) ++out.column;
  return out;
}

std::string_view source_map::line_at(std::uint32_t file, std::uint32_t offset) const {
  const auto& f = files_[file];
  const auto next = std::upper_bound(f.lines.begin(), f.lines.end(), offset);
  const auto begin = *(next - 1);
  auto end = next == f.lines.end() ? static_cast<std::uint32_t>(f.text.size()) : *next - 1;
  if (end > begin && f.text[end - 1] == '\r') --end;
  return std::string_view(f.text).substr(begin, end - begin);
}

}  // namespace earlysight
