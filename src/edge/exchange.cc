#include "edge/exchange.h"

#include "base/crypto.h"

namespace festina::edge {

http::Asker* asker_for_interim(const Exchange& x) {
  return x.source == observe::RequestSource::eyeball ? x.asker : nullptr;
}

std::uint64_t new_ray() {
  std::uint64_t ray = 0;
  while (ray == 0) ray = random_u64();
  return ray;
}

RayField ray_field(const Services& services, const Exchange& x) {
  RayField text("0000000000000000-");
  std::uint64_t left = x.ray;
  for (std::size_t digit = 16; digit-- > 0; left >>= 4) text[digit] = "0123456789abcdef"[left & 15];
  text.append(services.colo);
  return text;
}

}  // namespace festina::edge
