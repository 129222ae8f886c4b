#include "rules/settings.h"

#include "base/errors.h"

namespace festina::rules {

std::uint64_t max_cacheable_bytes(Plan plan) {
  constexpr std::uint64_t mib = 1024 * 1024;
  return plan == Plan::enterprise ? 5 * 1024 * mib : 512 * mib;
}

std::array<http::Coding, 3> codings_of(Plan plan) {
  using http::Coding;
  switch (plan) {
    case Plan::free:
      return {Coding::zstd, Coding::brotli, Coding::gzip};
    case Plan::pro:
    case Plan::business:
      return {Coding::brotli, Coding::gzip, Coding::zstd};
    case Plan::enterprise:
      return {Coding::gzip, Coding::brotli, Coding::zstd};
  }
  unreachable("every plan has its order");
}

}  // namespace festina::rules
