// A whole head from anybody, as a cache that keeps it sees it: it has a lifetime and an age within the limits, grows older
// by what passes and is stale in the end, and no age is negative. The first byte is by how many years the wall was set wrong
// when it arrived.
#include "policy/freshness.h"

#include <cstdint>
#include <string_view>

#include "base/errors.h"
#include "http/h1_response.h"

namespace {

using namespace festina;
using std::chrono::seconds;

constexpr TimePoint kArrival{seconds{1'700'000'000}};

void check_lifetime(const policy::StoredResponse& stored, policy::Profile profile) {
  const seconds lifetime = policy::freshness_lifetime(stored, profile);
  check(lifetime.count() >= 0 && lifetime <= http::kMaxDelta, "a lifetime has limits");
  const seconds at_first = policy::current_age(stored, kArrival, profile);
  for (const seconds passed : {seconds{0}, seconds{1}, lifetime, http::kMaxDelta}) {
    const TimePoint now = kArrival + passed;
    const seconds age = policy::current_age(stored, now, profile);
    check(age >= at_first && age >= passed, "an age grows by what passes");
    check(age <= http::kMaxDelta, "to a limit");
    if (passed >= lifetime) check(!policy::is_fresh(stored, now, profile), "nothing is immortal");
  }
  check(
      policy::current_age(stored, kArrival - std::chrono::years(1), profile).count() >= 0,
      "no age is negative"
  );
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto head = http::parse_embedded_response_head(text);
  if (!head || !*head) return 0;
  const TimePoint wall = kArrival + std::chrono::years(int{data[0]} - 128);
  for (const auto profile : {policy::Profile::cloudflare, policy::Profile::standard}) {
    const http::Response& response = (*head)->response;
    const policy::StoredResponse stored{
        response.status, policy::facts_of(response, wall, profile), kArrival, kArrival, std::nullopt
    };
    check_lifetime(stored, profile);
  }
  return 0;
}
