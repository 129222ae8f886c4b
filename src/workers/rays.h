// Rays: requests that Workers are serving now, by ray id. Links a subrequest to its parent and ends loops.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "policy/visit.h"
#include "workers/quota.h"
#include "zone/snapshot.h"

namespace festina::workers {

// How deep requests may nest through Workers before they are refused (a Worker that fetches what leads back to it).
inline constexpr std::uint32_t kMaxDepth = 16;
// How long a ray is still known after its answer's last byte, for waitUntil work (workerd.md §1.3); then its calls are
// refused.
inline constexpr std::chrono::seconds kLingers{30};
// Beyond this many answered requests the oldest is forgotten early: what is called for it is unlinked.
inline constexpr std::size_t kMaxLingering = 65'536;

struct RayInfo {
  std::uint64_t ray = 0;
  std::uint64_t parent = 0;  // 0: a client's request
  std::uint32_t depth = 0;   // how many Workers are above what this request fetches
  std::string script;        // the Worker that serves it
  // The scripts of its process, which it may call; null: it alone.
  std::shared_ptr<const std::vector<std::string>> group{};
  std::string colo;
  std::string zone;              // id of the zone whose route brought it there
  zone::SnapshotRef snapshot{};  // what it is served by, and all that it fetches
  std::string client_address;
  std::shared_ptr<const policy::Visit> visit{};  // what rules know of its client; null: nothing
  std::optional<std::uint64_t> body_size = {};   // of the request as it came, where that was known
  std::string loop = {};  // CDN-Loop as it came with it (RFC 8586): what it leads to carries it on
  std::shared_ptr<Quota> quota = std::make_shared<Quota>();  // of the request; never null
};

// "89abcdef01234567" with or without "-FRA" behind it; nothing for other text.
std::optional<std::uint64_t> parse_ray(std::string_view);

// Threads: any.
class Rays {
 public:
  explicit Rays(const Clock&);  // outlives it
  ~Rays();
  // A ray is live as long as its Live stands, and kLingers longer.
  class Live {
   public:
    Live(Rays& rays, std::uint64_t ray) : rays_(&rays), ray_(ray) {}
    Live(Live&& other) noexcept : rays_(other.rays_), ray_(other.ray_) { other.rays_ = nullptr; }
    Live& operator=(Live&&) = delete;
    ~Live();

   private:
    Rays* rays_;
    std::uint64_t ray_;
  };
  // A request may ask its Worker again, where the first answer is none for it: the ray is live until all have ended.
  [[nodiscard]] Live open(RayInfo);
  // The request with this ray, if it was given to this script, or to one of its group, in this colo
  // (worker-wire.md §2).
  std::optional<RayInfo> find(std::uint64_t ray, std::string_view script, std::string_view colo)
      const;
  // Was the request with this ray answered longer ago than kLingers? No ray is known before it is opened.
  bool is_over(std::uint64_t ray) const;
  // Live and lingering ones.
  std::size_t size() const;

 private:
  struct State;
  void close(std::uint64_t ray);
  std::unique_ptr<State> state_;
};

}  // namespace festina::workers
