# SPDX-License-Identifier: Apache-2.0
# Writes a C++ file with the text of each page of docs/errors, by its code.
file(GLOB pages ${FOLDER}/*.md)
list(SORT pages)
set(text "// Made from docs/errors.\n#include <string_view>\n#include <utility>\n#include <vector>\nnamespace earlysight::command {\nconst std::vector<std::pair<std::string_view, std::string_view>>& error_pages();\nconst std::vector<std::pair<std::string_view, std::string_view>>& error_pages() {\n  static const std::vector<std::pair<std::string_view, std::string_view>> pages{\n")
foreach(page ${pages})
  get_filename_component(code ${page} NAME_WE)
  file(READ ${page} body)
  string(APPEND text "      {\"${code}\", R\"~page~(${body})~page~\"},\n")
endforeach()
string(APPEND text "  };\n  return pages;\n}\n}  // namespace earlysight::command\n")
file(WRITE ${OUT} "${text}")
