// SPDX-License-Identifier: Apache-2.0
#include <earlysight/result/scorer.hpp>

#include "block.hpp"

#include <optional>

namespace earlysight {

struct scorer::state {
  explicit state(const program& p) : buffers(p) {}
  std::shared_ptr<const plan> lowered;
  const cohort* data = nullptr;
  std::optional<evaluation> e;
  score_buffers buffers;
  run_result out;
};

scorer::scorer(std::shared_ptr<const plan> lowered) : state_(std::make_unique<state>(*lowered->program)) {
  make_room(*lowered, 1, state_->out);
  state_->out.plan = lowered;
  state_->lowered = std::move(lowered);
}
scorer::~scorer() = default;
scorer::scorer(scorer&&) noexcept = default;
scorer& scorer::operator=(scorer&&) noexcept = default;

void scorer::use(const cohort& data) {
  state_->data = &data;
  if (state_->e) state_->e->over(data);
  else state_->e.emplace(*state_->lowered, data);
}

const run_result& scorer::score(std::size_t child) {
  auto& s = *state_;
  s.e->run(child, 1, false);
  s.out.outcomes.clear();
  take_block(*s.lowered, *s.e, 0, 1, s.buffers, s.out);
  return s.out;
}

}  // namespace earlysight
