// What coding costs: time per 100 KB of text, each way, and what is left of them.
#include "http/encoder.h"

#include <benchmark/benchmark.h>
#include <random>
#include <string>

#include "http/decoder.h"

namespace festina::http {
namespace {

constexpr std::size_t kBytes = 100'000;

// Markup of made-up words, of which few are frequent.
std::string markup() {
  std::minstd_rand random(7);
  std::geometric_distribution<int> word(0.02);
  std::string text;
  while (text.size() < kBytes) {
    text += "<p class=\"item\">";
    for (int i = 0; i < 12; ++i) text += "w" + std::to_string(word(random) * 7919 % 4001) + ' ';
    text += "</p>\n";
  }
  text.resize(kBytes);
  return text;
}

void encode(benchmark::State& state, Coding coding, Effort effort) {
  const std::string text = markup();
  std::size_t size = 0;
  for (auto _ : state) size = encoded(text, coding, effort).size();
  state.counters["part_left"] = static_cast<double>(size) / kBytes;
}
BENCHMARK_CAPTURE(encode, gzip_quick, Coding::gzip, Effort::quick);
BENCHMARK_CAPTURE(encode, brotli_quick, Coding::brotli, Effort::quick);
BENCHMARK_CAPTURE(encode, zstd_quick, Coding::zstd, Effort::quick);
BENCHMARK_CAPTURE(encode, gzip_thorough, Coding::gzip, Effort::thorough);
BENCHMARK_CAPTURE(encode, brotli_thorough, Coding::brotli, Effort::thorough);
BENCHMARK_CAPTURE(encode, zstd_thorough, Coding::zstd, Effort::thorough);

void decode(benchmark::State& state, Coding coding) {
  const std::string coded = encoded(markup(), coding, Effort::thorough);
  for (auto _ : state) {
    Decoder decoder(coding);
    std::string_view rest = coded;
    while (true) {
      const auto part = decoder.decode(rest);
      if (!part || part->empty()) break;
      benchmark::DoNotOptimize(part->data());
    }
  }
}
BENCHMARK_CAPTURE(decode, gzip, Coding::gzip);
BENCHMARK_CAPTURE(decode, brotli, Coding::brotli);
BENCHMARK_CAPTURE(decode, zstd, Coding::zstd);

}  // namespace
}  // namespace festina::http
