#include "edge/lent_body.h"

#include <utility>

namespace festina::edge {

struct LentBody::State {
  Body body;
  bool was_read = false;
};

class LentBody::Source final : public ByteSource {
 public:
  explicit Source(std::shared_ptr<State> state) : state_(std::move(state)) {}

  Awaitable<Result<Bytes>> read() override {
    state_->was_read = true;
    return state_->body.source->read();
  }

 private:
  std::shared_ptr<State> state_;
};

LentBody::LentBody(Body body) : state_(std::make_shared<State>(State{std::move(body)})) {}

Body LentBody::lend() const {
  check(is_at_hand(), "what was read is gone");
  if (state_->body.is_whole()) return Body::of(state_->body.whole);
  return Body::streamed(std::make_unique<Source>(state_), state_->body.length);
}

bool LentBody::is_at_hand() const { return !state_->was_read; }

bool LentBody::is_empty() const { return state_->body.is_whole() && state_->body.whole.empty(); }

}  // namespace festina::edge
