#include "http/decoder.h"

#include <algorithm>
#include <brotli/decode.h>
#include <limits>
#include <utility>
#include <zlib.h>
#include <zstd.h>

namespace festina::http {

class Decoder::Stream {
 public:
  // One step of a library: what it took, what it gave, and whether the bytes made sense.
  struct Step {
    std::size_t taken = 0;
    std::size_t given = 0;
    bool is_sound = true;
  };

  Stream() = default;
  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  virtual Step step(std::string_view coded, char* place, std::size_t room) = 0;
  virtual bool is_at_end() const = 0;
  // Could more come out without more coming in?
  virtual bool holds_more() const = 0;
};

namespace {

const std::uint8_t* octets(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}
std::uint8_t* octets(char* text) { return reinterpret_cast<std::uint8_t*>(text); }

// A body may be several members, one behind the other (RFC 1952 §2.2).
class GzipStream final : public Decoder::Stream {
 public:
  GzipStream() {
    constexpr int only_gzip = 15 + 16;
    check(inflateInit2(&stream_, only_gzip) == Z_OK, "zlib has memory");
  }
  ~GzipStream() override { inflateEnd(&stream_); }

  Step step(std::string_view coded, char* place, std::size_t room) override {
    if (is_at_end_ && !coded.empty()) {
      if (!is_first_) inflateReset(&stream_);
      is_first_ = false;
      is_at_end_ = false;
    }
    const std::size_t given_in = std::min<std::size_t>(coded.size(), kMostAtOnce);
    stream_.next_in = const_cast<Bytef*>(octets(coded));  // zlib does not write there
    stream_.avail_in = static_cast<uInt>(given_in);
    stream_.next_out = octets(place);
    stream_.avail_out = static_cast<uInt>(room);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    is_at_end_ = is_at_end_ || result == Z_STREAM_END;
    is_full_ = stream_.avail_out == 0 && !is_at_end_;
    return {
        .taken = given_in - stream_.avail_in,
        .given = room - stream_.avail_out,
        .is_sound = result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR
    };
  }
  bool is_at_end() const override { return is_at_end_; }
  bool holds_more() const override { return is_full_; }

 private:
  static constexpr std::size_t kMostAtOnce = std::numeric_limits<uInt>::max();

  z_stream stream_{};
  bool is_first_ = true;
  bool is_at_end_ = true;
  bool is_full_ = false;
};

class BrotliStream final : public Decoder::Stream {
 public:
  BrotliStream() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {
    check(state_ != nullptr, "brotli has memory");
  }
  ~BrotliStream() override { BrotliDecoderDestroyInstance(state_); }

  Step step(std::string_view coded, char* place, std::size_t room) override {
    if (has_ended_) return {.is_sound = coded.empty()};  // nothing may follow
    is_untouched_ = is_untouched_ && coded.empty();
    const std::uint8_t* next_in = octets(coded);
    std::size_t left = coded.size();
    std::uint8_t* next_out = octets(place);
    std::size_t free = room;
    const BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state_, &left, &next_in, &free, &next_out, nullptr);
    has_ended_ = result == BROTLI_DECODER_RESULT_SUCCESS;
    is_full_ = result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    return {
        .taken = coded.size() - left,
        .given = room - free,
        .is_sound = result != BROTLI_DECODER_RESULT_ERROR
    };
  }
  bool is_at_end() const override { return has_ended_ || is_untouched_; }
  bool holds_more() const override { return is_full_; }

 private:
  BrotliDecoderState* state_;
  bool is_untouched_ = true;
  bool has_ended_ = false;
  bool is_full_ = false;
};

// A body may be several frames, one behind the other (RFC 8878 §3).
class ZstdStream final : public Decoder::Stream {
 public:
  ZstdStream() : context_(ZSTD_createDCtx()) {
    check(context_ != nullptr, "zstd has memory");
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kMaxWindow);
  }
  ~ZstdStream() override { ZSTD_freeDCtx(context_); }

  Step step(std::string_view coded, char* place, std::size_t room) override {
    ZSTD_inBuffer in{coded.data(), coded.size(), 0};
    ZSTD_outBuffer out{place, room, 0};
    const std::size_t left = ZSTD_decompressStream(context_, &out, &in);
    if (ZSTD_isError(left) != 0) return {.is_sound = false};
    is_at_end_ = left == 0;
    is_full_ = left != 0 && out.pos == out.size;
    return {.taken = in.pos, .given = out.pos};
  }
  bool is_at_end() const override { return is_at_end_; }
  bool holds_more() const override { return is_full_; }

 private:
  ZSTD_DCtx* context_;
  bool is_at_end_ = true;
  bool is_full_ = false;
};

std::unique_ptr<Decoder::Stream> stream_of(Coding coding) {
  switch (coding) {
    case Coding::gzip:
      return std::make_unique<GzipStream>();
    case Coding::brotli:
      return std::make_unique<BrotliStream>();
    case Coding::zstd:
      return std::make_unique<ZstdStream>();
    case Coding::identity:
      break;
  }
  unreachable("identity needs no decoder");
}

bool is_out_of_proportion(std::uint64_t taken, std::uint64_t given) {
  return given > kMaxDecodedFreely && given - kMaxDecodedFreely > taken * kMaxExpansion;
}

}  // namespace

Decoder::Decoder(Coding coding) : stream_(stream_of(coding)) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Result<std::string> Decoder::decode(std::string_view& coded) {
  std::string out;
  while (out.empty() && (!coded.empty() || stream_->holds_more())) {
    out.resize(kMaxDecodedPart);
    const Stream::Step step = stream_->step(coded, out.data(), out.size());
    if (!step.is_sound) {
      return Error{ErrorCode::malformed, Side::origin, "the body is not coded as it says"};
    }
    coded.remove_prefix(step.taken);
    out.resize(step.given);
    taken_ += step.taken;
    given_ += step.given;
    if (is_out_of_proportion(taken_, given_)) {
      return Error{ErrorCode::too_large, Side::origin, "the body is out of proportion to its code"};
    }
  }
  return out;
}

bool Decoder::is_at_end() const { return stream_->is_at_end(); }

}  // namespace festina::http
