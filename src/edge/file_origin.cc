// One turn on the pool finds the file, judges the request and reads what is small; larger bodies are read from there part
// by part, each when the client has taken the one before.
#include "edge/file_origin.h"

#include <algorithm>
#include <array>
#include <utility>

#include "edge/file_path.h"
#include "edge/open_file.h"
#include "http/content_coding.h"
#include "http/date.h"
#include "http/media_type.h"
#include "http/selection.h"

namespace festina::edge {
namespace {

using http::Coding;
using http::Name;

// A file beside another that holds it compressed. In the order in which they are preferred among equals: by size.
struct Sibling {
  Coding coding;
  std::string_view suffix;
};
constexpr std::array kSiblings = {
    Sibling{Coding::brotli, ".br"}, Sibling{Coding::zstd, ".zst"}, Sibling{Coding::gzip, ".gz"}
};

struct FileRequest {
  std::string directory;
  std::string relative;
  http::Method method;
  http::Headers headers;
  TimePoint now;
};

// The representation of a file that a request gets.
struct Variant {
  std::shared_ptr<const OpenFile> file;
  Coding coding = Coding::identity;
  bool has_siblings = false;  // the answer depends on Accept-Encoding
};

// All that one turn on the pool finds out.
struct Finding {
  FileKind kind = FileKind::absent;
  Variant variant;  // regular
  std::string etag;
  TimePoint last_modified;
  http::Selection selection;
  std::optional<Bytes> bytes;  // of the selected whole or part, when small and wanted
};

Result<Variant> choose_variant(
    const SiteDirectory& site, const FileRequest& request, std::shared_ptr<const OpenFile> file
) {
  std::vector<Coding> offered;
  std::vector<std::shared_ptr<const OpenFile>> siblings;
  for (const Sibling& sibling : kSiblings) {
    Result<FoundFile> found = site.find(request.relative + std::string(sibling.suffix));
    if (!found) return found.error();
    const bool is_current =
        found->file && found->file->state().last_modified() >= file->state().last_modified();
    if (!is_current) continue;
    offered.push_back(sibling.coding);
    siblings.push_back(std::move(found->file));
  }
  Variant variant{.file = std::move(file), .has_siblings = !offered.empty()};
  if (request.headers.has(Name::range)) return variant;  // ranges are of the file itself
  const Coding coding = http::preferred_coding(request.headers, offered);
  const auto chosen = std::ranges::find(offered, coding);
  if (chosen == offered.end()) return variant;
  variant.file = siblings[static_cast<std::size_t>(chosen - offered.begin())];
  variant.coding = coding;
  return variant;
}

// What the bytes of the variant are coded with: as a sibling, or because such files always are.
Coding content_coding(const FileRequest& request, const Variant& variant) {
  const bool is_coded_itself = http::path_extension(request.relative) == "svgz";
  return variant.coding == Coding::identity && is_coded_itself ? Coding::gzip : variant.coding;
}

std::string etag_of(const Variant& variant) {
  const bool is_coded = variant.coding != Coding::identity;
  const std::string suffix = is_coded ? "-" + std::string(http::name(variant.coding)) : "";
  return "\"" + variant.file->state().tag() + suffix + "\"";
}

// The range to be read at once; nothing when there is none, it is not wanted or too large.
std::optional<http::ByteRange> small_range(const Finding& found, http::Method method) {
  const std::uint64_t size = found.variant.file->state().size;
  if (method == http::Method::head) return std::nullopt;
  std::optional<http::ByteRange> range;
  if (found.selection.what == http::Selected::whole && size > 0) range = {0, size - 1};
  if (found.selection.what == http::Selected::part) range = found.selection.ranges.front();
  if (range && range->size() > kFileReadBytes) return std::nullopt;
  return range;
}

Result<Finding> look_up(const FileRequest& request) {
  const Result<SiteDirectory> site = SiteDirectory::open(request.directory);
  if (!site) return site.error();
  Result<FoundFile> found = site->find(request.relative);
  if (!found) return found.error();
  Finding finding{
      .kind = found->kind,
      .variant = {},
      .etag = {},
      .last_modified = {},
      .selection = {},
      .bytes = {}
  };
  if (finding.kind != FileKind::regular) return finding;

  Result<Variant> variant = choose_variant(*site, request, std::move(found->file));
  if (!variant) return variant.error();
  finding.variant = std::move(*variant);
  finding.etag = etag_of(finding.variant);
  const FileState& state = finding.variant.file->state();
  // Never later than the message itself (RFC 9110 §8.8.2.1).
  finding.last_modified = std::min<TimePoint>(
      state.last_modified(), std::chrono::floor<std::chrono::seconds>(request.now)
  );

  const http::Validators validators{.etag = finding.etag, .last_modified = finding.last_modified};
  finding.selection = http::select(
      request.headers,
      {.status = 200,
       .validators = validators,
       .length = state.size,
       .is_coded = content_coding(request, finding.variant) != Coding::identity,
       .heeds_if_match = true},
      request.now
  );
  if (const auto range = small_range(finding, request.method)) {
    Result<std::string> bytes = finding.variant.file->read(range->first, range->size());
    if (!bytes) return bytes.error();
    finding.bytes = Bytes::from(std::move(*bytes));
  }
  return finding;
}

class FileSource final : public ByteSource {
 public:
  FileSource(
      WorkPool& pool, std::shared_ptr<const OpenFile> file, std::uint64_t first, std::uint64_t end
  )
      : pool_(pool), file_(std::move(file)), offset_(first), end_(end) {}

  Awaitable<Result<Bytes>> read() override {
    if (offset_ == end_) co_return Bytes();
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(kFileReadBytes, end_ - offset_));
    auto work = [file = file_, first = offset_, count] { return file->read(first, count); };
    Result<std::string> bytes = co_await on_pool(pool_, std::move(work));
    if (!bytes) co_return bytes.error();
    offset_ += count;
    co_return Bytes::from(std::move(*bytes));
  }

 private:
  WorkPool& pool_;
  std::shared_ptr<const OpenFile> file_;
  std::uint64_t offset_;
  std::uint64_t end_;
};

Body streamed(WorkPool& pool, const Finding& found, std::uint64_t first, std::uint64_t count) {
  auto source = std::make_unique<FileSource>(pool, found.variant.file, first, first + count);
  return Body::streamed(std::move(source), count);
}

http::Reply plain(http::Status status) {
  return http::text_reply(
      status, "text/plain; charset=utf-8", std::string(http::reason_phrase(status)) + "\n"
  );
}

// The extension of the file, not of the sibling that stands in for it.
http::Reply file_reply(WorkPool& pool, const FileRequest& request, const Finding& found) {
  http::Reply reply;
  http::Headers& headers = reply.response.headers;
  headers.add(Name::content_type, http::media_type(http::path_extension(request.relative)));
  const Coding coding = content_coding(request, found.variant);
  if (coding != Coding::identity) headers.add(Name::content_encoding, http::name(coding));
  if (found.variant.has_siblings) headers.add(Name::vary, "Accept-Encoding");
  headers.add(Name::etag, found.etag);
  headers.add(Name::last_modified, http::format_date(found.last_modified));
  headers.add(Name::accept_ranges, "bytes");

  const auto open = [&](http::ByteRange range) {
    return found.bytes ? Body::of(*found.bytes) : streamed(pool, found, range.first, range.size());
  };
  const std::uint64_t size = found.variant.file->state().size;
  if (found.selection.what == http::Selected::whole && size > 0) reply.body = open({0, size - 1});
  http::narrow_with(reply, found.selection, open);
  return reply;
}

http::Reply directory_reply(const http::Url& url) {
  http::Reply moved = plain(301);
  const std::string query = url.query ? "?" + *url.query : "";
  moved.response.headers.add(Name::location, url.path + "/" + query);
  return moved;
}

}  // namespace

Awaitable<Result<http::Reply>> fetch_file(
    WorkPool& pool, const zone::Origin& origin, http::Request request, TimePoint now
) {
  if (request.method != http::Method::get && request.method != http::Method::head) {
    http::Reply refused = plain(405);
    refused.response.headers.add("Allow", "GET, HEAD");
    co_return refused;
  }
  std::optional<std::string> path = file_path(request.url.path);
  if (!path) co_return plain(404);

  const FileRequest asked{
      .directory = origin.directory,
      .relative = std::move(*path),
      .method = request.method,
      .headers = std::move(request.headers),
      .now = now
  };
  const auto work = [&asked] { return look_up(asked); };
  const Result<Finding> found = co_await on_pool(pool, work);
  if (!found) co_return found.error();
  const bool lacks_slash = found->kind == FileKind::directory && request.url.path.back() != '/';
  if (lacks_slash) co_return directory_reply(request.url);
  if (found->kind != FileKind::regular) co_return plain(404);
  if (found->selection.what == http::Selected::refused) co_return plain(412);
  co_return file_reply(pool, asked, *found);
}

}  // namespace festina::edge
