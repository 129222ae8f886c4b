// Beast reads the grammar; what it takes and we must not is refused here: folded lines, control bytes in chunk extensions,
// and what exceeds our limits, for Beast's limit of a head counts only bytes it has not consumed yet. Lists and repetitions
// of Content-Length and other codings than chunked are left to framing.h.
#include "http/h1_message.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <functional>
#include <optional>
#include <variant>

#include "base/text.h"
#include "http/field_syntax.h"
#include "http/h1_writer.h"

namespace festina::http {
namespace {

namespace bhttp = boost::beast::http;
using boost::beast::error_code;
using BeastText = boost::beast::string_view;

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

// What one step took and found. need_more: the rest of the bytes holds no whole element yet.
struct Step {
  std::size_t consumed;
  std::string_view data;
  bool need_more;
};

enum class Stage : std::uint8_t { nothing, head, body, done };

// Does a request line name a version of HTTP that is none of ours? The preface of HTTP/2 is such a line (RFC 9113 §3.4).
bool names_another_version(std::string_view line) {
  const auto behind_method = split_once(line, ' ');
  const auto behind_target = behind_method ? split_once(behind_method->after, ' ') : std::nullopt;
  if (!behind_target) return false;
  const std::string_view version = behind_target->after.substr(0, 8);
  const bool is_version = version.size() == 8 && version.starts_with("HTTP/") &&
                          is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
  return is_version && version != "HTTP/1.0" && version != "HTTP/1.1";
}

// One message through Beast. Heads fill a RawHead, parts of the body are views into what was put.
template <bool is_request>
class Machine final : public bhttp::basic_parser<is_request> {
 public:
  Machine(RawHead& head, Side side) : head_(&head), side_(side) {
    this->header_limit(kMaxHeadBytes + 1);
    this->body_limit(boost::none);
  }

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
    if (is_request && ec == bhttp::error::bad_version && names_another_version(bytes))
      return Error{ErrorCode::unsupported, side_, "a version of HTTP that is not spoken here"};
    if (ec && !need_more) return Error{ErrorCode::malformed, side_, std::string(explanation(ec))};
    return Step{consumed, data_, need_more};
  }

  Stage stage() const {
    if (this->is_done()) return Stage::done;
    if (this->is_header_done()) return Stage::body;
    return this->got_some() ? Stage::head : Stage::nothing;
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
    if (is_folded(view(name), view(value)))
      return refuse(ErrorCode::malformed, "a folded field line", ec);
    if (this->is_header_done()) return;  // trailers are dropped
    if (head_->headers.size() == kMaxHeaderLines)
      return refuse(ErrorCode::too_large, "too many field lines", ec);
    if (name.size() > kMaxNameBytes)
      return refuse(ErrorCode::too_large, "a field name is too long", ec);
    head_->headers.add(view(name), view(value));
  }

  std::size_t on_body_impl(BeastText data, error_code&) override {
    data_ = view(data);
    return data.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, BeastText data, error_code&) override {
    data_ = view(data);
    chunk_left_ -= data.size();
    chunk_overhead_ -= std::min(chunk_overhead_, data.size());
    return data.size();
  }
  // Beast takes any byte inside a quoted extension: a line feed there is a line end to others.
  void on_chunk_header_impl(std::uint64_t size, BeastText extensions, error_code& ec) override {
    if (!is_field_value(view(extensions)))
      return refuse(ErrorCode::malformed, "a control byte in a chunk extension", ec);
    chunk_left_ = size;
    chunk_overhead_ += extensions.size();
    if (chunk_overhead_ > kMaxChunkOverhead)
      return refuse(ErrorCode::too_large, "more chunk extensions than data", ec);
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
  std::size_t chunk_overhead_ = 0;  // bytes of extensions beyond the data so far
  std::optional<Error> refusal_;
};

}  // namespace

struct MessageReader::State {
  State(MessageKind message_kind, Side sender) : kind(message_kind), side(sender) { restart(); }
  State(const State&) = delete;  // the machine refers to the head beside it
  State& operator=(const State&) = delete;

  void restart() {
    head = {};
    if (kind == MessageKind::request) {
      machine.emplace<Machine<true>>(head, side);
    } else {
      machine.emplace<Machine<false>>(head, side);
    }
  }
  // Calls f with the machine that reads this kind of message.
  template <class Function>
  auto with_machine(Function f) {
    if (kind == MessageKind::request) return f(std::get<Machine<true>>(machine));
    return f(std::get<Machine<false>>(machine));
  }
  Result<Step> step(std::string_view bytes) {
    return with_machine([bytes](auto& reading) { return reading.step(bytes); });
  }
  Stage stage() {
    return with_machine([](auto& reading) { return reading.stage(); });
  }
  // While a head is not complete, all of its bytes at hand belong to it.
  Result<HeadProgress> counted(HeadProgress progress, std::string_view bytes) {
    head_bytes += progress.consumed;
    const std::size_t waiting = progress.complete ? 0 : bytes.size() - progress.consumed;
    if (head_bytes + waiting > kMaxHeadBytes)
      return Error{ErrorCode::too_large, side, "the head is too long"};
    return progress;
  }

  RawHead head;
  BodyFrame frame;
  std::size_t head_bytes = 0;
  MessageKind kind;
  Side side;
  std::variant<std::monostate, Machine<true>, Machine<false>> machine;
};

MessageReader::MessageReader(MessageKind kind, Side side)
    : state_(std::make_unique<State>(kind, side)) {}
MessageReader::~MessageReader() = default;
MessageReader::MessageReader(MessageReader&&) noexcept = default;
MessageReader& MessageReader::operator=(MessageReader&&) noexcept = default;

Result<HeadProgress> MessageReader::feed_head(std::string_view bytes) {
  std::size_t consumed = 0;
  if (state_->kind == MessageKind::request && state_->stage() == Stage::nothing) {
    while (bytes.substr(consumed, 2) == "\r\n") consumed += 2;  // RFC 9112 §2.2
    if (bytes.substr(consumed) == "\r") return state_->counted({consumed, false}, bytes);
  }
  const auto step = state_->step(bytes.substr(consumed));
  if (!step) return step.error();
  const bool complete = !step->need_more && state_->stage() >= Stage::body;
  return state_->counted({consumed + step->consumed, complete}, bytes);
}

RawHead& MessageReader::head() { return state_->head; }

void MessageReader::set_frame(BodyFrame frame) { state_->frame = frame; }

Result<BodyPart> MessageReader::feed_body(std::string_view bytes) {
  if (state_->frame.framing == Framing::none) return BodyPart{0, {}, true};
  std::size_t consumed = 0;
  std::string_view rest = bytes;
  const auto awaits_more = [&] {
    return state_->with_machine([rest](auto& reading) { return reading.awaits_more(rest); });
  };
  while (state_->stage() != Stage::done && !awaits_more()) {
    const auto step = state_->step(rest);
    if (!step) return step.error();
    consumed += step->consumed;
    if (!step->data.empty()) return BodyPart{consumed, step->data, state_->stage() == Stage::done};
    if ((step->need_more ? rest.size() : step->consumed) > kMaxChunkLineBytes) {
      return Error{
          ErrorCode::too_large, state_->side, "a chunk's line or the trailers are too long"
      };
    }
    if (step->need_more) break;
    rest = bytes.substr(consumed);
  }
  return BodyPart{consumed, {}, state_->stage() == Stage::done};
}

bool MessageReader::got_some() const {
  return state_->head_bytes > 0 || state_->stage() != Stage::nothing;
}

bool MessageReader::is_whole() const {
  const Stage stage = state_->stage();
  if (stage == Stage::done) return true;
  return stage == Stage::body &&
         (state_->frame.framing == Framing::none || state_->frame.framing == Framing::until_close);
}

void MessageReader::restart() { state_->restart(); }

void MessageReader::skip_body() {
  state_->with_machine([](auto& reading) { reading.skip(true); });
}

void MessageReader::reset() {
  state_->frame = {};
  state_->head_bytes = 0;
  state_->restart();
}

}  // namespace festina::http
