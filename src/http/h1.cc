// Beast reads the grammar; what it takes and we must not is refused here: folded lines, lists and repetitions of
// Content-Length, any transfer coding but chunked, missing and repeated Host (RFC 9112 §3.2, §5.2, §6.1-6.3). Its limit
// of a head counts only bytes it has not consumed yet, so the limits are kept here too.
#include "http/h1.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <functional>

namespace festina::http {
namespace {

namespace bhttp = boost::beast::http;
using boost::beast::error_code;
using BeastText = boost::beast::string_view;
using Progress = RequestParser::Progress;
using Part = RequestParser::Part;

// What the lines of one head say.
struct RawHead {
  std::string method_text;
  std::string target;
  Status status = 0;
  Version version = Version::http_1_1;
  Headers headers;
};

std::string_view view(BeastText text) { return {text.data(), text.size()}; }

std::string_view explanation(const error_code& ec) {
  if (ec == bhttp::error::bad_method) return "the method is no token";
  if (ec == bhttp::error::bad_target) return "the request target is empty or holds a control byte";
  if (ec == bhttp::error::bad_version)
    return "the start line has no version, or one we do not speak";
  if (ec == bhttp::error::bad_status) return "the status is no number of three digits";
  if (ec == bhttp::error::bad_reason) return "the reason phrase holds a control byte";
  if (ec == bhttp::error::bad_field) return "a field name is no token with a colon behind it";
  if (ec == bhttp::error::bad_value)
    return "a field value holds a control byte, or Connection is no list";
  if (ec == bhttp::error::bad_line_ending) return "a line ends in a bare carriage return";
  if (ec == bhttp::error::bad_content_length)
    return "Content-Length is no number, or beside Transfer-Encoding";
  if (ec == bhttp::error::multiple_content_length) return "two values of Content-Length";
  if (ec == bhttp::error::bad_transfer_encoding)
    return "Transfer-Encoding twice, or beside Content-Length";
  if (ec == bhttp::error::bad_chunk) return "a chunk without size or end";
  if (ec == bhttp::error::bad_chunk_extension) return "a chunk extension that is none";
  return "not HTTP/1.1";
}

// One message through Beast. Heads fill a RawHead, parts of the body are views into what was put.
template <bool is_request>
class Machine final : public bhttp::basic_parser<is_request> {
 public:
  Machine(RawHead& head, Side side) : head_(&head), side_(side) {
    this->header_limit(kMaxHeadBytes + 1);
    this->body_limit(boost::none);
  }

  // What one step took and found. need_more: the rest of the bytes holds no whole element yet.
  struct Step {
    std::size_t consumed;
    std::string_view data;
    bool need_more;
  };
  Result<Step> step(std::string_view bytes) {
    input_ = bytes;
    data_ = {};
    error_code ec;
    const std::size_t consumed =
        this->put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
    const bool need_more = ec == bhttp::error::need_more;
    if (refusal_) return *refusal_;
    if (ec == bhttp::error::header_limit)
      return Error{ErrorCode::too_large, side_, "the head is too long"};
    if (ec && !need_more) return Error{ErrorCode::malformed, side_, std::string(explanation(ec))};
    return Step{consumed, data_, need_more};
  }

  // Must more of the body arrive before a step makes sense? A chunked body ends in five bytes at least, and Beast
  // asserts that it is not asked about fewer between two chunks.
  bool awaits_more(std::string_view bytes) const {
    return bytes.empty() ||
           (this->chunked() && chunk_left_ == 0 && bytes.size() < kLastChunk.size());
  }

 private:
  void refuse(ErrorCode code, std::string_view why, error_code& ec) {
    refusal_ = Error{code, side_, std::string(why)};
    ec = bhttp::error::bad_field;  // any error stops Beast
  }

  void on_request_impl(bhttp::verb, BeastText method, BeastText target, int version, error_code& ec)
      override {
    if (target.size() > kMaxTargetBytes)
      return refuse(ErrorCode::too_large, "the request target is too long", ec);
    head_->method_text = view(method);
    head_->target = view(target);
    head_->version = version == 10 ? Version::http_1_0 : Version::http_1_1;
    reserve_headers();
  }

  void on_response_impl(int status, BeastText, int version, error_code& ec) override {
    if (status < 100) return refuse(ErrorCode::malformed, "the status is below 100", ec);
    head_->status = static_cast<Status>(status);
    head_->version = version == 10 ? Version::http_1_0 : Version::http_1_1;
    reserve_headers();
  }

  void on_field_impl(bhttp::field, BeastText name, BeastText value, error_code& ec) override {
    if (this->is_header_done()) return;  // trailers are dropped
    if (head_->headers.size() == kMaxHeaderLines)
      return refuse(ErrorCode::too_large, "too many field lines", ec);
    if (name.size() > kMaxNameBytes)
      return refuse(ErrorCode::too_large, "a field name is too long", ec);
    if (is_folded(view(name), view(value)))
      return refuse(ErrorCode::malformed, "a folded field line", ec);
    head_->headers.add(view(name), view(value));
  }

  std::size_t on_body_impl(BeastText data, error_code&) override {
    data_ = view(data);
    return data.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, BeastText data, error_code&) override {
    data_ = view(data);
    chunk_left_ -= data.size();
    return data.size();
  }
  void on_chunk_header_impl(std::uint64_t size, BeastText, error_code&) override {
    chunk_left_ = size;
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  // Room for an ordinary head at once: most come in one piece.
  void reserve_headers() {
    constexpr std::size_t lines = 16;
    constexpr std::size_t bytes = 2048;
    head_->headers.reserve(lines, std::min(input_.size(), bytes));
  }

  // Beast unfolds lines (RFC 9112 §5.2) into a buffer of its own, or steps over the line break in front of the value.
  bool is_folded(std::string_view name, std::string_view value) const {
    const char* behind_colon = name.data() + name.size() + 1;
    const char* end = input_.data() + input_.size();
    if (std::less<>()(value.data(), behind_colon) || std::less<>()(end, value.data())) return true;
    const std::string_view gap(behind_colon, static_cast<std::size_t>(value.data() - behind_colon));
    return gap.find('\r') != std::string_view::npos;
  }

  RawHead* head_;
  Side side_;
  std::string_view input_;  // of the present step
  std::string_view data_;   // into input_
  std::uint64_t chunk_left_ = 0;
  std::optional<Error> refusal_;
};

// A message, read step by step.
template <bool is_request>
class Reader {
 public:
  explicit Reader(Side side) : machine_(head, side), side_(side) {}
  Reader(const Reader&) = delete;  // the machine refers to the head beside it
  Reader& operator=(const Reader&) = delete;

  void reset() {
    head = {};
    frame = {};
    head_bytes_ = 0;
    restart();
  }
  // The next head of the same message: what an interim response is followed by.
  void restart() { machine_ = Machine<is_request>(head, side_); }
  void skip_body() { machine_.skip(true); }

  Result<Progress> feed_head(std::string_view bytes) {
    std::size_t consumed = 0;
    if (is_request && !machine_.got_some()) {
      while (bytes.substr(consumed, 2) == "\r\n") consumed += 2;  // RFC 9112 §2.2
      if (bytes.substr(consumed) == "\r") return counted({consumed, false}, bytes);
    }
    const auto step = machine_.step(bytes.substr(consumed));
    if (!step) return step.error();
    return counted(
        {consumed + step->consumed, !step->need_more && machine_.is_header_done()}, bytes
    );
  }

  Result<Part> feed_body(std::string_view bytes) {
    std::size_t consumed = 0;
    std::string_view rest = bytes;
    while (frame.framing != Framing::none && !machine_.is_done() && !machine_.awaits_more(rest)) {
      const auto step = machine_.step(rest);
      if (!step) return step.error();
      consumed += step->consumed;
      if (!step->data.empty()) return Part{consumed, step->data, machine_.is_done()};
      if ((step->need_more ? rest.size() : step->consumed) > kMaxChunkLineBytes) {
        return Error{ErrorCode::too_large, side_, "a chunk's line or the trailers are too long"};
      }
      if (step->need_more) break;
      rest = bytes.substr(consumed);
    }
    return Part{consumed, {}, frame.framing == Framing::none || machine_.is_done()};
  }

  bool got_some() const { return head_bytes_ > 0 || machine_.got_some(); }
  bool is_whole() const {
    return machine_.is_header_done() &&
           (frame.framing == Framing::none || frame.framing == Framing::until_close ||
            machine_.is_done());
  }

  RawHead head;
  BodyFrame frame;  // Requires: set between head and body

 private:
  // While a head is not complete, all of its bytes at hand belong to it.
  Result<Progress> counted(Progress progress, std::string_view bytes) {
    head_bytes_ += progress.consumed;
    const std::size_t waiting = progress.complete ? 0 : bytes.size() - progress.consumed;
    if (head_bytes_ + waiting > kMaxHeadBytes)
      return Error{ErrorCode::too_large, side_, "the head is too long"};
    return progress;
  }

  Machine<is_request> machine_;
  std::size_t head_bytes_ = 0;
  Side side_;
};

}  // namespace

struct RequestParser::State : Reader<true> {
  State() : Reader(Side::client) {}
  FramingFields said;  // views into head.headers
};

RequestParser::RequestParser() : state_(std::make_unique<State>()) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

Result<Progress> RequestParser::feed_head(std::string_view bytes) {
  auto progress = state_->feed_head(bytes);
  if (!progress || !progress->complete) return progress;

  const RawHead& head = state_->head;
  state_->said = framing_fields(head.headers);
  // Deviation from RFC 9112 §3.2: a target that names its authority needs no Host; workerd sends none beside it.
  const bool needs_host =
      head.version == Version::http_1_1 && (head.target[0] == '/' || head.target[0] == '*');
  if (state_->said.hosts > 1)
    return Error{ErrorCode::malformed, Side::client, "more than one Host"};
  if (state_->said.hosts == 0 && needs_host)
    return Error{ErrorCode::malformed, Side::client, "no Host"};
  const auto frame = stated_frame(state_->said, head.version, Side::client);
  if (!frame) return frame.error();
  state_->frame = *frame;
  return progress;
}

RequestHead RequestParser::take_head() {
  RawHead& raw = state_->head;
  RequestHead head;
  head.method = method_of(raw.method_text);
  head.frame = state_->frame;
  head.keep_alive = keeps_alive(state_->said, raw.version);
  head.http_1_0 = raw.version == Version::http_1_0;
  // An expectation counts in HTTP/1.1, of a request with a body (RFC 9110 §10.1.1).
  head.expects_continue =
      state_->said.expects_continue && !head.http_1_0 && head.frame.framing != Framing::none;
  head.method_text = std::move(raw.method_text);
  head.target = std::move(raw.target);
  head.headers = std::move(raw.headers);
  return head;
}

Result<Part> RequestParser::feed_body(std::string_view bytes) { return state_->feed_body(bytes); }

void RequestParser::reset() { state_->reset(); }

struct ResponseParser::State : Reader<false> {
  explicit State(Method method) : Reader(Side::origin), request_method(method) { expect_head(); }
  void expect_head() {
    head = {};
    restart();
    if (request_method == Method::head) skip_body();
  }
  Method request_method;
  bool keep_alive = true;
};

ResponseParser::ResponseParser(Method request_method)
    : state_(std::make_unique<State>(request_method)) {}
ResponseParser::~ResponseParser() = default;
ResponseParser::ResponseParser(ResponseParser&&) noexcept = default;
ResponseParser& ResponseParser::operator=(ResponseParser&&) noexcept = default;

Result<Progress> ResponseParser::feed_head(std::string_view bytes) {
  const RawHead& head = state_->head;
  std::size_t consumed = 0;
  for (;;) {
    const auto progress = state_->feed_head(bytes.substr(consumed));
    if (!progress) return progress.error();
    consumed += progress->consumed;
    if (!progress->complete) return Progress{consumed, false};
    if (head.status >= 200 || head.status == 101) break;
    state_->expect_head();  // behind an interim response (RFC 9110 §15.2)
  }

  const FramingFields said = framing_fields(head.headers);
  const auto frame = stated_frame(said, head.version, Side::origin);
  if (!frame) return frame.error();
  if (!has_no_body(state_->request_method, head.status)) {
    state_->frame = frame->framing == Framing::none ? BodyFrame{Framing::until_close, 0} : *frame;
  }
  state_->keep_alive =
      keeps_alive(said, head.version) && state_->frame.framing != Framing::until_close;
  return Progress{consumed, true};
}

ResponseHead ResponseParser::take_head() {
  return {
      {state_->head.status, std::move(state_->head.headers)}, state_->frame, state_->keep_alive
  };
}

Result<Part> ResponseParser::feed_body(std::string_view bytes) { return state_->feed_body(bytes); }

Result<> ResponseParser::finish() {
  if (state_->is_whole()) return {};
  if (!state_->got_some())
    return Error{ErrorCode::disconnected, Side::origin, "closed before any answer"};
  return Error{ErrorCode::truncated, Side::origin, "closed in the middle of the answer"};
}

Result<std::optional<EmbeddedHead>> parse_embedded_response_head(std::string_view bytes) {
  constexpr std::string_view empty_line = "\r\n\r\n";
  const std::size_t end = bytes.substr(0, kMaxHeadBytes).find(empty_line);
  if (end == std::string_view::npos) {
    if (bytes.size() >= kMaxHeadBytes)
      return Error{ErrorCode::too_large, Side::worker, "the head is too long"};
    return std::nullopt;
  }
  Reader<false> reader(Side::worker);
  reader.skip_body();  // what the fields say of framing is a label here
  const auto progress = reader.feed_head(bytes.substr(0, end + empty_line.size()));
  if (!progress) return progress.error();
  if (!progress->complete)
    return Error{ErrorCode::malformed, Side::worker, "not one response head"};
  return EmbeddedHead{{reader.head.status, std::move(reader.head.headers)}, progress->consumed};
}

}  // namespace festina::http
