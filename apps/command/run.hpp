// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "command.hpp"

#include <earlysight/data/load.hpp>

#include <memory>
#include <optional>

namespace earlysight::command {

/// A pack lowered for a day, and the data to run it on; or the exit code with which to stop.
struct opened {
  std::shared_ptr<const program> pack;
  std::shared_ptr<const plan> lowered;
  std::shared_ptr<const cohort> data;
  double load_seconds = 0;
  std::optional<int> exit;
};
opened open_run(const arguments&, bool progress);

}  // namespace earlysight::command
