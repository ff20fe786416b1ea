// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <earlysight/data/panel.hpp>
#include <earlysight/engine/evaluation.hpp>

#include "kernel/values.hpp"

#include <vector>

namespace earlysight {

/// What an evaluation holds: the block's extent, every node's result, and for each frame the rows that its parents see.
///
/// Rows of a regular table can be worked out in two orders: as they stand (`values`), or by panel (`in_panel`: children in groups of 64,
/// a slot for every time; panel.hpp), where whole sums run down 64 children at once. What is the same for all children, such as whether a
/// time lies in a window, is worked out once a slot, before the first block (`in_slots`).
struct evaluation::state {
  state(const earlysight::plan& p, const earlysight::cohort& c);
  state(state&& before, const earlysight::cohort& c);  // with its buffers

  void run(std::size_t first, std::size_t count, bool everything);
  void evaluate(plan_node_id);
  void evaluate(plan_node_id, kernel::node_values& out, std::size_t n);

  const plan& plan_;
  const cohort& cohort_;
  const program& program_;
  std::size_t first_child = 0, children = 0;
  bool everything = false;

  struct table_block {
    std::size_t first = 0, count = 0;          // rows of the cohort's table
    std::vector<std::int32_t> child_of_row;    // of the block; made when first asked for
    std::vector<std::uint32_t> with_rows;      // children of the block that have rows; made with it
    bool mapped = false;
  };
  std::vector<table_block> tables;
  std::vector<std::size_t> sizes;              // by space
  static constexpr std::size_t as_doubles = std::variant_size_v<kernel::narrow_view>;
  struct column_range {
    std::size_t type = 0;                      // the place in narrow_view that it was worked out for, or as_doubles; 0: not yet
    double low = 0, high = 0;
  };
  std::vector<kernel::node_values> values;     // by node

  struct frame_block {
    std::vector<std::int32_t> row, parent;     // of each element: its row in the block, its parent
    std::vector<std::int32_t> segment_parent, segment_week;
    std::vector<std::uint32_t> offsets;        // of segments
  };
  std::vector<frame_block> frames;
  std::vector<column_range> compared;          // by node: a comparison with a number, as a range

  // --- nodes (load.cpp, elementwise.cpp, aggregate.cpp, frame.cpp)
  void map_rows(std::int32_t table);
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
  bool compare_narrow(const plan_node&, kernel::word* truth, std::size_t n);
  void choose(const plan_node&, kernel::node_values&, std::size_t n);
  void table_known(const plan_node&, kernel::node_values&, std::size_t n);
  void aggregate(const plan_node&, kernel::node_values&, std::size_t n);
  bool aggregate_rows(const plan_node&, kernel::node_values&);
  // Where the rows of each segment of an aggregate begin and end.
  struct segment_bounds {
    const std::uint32_t* first;
    std::uint32_t base;
    std::size_t operator[](std::size_t s) const { return first[s] - base; }
  };
  template <class Visit>
  void each_segment(const plan_node&, std::size_t n, Visit visit) const;
  bool is_sparse(const plan_node&) const;
  void days_covered(const plan_node&, kernel::node_values&, std::size_t n, segment_bounds);
  void count_in_range(const plan_node&, kernel::node_values&, std::size_t n);
  void run_frame(const plan_node&, kernel::node_values&, std::size_t n);
  void fill_frame(std::int32_t frame);
  std::size_t see_rows(std::int32_t frame, std::size_t parent);
  void slopes(std::int32_t frame, std::size_t from, std::size_t to, kernel::node_values& out);
  segment_bounds bounds_of_segments(const plan_node&);
  void copy_element(const kernel::node_values& from, std::size_t i, kernel::node_values& to, std::size_t j, const value_type&);
  void prepare(const value_type&, kernel::node_values&, std::size_t n);

  // --- panels (panel.cpp, panel_aggregate.cpp)
  enum class by_panel : std::uint8_t { no, slots, lanes };  // not at all; the same for all children; child by child
  struct panel_aggregate {
    std::vector<plan_node_id> chosen, belongs;              // by lanes: what all must hold
    std::vector<std::uint8_t> chosen_slot, belongs_slot;    // by slot: what is the same for all: 0 false, 1 true, 2 not known
  };
  struct panel_week {
    std::int32_t monday;
    std::vector<std::uint16_t> slots;
  };
  std::vector<by_panel> panel_class;             // by node
  std::vector<plan_node_id> same_as;             // by node: in a panel, a row seen through a frame is the row itself
  std::vector<std::int32_t> panel_plan;          // by node: of aggregates that go by panel, their place in panel_aggregates; else -1
  std::vector<panel_aggregate> panel_aggregates;
  std::vector<std::uint8_t> frame_by_panel;      // by frame
  std::vector<std::vector<panel_week>> frame_weeks;
  std::vector<kernel::node_values> in_slots, in_panel;
  std::vector<std::uint64_t> panel_stamp;        // by node: the block that in_panel holds
  std::vector<kernel::node_values>* here = &values;
  std::vector<plan_node_id> with_panels, without_panels, constants;  // what scoring runs, in order
  std::vector<std::vector<plan_node_id>> done_after;      // by place in with_panels: whose numbers nobody reads afterwards
  std::vector<std::vector<double>> spare_numbers;
  std::vector<std::vector<std::int32_t>> spare_wholes;
  bool planned = false;                          // which nodes go by panel: asked when first scoring
  std::uint64_t block_stamp = 0;
  std::size_t first_group = 0, groups = 0;       // of 64 children, of the block

  void plan_nodes();
  void plan_panels();
  void plan_buffers();
  void lend(kernel::node_values&, const value_type&);
  void take_back(kernel::node_values&);
  by_panel classify(plan_node_id);
  bool go_by_panel(const plan_node&);
  bool frame_goes_by_panel(std::int32_t frame);
  panel_aggregate sort_conditions(const plan_node&);
  void collect(plan_node_id, std::vector<plan_node_id>& lanes, std::vector<std::uint8_t>& by_slot);
  std::vector<plan_node_id> needed_nodes(bool panels);
  const earlysight::panel* panel_of(space_id) const;
  bool some_stand_apart() const;  // of the block's groups, and so its rows are read
  const kernel::node_values& slot_values(plan_node_id);
  kernel::node_values& panel_values(plan_node_id);
  void load_panel(const plan_node&, kernel::node_values&);
  void spread_slots(plan_node_id, kernel::node_values&);
  void gather_panel(const plan_node&, kernel::node_values&);
  void aggregate_panel(const plan_node&, const std::vector<std::uint16_t>* slots, std::size_t group, std::size_t end_group, kernel::node_values&, std::size_t n);
  // The rows that an aggregate looks at, by group and slot.
  struct panel_rows {
    bool all = false;  // every row of these slots, for sure, and the masks are not written
    std::vector<kernel::word> certain, possible;
    kernel::word any(const std::vector<kernel::word>& masks, std::size_t g, std::size_t n) const;
    kernel::word doubt(std::size_t g, std::size_t n) const;
    void write_out(std::size_t words);
  };
  void find_rows(const std::vector<plan_node_id>& by_lane, const std::vector<std::uint8_t>& by_slot, const panel&, const std::vector<std::uint16_t>& slots, std::size_t group, std::size_t end_group,
                 panel_rows&);
  void reduce_panel(const plan_node&, const panel&, std::size_t group, kernel::node_values&, std::size_t words);
  void frame_panel(const plan_node&, kernel::node_values&, std::size_t n);
  void widen(kernel::node_values& v, plan_node_id id);
  void alias(const plan_node&, std::size_t group, std::size_t end_group, kernel::node_values&);

  /// An input as the cohort holds it, perhaps narrow; and with its numbers or wholes.
  kernel::node_values& raw(const plan_node& n, std::size_t i) {
    const auto id = static_cast<std::size_t>(n.inputs[i]);
    return here == &values ? values[id] : (*here)[static_cast<std::size_t>(same_as[id])];
  }
  const kernel::node_values& in(const plan_node& n, std::size_t i) {
    auto& v = raw(n, i);
    if (v.is_narrow()) [[unlikely]] widen(v, n.inputs[i]);
    return v;
  }
  std::vector<std::uint32_t> child_offsets;    // scratch of aggregates
  std::vector<std::pair<std::int32_t, std::int32_t>> spans;
  std::vector<std::int32_t> scratch;
  std::vector<std::uint16_t> slot_scratch;
  panel_rows chosen_rows, belonging_rows;
  std::pair<std::vector<kernel::word>, std::vector<kernel::word>> run_masks;
  std::vector<double> sums, trend_sums, first_weeks;
  std::vector<kernel::word> members, doubts, seen_codes;
  std::vector<std::pair<const kernel::word*, const kernel::word*>> sides;
  std::vector<std::uint32_t> child_counts;
};

}  // namespace earlysight
