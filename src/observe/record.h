// Record: one request as it ended: a client's, a Worker's fetch(), or an operation of the Cache API.
//
// Everything that is said of a request afterwards is made of its record: the line of the access log and of the live log
// (field names of the http_requests data set, reference §14.1), and explain by ray. It owns nothing: its views live as long
// as the request it tells of.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "observe/metrics.h"
#include "policy/coding.h"
#include "policy/decision.h"
#include "policy/reuse.h"

namespace festina::observe {

// How the Worker that was to answer did. `none`: no Worker was.
enum class WorkerOutcome : std::uint8_t { none, ok, exception, unavailable, canceled };
std::string_view name(WorkerOutcome);  // "ok"; empty for none

struct Record {
  std::uint64_t ray = 0;
  std::uint64_t parent_ray = 0;  // 0: a client's request
  std::uint32_t place = 0;       // among what its parent made: the first is 1
  RequestSource source = RequestSource::eyeball;
  std::string_view colo;
  std::string_view zone;
  std::string_view client_address;
  std::string_view client_country = {};
  std::string_view user_agent = {};
  std::string_view method;
  std::string_view scheme;
  std::string_view host;
  std::string_view path;
  std::string_view query;           // without "?"
  std::string_view script;          // the Worker or Snippet that answered or asked; may be empty
  bool is_snippet = false;          // it runs as a Snippet
  std::uint16_t status = 0;         // what the asker got
  std::uint16_t origin_status = 0;  // 0: the origin was not asked
  // From asking it to its head, where this request waited for that.
  std::optional<std::chrono::milliseconds> origin_took = {};
  policy::CacheStatus cache_status = policy::CacheStatus::none;
  std::optional<std::uint64_t> body_bytes = {};   // when known before the last one is sent
  std::optional<std::uint64_t> plain_bytes = {};  // of a body that the edge coded, when known too
  WorkerOutcome worker = WorkerOutcome::none;
  std::uint32_t subrequests = 0;  // what the Worker had made when its answer came
  TimePoint start;
  TimePoint end;  // its head was ready to be sent

  // What explain is made of, beside all that.
  std::span<const policy::Step> steps = {};   // of the decision
  std::span<const policy::Step> asides = {};  // of the decision, and what a fill heard
  policy::Reuse reuse = {};                   // when the cache was asked: `key` is not empty
  policy::Compat compat = {};                 // the zone's switches, which may have decided
  std::optional<policy::FillOutcome> outcome = {};
  std::optional<policy::Reason> not_stored = {};  // why
  bool joined = false;                            // the fill was another request's
  std::optional<policy::CodingChoice> coding = {};
  std::string_view key = {};
  std::string_view upstream = {};  // the origin as configured, or the script
  std::string_view failure = {};   // what failed, in words
  std::string_view remarks = {};   // further sentences, one a line
};

// Both lists of steps of a record, as they are kept for explain.
inline constexpr std::span<const policy::Step> Record::* kRecordSteps[] = {
    &Record::steps, &Record::asides
};

// Every text of a record that is kept for explain; the user agent is for logs alone.
inline constexpr std::string_view Record::* kRecordTexts[] = {
    &Record::colo,
    &Record::zone,
    &Record::client_address,
    &Record::client_country,
    &Record::method,
    &Record::scheme,
    &Record::host,
    &Record::path,
    &Record::query,
    &Record::script,
    &Record::key,
    &Record::upstream,
    &Record::failure,
    &Record::remarks
};

// "89abcdef01234567"
std::string ray_text(std::uint64_t ray);
// RFC 3339 with milliseconds.
std::string timestamp(TimePoint);
// "http://example.com/a?b"
std::string url_text(const Record&);

// Why no cache answers, or nothing was stored: the name of the reason; empty where there is none.
std::string_view cache_reason(const Record&);

// The members of a log line.
json::Object log_object(const Record&);
// The line, with its end.
std::string json_line(const Record&);

}  // namespace festina::observe
