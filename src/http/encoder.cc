// None of the libraries fails at coding for another reason than want of memory or a wrong call.
#include "http/encoder.h"

#include <algorithm>
#include <brotli/encode.h>
#include <limits>
#include <utility>
#include <zlib.h>
#include <zstd.h>

#include "base/errors.h"

namespace festina::http {

class Encoder::Stream {
 public:
  Stream() = default;
  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  virtual std::string encode(std::string_view bytes, Until) = 0;
};

namespace {

// By such steps output takes memory.
constexpr std::size_t kStep = std::size_t{16} * 1024;

struct Wrote {
  std::size_t bytes;
  bool is_all;
};

// What `step(place, room)` writes, call by call, until it says that this is all.
template <class Step>
std::string collected(Step step) {
  std::string out;
  std::size_t size = 0;
  for (bool is_all = false; !is_all;) {
    out.resize(size + kStep);
    const Wrote wrote = step(out.data() + size, kStep);
    size += wrote.bytes;
    is_all = wrote.is_all;
  }
  out.resize(size);
  return out;
}

const std::uint8_t* octets(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}
std::uint8_t* octets(char* text) { return reinterpret_cast<std::uint8_t*>(text); }

class GzipStream final : public Encoder::Stream {
 public:
  explicit GzipStream(Effort effort) {
    constexpr int gzip_window = 15 + 16;  // 16: a gzip header
    constexpr int memory_level = 8;
    const int level = effort == Effort::quick ? 1 : 6;
    const int ready =
        deflateInit2(&stream_, level, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY);
    check(ready == Z_OK, "zlib has memory");
  }
  ~GzipStream() override { deflateEnd(&stream_); }

  std::string encode(std::string_view bytes, Until until) override {
    check(bytes.size() <= std::numeric_limits<uInt>::max(), "zlib counts in 32 bits");
    stream_.next_in = const_cast<Bytef*>(octets(bytes));  // zlib does not write there
    stream_.avail_in = static_cast<uInt>(bytes.size());
    const int mode = mode_of(until);
    return collected([&](char* place, std::size_t room) {
      stream_.next_out = octets(place);
      stream_.avail_out = static_cast<uInt>(room);
      const int result = deflate(&stream_, mode);
      check(result != Z_STREAM_ERROR, "a gzip stream is called in order");
      const bool is_all = mode == Z_FINISH ? result == Z_STREAM_END : stream_.avail_out > 0;
      return Wrote{room - stream_.avail_out, is_all};
    });
  }

 private:
  static int mode_of(Until until) {
    if (until == Until::end) return Z_FINISH;
    return until == Until::now ? Z_SYNC_FLUSH : Z_NO_FLUSH;
  }

  z_stream stream_{};
};

class BrotliStream final : public Encoder::Stream {
 public:
  explicit BrotliStream(Effort effort)
      : state_(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {
    check(state_ != nullptr, "brotli has memory");
    const bool is_quick = effort == Effort::quick;
    BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY, is_quick ? 4 : 5);
    BrotliEncoderSetParameter(
        state_, BROTLI_PARAM_LGWIN, is_quick ? kQuickWindow : kThoroughWindow
    );
  }
  ~BrotliStream() override { BrotliEncoderDestroyInstance(state_); }

  std::string encode(std::string_view bytes, Until until) override {
    const std::uint8_t* next_in = octets(bytes);
    std::size_t left = bytes.size();
    const BrotliEncoderOperation operation = operation_of(until);
    return collected([&](char* place, std::size_t room) {
      std::uint8_t* next_out = octets(place);
      std::size_t free = room;
      const bool worked = BrotliEncoderCompressStream(
                              state_, operation, &left, &next_in, &free, &next_out, nullptr
                          ) == BROTLI_TRUE;
      check(worked, "a brotli stream is called in order");
      return Wrote{room - free, left == 0 && BrotliEncoderHasMoreOutput(state_) == BROTLI_FALSE};
    });
  }

 private:
  static BrotliEncoderOperation operation_of(Until until) {
    if (until == Until::end) return BROTLI_OPERATION_FINISH;
    return until == Until::now ? BROTLI_OPERATION_FLUSH : BROTLI_OPERATION_PROCESS;
  }

  BrotliEncoderState* state_;
};

class ZstdStream final : public Encoder::Stream {
 public:
  explicit ZstdStream(Effort effort) : context_(ZSTD_createCCtx()) {
    check(context_ != nullptr, "zstd has memory");
    const bool is_quick = effort == Effort::quick;
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, is_quick ? 1 : 3);
    ZSTD_CCtx_setParameter(context_, ZSTD_c_windowLog, is_quick ? kQuickWindow : kThoroughWindow);
  }
  ~ZstdStream() override { ZSTD_freeCCtx(context_); }

  std::string encode(std::string_view bytes, Until until) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    const ZSTD_EndDirective directive = directive_of(until);
    return collected([&](char* place, std::size_t room) {
      ZSTD_outBuffer out{place, room, 0};
      const std::size_t left = ZSTD_compressStream2(context_, &out, &in, directive);
      check(ZSTD_isError(left) == 0, "a zstd stream is called in order");
      const bool is_all = directive == ZSTD_e_continue ? in.pos == in.size : left == 0;
      return Wrote{out.pos, is_all};
    });
  }

 private:
  static ZSTD_EndDirective directive_of(Until until) {
    if (until == Until::end) return ZSTD_e_end;
    return until == Until::now ? ZSTD_e_flush : ZSTD_e_continue;
  }

  ZSTD_CCtx* context_;
};

std::unique_ptr<Encoder::Stream> stream_of(Coding coding, Effort effort) {
  switch (coding) {
    case Coding::gzip:
      return std::make_unique<GzipStream>(effort);
    case Coding::brotli:
      return std::make_unique<BrotliStream>(effort);
    case Coding::zstd:
      return std::make_unique<ZstdStream>(effort);
    case Coding::identity:
      break;
  }
  unreachable("identity needs no encoder");
}

}  // namespace

Encoder::Encoder(Coding coding, Effort effort) : stream_(stream_of(coding, effort)) {}
Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;

std::string Encoder::encode(std::string_view bytes, Until until) {
  return stream_->encode(bytes, until);
}

std::string encoded(std::string_view bytes, Coding coding, Effort effort) {
  return Encoder(coding, effort).encode(bytes, Until::end);
}

}  // namespace festina::http
