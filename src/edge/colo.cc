#include "edge/colo.h"

#include "edge/pipeline.h"

namespace festina::edge {

Colo::Colo(std::string name, std::string country, std::uint64_t memory_budget, Node& node)
    : name_(std::move(name)),
      country_(std::move(country)),
      cache_(memory_budget, node.clock),
      health_(name_, node.clock, node.client, metrics_, node.tasks),
      fills_(node.tasks),
      coders_(node.coding, cache_, metrics_, node.tasks),
      services_{
          .colo = name_,
          .country = country_,
          .clock = node.clock,
          .snapshots = node.snapshots,
          .control_port = node.control_port,
          .geoip = node.geoip,
          .cache = cache_,
          .fills = fills_,
          .client = node.client,
          .resolver = node.resolver,
          .health = health_,
          .files = node.files,
          .coders = coders_,
          .workers = node.workers,
          .metrics = metrics_,
          .journal = node.journal,
          .notices = node.notices,
          .explain_link = node.explain_link
      } {}

Awaitable<http::Reply> Colo::handle(http::Incoming incoming) {
  return serve(services_, std::move(incoming));
}

}  // namespace festina::edge
