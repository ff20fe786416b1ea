// SPDX-License-Identifier: Apache-2.0
#include <earlysight/base/utf8.hpp>

#include <catch2/catch.hpp>

using namespace earlysight;

TEST_CASE("text is UTF-8 up to the first byte that begins no character", "[base]") {
  for (std::string_view good : {"", "plain", "caf\xC3\xA9", "\xE2\x82\xAC", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}) CHECK(first_not_utf8(good) == good.size());
  for (std::string_view bad : {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE2\x82", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3\x28"}) {
    CHECK(first_not_utf8(bad) == 0);
    CHECK(first_not_utf8("ab" + std::string(bad)) == 2);
  }
}
