// Fill task: one fill while it runs: what it has found, what it was answered, and how those who wait hear of it.
//
// It owns an exchange of its own, copied from the request that started it: that one may be gone before it ends. It ends
// early when everybody has left: at once while the head is awaited, later when too much is missing.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "edge/exchange.h"
#include "policy/validation.h"

namespace festina::edge {

// A fill that everybody has left goes on when no more than this is missing.
inline constexpr std::uint64_t kMaxUnreadFill = std::uint64_t{64} * 1024 * 1024;
// By such steps a body of unknown length takes memory.
inline constexpr std::uint64_t kFillStep = std::uint64_t{256} * 1024;

// Calls: (freshened | failed | passed | begun (grew | outgrew)* (kept | broken_off)). When the
// coroutine unwinds before, everybody has left or the node stops.
class FillTask final : public http::InterimSink {
 public:
  FillTask(Services&, std::shared_ptr<cache::Fill>, cache::EntryRef found, const Exchange& starter);
  FillTask(const FillTask&) = delete;
  FillTask& operator=(const FillTask&) = delete;
  ~FillTask() override;

  Services& services() const { return services_; }
  Exchange& x() { return x_; }
  bool validates() const { return found_ && !x_.part; }
  bool is_confirmed_by(const http::Response& to_head) const {
    return found_ && policy::confirms(
                         to_head, found_->status(), found_->headers(), found_->announced_length()
                     );
  }
  // What the part that is asked for is joined to; null when it stands alone.
  const cache::Entry* held() const { return x_.part ? found_.get() : nullptr; }
  void ask_for_the_whole();
  bool may_stand_in(http::Status failure) const { return policy::may_stand_in(x_.reuse, failure); }

  Awaitable<> take_interim(http::Response interim) override {
    fill_->tell(std::move(interim));
    co_return;
  }

  void freshened(const http::Response& not_modified);
  void failed(Error);
  void passed(policy::Reason, http::Reply);
  // The body may be kept, as far as is known; `memory` is held for it.
  cache::EntryRef begun(http::Reply&, policy::ResponseFacts, cache::FillMemory::Part memory);
  // Memory for that many bytes of the body; else from now on it is no more than a window.
  void grow(std::uint64_t size);
  // Does anybody read what comes, or will the next one who asks soon be glad of it?
  bool is_wanted() const;
  cache::StoredBody& body() { return *body_; }
  void settle_stored();
  void kept();
  void broken_off(Error);

 private:
  policy::CacheKey key_for(const http::Response&) const;
  cache::EntryHead entry_head(http::Response, policy::ResponseFacts) const;
  void settle(cache::Settled, std::optional<http::Reply> unstored = std::nullopt);
  void finish(std::optional<policy::Reason> uncacheable = std::nullopt);
  std::vector<policy::Step> heard() const;

  Services& services_;
  std::shared_ptr<cache::Fill> fill_;
  cache::EntryRef found_;
  Exchange x_;
  std::size_t known_asides_;  // those the starter has too
  TimePoint request_time_;
  bool is_finished_ = false;  // newcomers start another one
  cache::EntryRef entry_;     // being filled
  std::shared_ptr<cache::StoredBody> body_;
  std::optional<std::uint64_t> length_;
};

}  // namespace festina::edge
