#include "edge/exchange.h"

#include "base/crypto.h"

namespace festina::edge {

std::uint64_t new_ray() {
  std::uint64_t ray = 0;
  while (ray == 0) ray = random_u64();
  return ray;
}

std::string ray_field(const Services& services, const Exchange& x) {
  std::string text = observe::ray_text(x.ray);
  text += '-';
  text += services.colo;
  return text;
}

}  // namespace festina::edge
