// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace earlysight::fuzzing {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Cuts, copies, swaps and overwrites stretches of text, and puts in words that mean something.
class mutator {
 public:
  mutator(std::vector<std::string> corpus, std::vector<std::string> words, std::uint64_t seed) : corpus_(std::move(corpus)), words_(std::move(words)), engine_(seed) {}

  std::string next() {
    auto text = corpus_[below(corpus_.size())];
    for (auto n = 1 + below(8); n-- > 0;) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(engine_() % n); }

  void change(std::string& text) {
    const auto at = below(text.size() + 1), length = below(40);
    switch (below(6)) {
      case 0: text.erase(at, length); break;
      case 1: text.insert(at, words_[below(words_.size())]); break;
      case 2: text.insert(at, text.substr(below(text.size() + 1), length)); break;
      case 3:
        if (!text.empty()) text[below(text.size())] = static_cast<char>(engine_());
        break;
      case 4: {
        const auto& other = corpus_[below(corpus_.size())];
        text.insert(at, other.substr(below(other.size() + 1), below(400)));
        break;
      }
      default:
        for (auto n = below(300); n-- > 0;) text.insert(at, "(");
    }
  }

  std::vector<std::string> corpus_, words_;
  std::mt19937_64 engine_;
};

}  // namespace earlysight::fuzzing
