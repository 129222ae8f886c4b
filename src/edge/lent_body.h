// Lent body: the body of a request, lent to one attempt after another until somebody has read of it.
#pragma once

#include <memory>

#include "base/bytes.h"

namespace festina::edge {

class LentBody {
 public:
  explicit LentBody(Body);

  // The body for one attempt. Requires: is_at_hand(), and the attempt before has ended.
  Body lend() const;
  // Can it be sent from its first byte?
  bool is_at_hand() const;
  bool is_empty() const;

 private:
  struct State;
  class Source;
  std::shared_ptr<State> state_;
};

}  // namespace festina::edge
