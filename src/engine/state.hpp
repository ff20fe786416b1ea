// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/engine/evaluation.hpp>

#include "kernel/values.hpp"

#include <vector>

namespace earlysight {

/// What an evaluation holds: the block's extent, every node's result, and for each frame the rows that its parents see.
struct evaluation::state {
  state(const earlysight::plan& p, const earlysight::cohort& c);
  state(state&& before, const earlysight::cohort& c);  // with its buffers

  void run(std::size_t first, std::size_t count, bool everything);
  void evaluate(plan_node_id);

  const plan& plan_;
  const cohort& cohort_;
  const program& program_;
  std::size_t first_child = 0, children = 0;
  bool everything = false;

  struct table_block {
    std::size_t first = 0, count = 0;          // rows of the cohort's table
    std::vector<std::int32_t> child_of_row;    // of the block; made when first asked for
    bool mapped = false;
  };
  std::vector<table_block> tables;
  std::vector<std::size_t> sizes;              // by space
  std::vector<kernel::node_values> values;     // by node

  struct frame_block {
    std::vector<std::int32_t> row, parent;     // of each element: its row in the block, its parent
    std::vector<std::int32_t> segment_parent, segment_week;
    std::vector<std::uint32_t> offsets;        // of segments
  };
  std::vector<frame_block> frames;

  // --- nodes (load.cpp, elementwise.cpp, aggregate.cpp, frame.cpp)
  const std::vector<std::int32_t>& children_of_rows(std::int32_t table);
  std::int32_t child_of(space_id, std::size_t element);
  void load(const plan_node&, kernel::node_values&, std::size_t n);
  void look_up(const plan_node&, kernel::node_values&, std::size_t n);
  void gather(const plan_node&, kernel::node_values&, std::size_t n);
  void fill_constant(const plan_node&, kernel::node_values&, std::size_t n);
  void elementwise(const plan_node&, kernel::node_values&, std::size_t n);
  void dates(const plan_node&, kernel::node_values&, std::size_t n);
  void in_window(const plan_node&, kernel::node_values&, std::size_t n);
  void compare(const plan_node&, kernel::node_values&, std::size_t n);
  void choose(const plan_node&, kernel::node_values&, std::size_t n);
  void table_known(const plan_node&, kernel::node_values&, std::size_t n);
  void aggregate(const plan_node&, kernel::node_values&, std::size_t n);
  void days_covered(const plan_node&, kernel::node_values&, std::size_t n, const std::uint32_t* offsets);
  void count_in_range(const plan_node&, kernel::node_values&, std::size_t n);
  void run_frame(const plan_node&, kernel::node_values&, std::size_t n);
  void fill_frame(std::int32_t frame);
  std::size_t see_rows(std::int32_t frame, std::size_t parent);
  void slopes(std::int32_t frame, std::size_t from, std::size_t to, kernel::node_values& out);
  const std::uint32_t* segment_offsets(const plan_node&, std::vector<std::uint32_t>& own);
  void copy_element(const kernel::node_values& from, std::size_t i, kernel::node_values& to, std::size_t j, const value_type&);
  void prepare(const value_type&, kernel::node_values&, std::size_t n);

  const kernel::node_values& in(const plan_node& n, std::size_t i) const { return values[static_cast<std::size_t>(n.inputs[i])]; }
  std::vector<std::uint32_t> child_offsets;    // scratch of aggregates
  std::vector<std::pair<std::int32_t, std::int32_t>> spans;
  std::vector<std::size_t> scratch;
};

}  // namespace earlysight
