#include "observe/record.h"

#include <cstdio>

#include "base/text.h"
#include "observe/reasons.h"

namespace festina::observe {
namespace {

std::string target(const Record& record) {
  std::string text(record.path);
  if (!record.query.empty()) text.append("?").append(record.query);
  return text;
}

// How many times smaller the edge made the body.
std::optional<double> compression_ratio(const Record& record) {
  const std::uint64_t sent = record.body_bytes.value_or(0);
  if (!record.plain_bytes || sent == 0) return std::nullopt;
  return static_cast<double>(*record.plain_bytes) / static_cast<double>(sent);
}

}  // namespace

std::string_view name(WorkerOutcome outcome) {
  switch (outcome) {
    case WorkerOutcome::none:
      return "";
    case WorkerOutcome::ok:
      return "ok";
    case WorkerOutcome::exception:
      return "exception";
    case WorkerOutcome::unavailable:
      return "unavailable";
    case WorkerOutcome::canceled:
      return "canceled";
  }
  unreachable("every outcome has a name");
}

std::string ray_text(std::uint64_t ray) { return to_hex(ray, 16); }

std::string timestamp(TimePoint time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  char text[64];
  std::snprintf(
      text,
      sizeof text,
      "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
      static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count())
  );
  return text;
}

std::string url_text(const Record& record) {
  return std::string(record.scheme).append("://").append(record.host).append(target(record));
}

std::string_view cache_reason(const Record& record) {
  if (record.not_stored) return name(*record.not_stored);
  const bool is_decided =
      record.cache_status == policy::CacheStatus::dynamic && !record.steps.empty();
  return is_decided ? name(record.steps.front().reason) : std::string_view();
}

json::Object log_object(const Record& record) {
  json::Object line{
      {"RayID", ray_text(record.ray)},
      {"ParentRayID", record.parent_ray == 0 ? "00" : ray_text(record.parent_ray)},
      {"ClientRequestSource", name(record.source)},
      {"WorkerSubrequest", record.source == RequestSource::edge_worker_fetch},
      {"WorkerSubrequestCount", record.subrequests},
      {"WorkerScriptName", record.script},
      {"WorkerIsSnippet", record.is_snippet},
      {"WorkerStatus", name(record.worker)},
      {"EdgeColoCode", record.colo},
      {"ZoneName", record.zone},
      {"ClientIP", record.client_address},
      {"ClientCountry", record.client_country},
      {"ClientRequestUserAgent", record.user_agent},
      {"ClientRequestMethod", record.method},
      {"ClientRequestScheme", record.scheme},
      {"ClientRequestHost", record.host},
      {"ClientRequestPath", record.path},
      {"ClientRequestURI", target(record)},
      {"CacheCacheStatus", policy::log_value(record.cache_status)},
      {"EdgeResponseStatus", record.status},
      {"OriginResponseStatus", record.origin_status},
      {"OriginResponseDurationMs", record.origin_took.value_or(std::chrono::milliseconds{0}).count()
      },
      {"EdgeTimeToFirstByteMs", (record.end - record.start).count()},
      {"EdgeStartTimestamp", timestamp(record.start)},
      {"EdgeEndTimestamp", timestamp(record.end)}
  };
  if (const auto why = cache_reason(record); !why.empty()) line["CacheReason"] = why;
  if (record.body_bytes) line["EdgeResponseBodyBytes"] = *record.body_bytes;
  if (const auto ratio = compression_ratio(record)) line["EdgeResponseCompressionRatio"] = *ratio;
  return line;
}

std::string json_line(const Record& record) { return json::to_text(log_object(record)) + "\n"; }

}  // namespace festina::observe
