// SPDX-License-Identifier: Apache-2.0
#include <earlysight/data/load.hpp>

#include "mapped_file.hpp"
#include "table_reader.hpp"

#include <algorithm>
#include <bit>
#include <exception>
#include <thread>

namespace earlysight {
namespace {

namespace fs = std::filesystem;

failure unusable(std::string message) { return {failure_kind::data, std::move(message)}; }

class folder_reader {
 public:
  folder_reader(const schema& s, fs::path folder, const load_options& options) : schema_(s), folder_(std::move(folder)), options_(options) {}

  result<cohort> run() {
    std::error_code code;
    const auto status = fs::status(folder_, code);
    if (status.type() == fs::file_type::not_found) return unusable("there is no folder " + folder_.string() + ": give the folder that holds child.csv");
    if (!fs::status_known(status)) return failure{failure_kind::machine, "cannot read " + folder_.string() + ": " + code.message()};
    if (!fs::is_directory(status)) return unusable(folder_.string() + " is no folder: give the folder that holds child.csv and the other tables");
    std::vector<raw_table> tables(schema_.tables.size());
    // child first: the others name its keys.
    std::vector<std::size_t> order{static_cast<std::size_t>(schema_.child)};
    for (std::size_t i = 0; i < tables.size(); ++i)
      if (i != order[0]) order.push_back(i);
    for (auto i : order)
      if (const auto size = fs::file_size(path_of(i), code); !code) total_ += size;
    for (auto i : order) {
      auto t = read_table(i);
      if (!t) return t.error();
      tables[i] = *std::move(t);
    }
    std::stable_sort(rejected_.begin(), rejected_.end(), [](const rejected_row& a, const rejected_row& b) { return a.file < b.file || (a.file == b.file && a.line < b.line); });
    return finish_cohort(schema_, std::move(tables), std::move(texts_), std::move(rejected_), std::move(warnings_));
  }

 private:
  fs::path path_of(std::size_t table) const { return folder_ / (schema_.tables[table].name + ".csv"); }

  void tell(std::uintmax_t bytes) const {
    if (options_.progress && total_ > 0) options_.progress(std::min(1.0, static_cast<double>(done_ + bytes) / static_cast<double>(total_)));
  }

  result<raw_table> read_table(std::size_t index) {
    const auto& declared = schema_.tables[index];
    const auto path = path_of(index);
    const auto name = path.filename().string();
    std::error_code code;
    const auto status = fs::status(path, code);
    if (status.type() == fs::file_type::not_found) {
      for (const char* other : {".parquet", ".arrow"})
        if (fs::exists(folder_ / (declared.name + other), code))
          return unusable(folder_.string() + " holds " + declared.name + other + ": this version reads CSV only; save the table as " + name);
      if (declared.shape == table_shape::child) return unusable("there is no " + name + " in " + folder_.string() + ": it holds a row for each child, with the column " + schema_.key_name());
      warnings_.push_back({"there is no " + name + ": table " + declared.name + (declared.shape == table_shape::lookup ? " has no rows, and what refers to it is not known" : " is not known for every child"), static_cast<std::int32_t>(index), -1});
      return raw_table{};
    }
    auto file = mapped_file::open(path);
    if (!file) return file.error();
    const auto bytes = file->bytes();
    const auto threads = options_.threads > 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
    csv::table_reader reader(schema_, index, name, bytes, texts_, children_, options_.stretch_bytes, [this](std::size_t n) { tell(n); });
    const auto first_rejected = rejected_.size();
    auto table = reader.run(threads, rejected_, warnings_);
    if (!table) return table.error();
    done_ += bytes.size();
    tell(0);
    if (declared.shape == table_shape::child) {
      const auto& keys = std::get<values_of<std::int32_t>>(table->columns[static_cast<std::size_t>(declared.key)].owned);
      children_.text_of_child.assign(keys.begin(), keys.end());
      children_.child_of_text.assign(texts_.size(), -1);
      for (std::size_t r = 0; r < table->rows; ++r) children_.child_of_text[static_cast<std::size_t>(children_.text_of_child[r])] = static_cast<std::int32_t>(r);
    } else if (!table->doubted.empty()) {
      std::size_t n = 0;
      for (auto w : table->doubted) n += static_cast<std::size_t>(std::popcount(w));
      warnings_.push_back({name + ": rows of " + std::to_string(n) + (n == 1 ? " child" : " children") + " were rejected, so table " + declared.name + " is not known for " + (n == 1 ? "that child" : "those children"), static_cast<std::int32_t>(index), -1});
    }
    return enforce_limits(name, *std::move(table), first_rejected);
  }

  result<raw_table> enforce_limits(const std::string& name, raw_table t, std::size_t first_rejected) {
    const auto rejections = rejected_.size() - first_rejected;
    if (rejections == 0) return t;
    const double share = t.counts.read > 0 ? static_cast<double>(t.counts.rejected) / static_cast<double>(t.counts.read) : 0;
    const bool too_many = options_.max_rejected && share > *options_.max_rejected;
    if (!options_.strict && !too_many) return t;
    std::stable_sort(rejected_.begin() + static_cast<std::ptrdiff_t>(first_rejected), rejected_.end(), [](const rejected_row& a, const rejected_row& b) { return a.line < b.line; });
    auto message = name + ": " + std::to_string(t.counts.rejected) + " of " + std::to_string(t.counts.read) + " rows cannot be used";
    for (std::size_t i = first_rejected; i < rejected_.size() && i < first_rejected + 3; ++i) {
      const auto& r = rejected_[i];
      message += "\n  line " + std::to_string(r.line) + (r.column.empty() ? "" : ", column " + r.column) + (r.value.empty() ? "" : ", \"" + r.value + "\"") + ": " + r.reason;
    }
    if (rejections > 3) message += "\n  …";
    return unusable(message + (options_.strict ? "\nWith --strict, every row must be used." : "\nThat is more than --max-rejected allows."));
  }

  const schema& schema_;
  fs::path folder_;
  const load_options& options_;
  text_pool texts_;
  csv::child_index children_;
  std::vector<rejected_row> rejected_;
  std::vector<cohort_warning> warnings_;
  std::uintmax_t total_ = 0, done_ = 0;
};

}  // namespace

result<cohort> load_cohort(const schema& s, const std::filesystem::path& folder, const load_options& options) {
  try {
    return folder_reader(s, folder, options).run();
  } catch (const std::bad_alloc&) {
    return failure{failure_kind::machine, "not enough memory to read " + folder.string() + ": score the children in several runs"};
  } catch (const std::exception& e) {
    return failure{failure_kind::machine, "cannot read " + folder.string() + ": " + e.what()};
  }
}

}  // namespace earlysight
