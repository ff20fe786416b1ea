// SPDX-License-Identifier: Apache-2.0
#include <earlysight/render/explanation.hpp>

#include <catch2/catch.hpp>

using namespace earlysight;

TEST_CASE("text of any kind is JSON that can be read: quotes, control characters, bytes that are not UTF-8", "[render]") {
  explanation x;
  x.child = "a \"b\" \\ é";
  x.rule = "two\nlines\x01";
  x.title = "not UTF-8: \xff \xed\xa0\x80";
  const auto text = render_json({x});
  CHECK(text.find(R"("child": "a \"b\" \\ é",)") != std::string::npos);
  CHECK(text.find(R"("rule": "two\nlines\u0001",)") != std::string::npos);
  CHECK(text.find("\"title\": \"not UTF-8: \xEF\xBF\xBD ") != std::string::npos);
  CHECK(text.find('\xff') == std::string::npos);
}

TEST_CASE("JSON is laid out two spaces a level, and what is empty stands on one line", "[render]") {
  explanation x;
  x.flags = {"at_risk at high", "other at low"};
  const auto text = render_json({x});
  CHECK(text.starts_with("{\n  \"version\": 1,\n  \"explanations\": [\n    {\n      \"child\": \"\",\n"));
  CHECK(text.find("      \"raises\": [\n        \"at_risk at high\",\n        \"other at low\"\n      ],\n      \"because\": \"\",\n      \"clauses\": [],\n") != std::string::npos);
  CHECK(text.ends_with("      \"data\": {}\n    }\n  ]\n}\n"));
  CHECK(render_json({}) == "{\n  \"version\": 1,\n  \"explanations\": []\n}\n");
}
