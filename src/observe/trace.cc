#include "observe/trace.h"

#include "base/text.h"
#include "observe/reasons.h"

namespace festina::observe {
namespace {

using policy::CacheStatus;
using policy::FillOutcome;

ExplainLine line(
    std::string stage, std::string_view field, std::string value, std::string sentence
) {
  return {
      .stage = std::move(stage),
      .field = std::string(field),
      .value = std::move(value),
      .setter = {},
      .reason = {},
      .sentence = std::move(sentence)
  };
}

std::string_view name_of(FillOutcome outcome) {
  switch (outcome) {
    case FillOutcome::stored:
      return "stored";
    case FillOutcome::not_stored:
      return "not stored";
    case FillOutcome::freshened:
      return "freshened";
    case FillOutcome::failed:
      return "failed";
    case FillOutcome::under_way:
      return "under way";
  }
  unreachable("every outcome has a name");
}

std::string_view sentence_of(FillOutcome outcome) {
  switch (outcome) {
    case FillOutcome::stored:
      return "the answer was stored, and read from there";
    case FillOutcome::not_stored:
      return "the answer was passed on and not kept";
    case FillOutcome::freshened:
      return "304: what was stored is fresh again";
    case FillOutcome::failed:
      return "the upstream gave no answer that could be used";
    case FillOutcome::under_way:
      return "another request waits for it; what was stored answers meanwhile";
  }
  unreachable("every outcome has a sentence");
}

ExplainLine fill_line(const Record& record, FillOutcome outcome) {
  const bool has_reason = record.not_stored && outcome == FillOutcome::not_stored;
  ExplainLine made = line(
      "fill",
      name_of(outcome),
      record.joined ? "another request's" : "",
      has_reason ? sentence(*record.not_stored, "") : std::string(sentence_of(outcome))
  );
  if (has_reason) made.reason = name(*record.not_stored);
  return made;
}

ExplainLine upstream_line(const Record& record) {
  std::string value = std::to_string(record.origin_status);
  if (record.origin_took) value += " after " + std::to_string(record.origin_took->count()) + " ms";
  return line("upstream", "origin", std::move(value), std::string(record.upstream) + " answered");
}

ExplainLine worker_line(const Record& record) {
  const std::string made = std::to_string(record.subrequests);
  std::string what = record.worker == WorkerOutcome::ok ? "it answered, after " : "after ";
  what += made + (record.subrequests == 1 ? " subrequest" : " subrequests");
  const std::string_view stage = record.is_snippet ? "snippet" : "worker";
  return line(std::string(stage), record.script, std::string(name(record.worker)), std::move(what));
}

// What could not be coded anyway is no news.
bool is_news(const policy::CodingChoice& choice) {
  return choice.reason != policy::Reason::not_codable &&
         choice.reason != policy::Reason::too_small_to_code;
}

std::string_view name_of(policy::Treatment treatment) {
  switch (treatment) {
    case policy::Treatment::as_it_is:
      return "as it is";
    case policy::Treatment::coded:
      return "coded";
    case policy::Treatment::decoded:
      return "decoded";
  }
  unreachable("every treatment has a name");
}

ExplainLine coding_line(const policy::CodingChoice& choice) {
  const bool is_changed = choice.treatment != policy::Treatment::as_it_is;
  ExplainLine made = line(
      "coding",
      name_of(choice.treatment),
      is_changed ? std::string(http::name(choice.coding)) : "",
      sentence(choice.reason, "")
  );
  made.reason = name(choice.reason);
  return made;
}

std::string_view sentence_of(CacheStatus status) {
  switch (status) {
    case CacheStatus::none:
      return "no CF-Cache-Status: no cache had a part in this answer";
    case CacheStatus::hit:
      return "from what was stored";
    case CacheStatus::miss:
      return "nothing was stored: the upstream answered";
    case CacheStatus::expired:
      return "what was stored was stale: the upstream answered";
    case CacheStatus::revalidated:
      return "what was stored was stale, and the upstream said that it holds";
    case CacheStatus::updating:
      return "from what was stored, stale, while it was refreshed";
    case CacheStatus::stale:
      return "from what was stored, stale, in place of the upstream's failure; stale-if-error=0 or "
             "must-revalidate in the response forbids it";
    case CacheStatus::bypass:
      return "the upstream answered, and its answer may not be stored";
    case CacheStatus::dynamic:
      return "the cache was not asked: so it was settled before there was a response";
    case CacheStatus::stream_hit:
      return "from an answer that was just arriving for another request";
    case CacheStatus::deferred:
      return "the answer was not stored, but the next one may be";
  }
  unreachable("every status has a sentence");
}

// An answer that is not stored, by the name that older eras had for it (reference §0.2).
bool is_bypass_by_another_name(const Record& record) {
  return record.cache_status == CacheStatus::miss && record.outcome == FillOutcome::not_stored;
}

ExplainLine status_line(const Record& record) {
  const std::string_view status = policy::header_value(record.cache_status);
  const bool is_renamed = is_bypass_by_another_name(record);
  const CacheStatus meant = is_renamed ? CacheStatus::bypass : record.cache_status;
  ExplainLine made = line(
      "status",
      status.empty() ? "none" : status,
      std::to_string(record.status),
      record.failure.empty() ? std::string(sentence_of(meant)) : std::string(record.failure)
  );
  if (is_renamed) add_choice(made, record.compat, "uncacheable_label");
  return made;
}

void add_remarks(std::vector<ExplainLine>& lines, const Record& record) {
  for (const std::string_view remark : split(record.remarks, '\n')) {
    if (!remark.empty()) lines.push_back(line("note", "", "", std::string(remark)));
  }
}

// The word a script uses for a method of the Cache API's protocol (worker-wire.md §5).
std::string_view operation_of(const Record& record) {
  if (record.method == "GET") return "match";
  return record.method == "PUT" ? "put" : "delete";
}

// `sentence`, and why, if that is known.
ExplainLine refused_line(const Record& record, std::string_view value, std::string_view sentence) {
  ExplainLine refused =
      line("operation", operation_of(record), std::string(value), std::string(sentence));
  if (!record.not_stored) return refused;
  refused.reason = name(*record.not_stored);
  refused.sentence += ": " + observe::sentence(*record.not_stored, "");
  return refused;
}

std::string_view missed_sentence(const Record& record) {
  return record.not_stored == policy::Reason::stale
             ? "the script got undefined, for the Cache API gives nothing stale"
             : "the script got undefined: each data centre has a Cache API of its own, and a miss "
               "here "
               "is to be filled here";
}

ExplainLine operation_line(const Record& record) {
  const std::string_view operation = operation_of(record);
  const auto is = [&](std::string_view value, std::string_view sentence) {
    return line("operation", operation, std::string(value), std::string(sentence));
  };
  if (record.status == 429) return refused_line(record, "refused", "it threw");
  if (record.cache_status == CacheStatus::dynamic) {
    const bool is_match = operation == "match";
    return refused_line(
        record, "rejected", is_match ? "the script got undefined" : "put() resolved all the same"
    );
  }
  if (operation == "match") {
    return record.cache_status == CacheStatus::hit
               ? is("hit", "the script got what was stored")
               : refused_line(record, "miss", missed_sentence(record));
  }
  if (operation == "delete") {
    return record.status == 200
               ? is("deleted",
                    "the script got true; other data centres keep theirs, which a purge reaches")
               : is("nothing", "the script got false: nothing was there");
  }
  if (record.status == 204) return is("stored", "put() resolved");
  return refused_line(
      record,
      "not stored",
      "put() resolved all the same, but only a copy without what forbids it is stored"
  );
}

std::string_view kind_of(const Record& record) {
  switch (record.source) {
    case RequestSource::eyeball:
      return "request";
    case RequestSource::edge_worker_fetch:
      return "fetch";
    case RequestSource::edge_worker_cache_api:
      return operation_of(record);
  }
  unreachable("every source has a kind");
}

json::Array exceptions_of(const Record& record, const std::vector<Thrown>& thrown) {
  json::Array exceptions;
  for (const Thrown& each : thrown) {
    if (each.ray != record.ray) continue;
    exceptions.push_back(json::Object{
        {"name", each.name},
        {"message", each.message},
        {"stack", each.stack},
        {"script", each.script},
        {"at", timestamp(each.at)}
    });
  }
  return exceptions;
}

class Told {
 public:
  Told(const std::vector<Remembered>& requests, const std::vector<Thrown>& thrown)
      : requests_(requests), thrown_(thrown) {}

  // One request and, below it, what it made.
  json::Object about(const Record& record) const {
    json::Object told{
        {"ray", ray_text(record.ray)},
        {"parent", record.parent_ray == 0 ? json::Value() : json::Value(ray_text(record.parent_ray))
        },
        {"kind", kind_of(record)},
        {"method", record.method},
        {"url", url_text(record)},
        {"colo", record.colo},
        {"zone", record.zone},
        {"script", record.script},
        {"is_snippet", record.is_snippet},
        {"status", record.status},
        {"cache_status", policy::header_value(record.cache_status)},
        {"start", timestamp(record.start)},
        {"milliseconds", (record.end - record.start).count()},
        {"steps", to_json(lines_of(record))},
    };
    json::Array exceptions = exceptions_of(record, thrown_);
    if (!exceptions.empty()) told["exceptions"] = std::move(exceptions);
    json::Array made;
    for (const Remembered& each : requests_) {
      if (each.record().parent_ray == record.ray) made.push_back(about(each.record()));
    }
    told["made"] = std::move(made);
    return told;
  }

 private:
  const std::vector<Remembered>& requests_;
  const std::vector<Thrown>& thrown_;
};

}  // namespace

std::vector<ExplainLine> lines_of(const Record& record) {
  std::vector<ExplainLine> lines;
  for (const policy::Step& step : record.steps)
    lines.push_back(line_of(step, record.upstream, record.compat));
  for (const policy::Step& aside : record.asides)
    lines.push_back(line_of(aside, record.upstream, record.compat));
  if (!record.key.empty()) lines.push_back(line("key", record.key, "", "what it is stored under"));
  if (record.source == RequestSource::edge_worker_cache_api) {
    lines.push_back(operation_line(record));
    add_remarks(lines, record);
    return lines;
  }
  if (!record.key.empty()) lines.push_back(line_of(record.reuse, record.compat));
  if (record.outcome) lines.push_back(fill_line(record, *record.outcome));
  if (record.origin_status != 0) lines.push_back(upstream_line(record));
  if (record.worker != WorkerOutcome::none) lines.push_back(worker_line(record));
  if (record.coding && is_news(*record.coding)) lines.push_back(coding_line(*record.coding));
  lines.push_back(status_line(record));
  add_remarks(lines, record);
  return lines;
}

json::Value trace(const std::vector<Remembered>& requests, const std::vector<Thrown>& thrown) {
  check(!requests.empty(), "a trace is of a request");
  return Told(requests, thrown).about(requests.front().record());
}

}  // namespace festina::observe
