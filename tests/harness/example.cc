#include "harness/example.h"

#include <algorithm>

#include "harness/scenario.h"

namespace festina::harness {

ExampleScenario::ExampleScenario(const std::string& name, const std::string& more)
    : edge(files, prepared(name, more)), name_(name) {}

EdgeOptions ExampleScenario::prepared(const std::string& name, const std::string& more) const {
  const std::string mirrors = "origins = { \"a.workers.localhost\" = \"" + mirror_a.url() +
                              "\", \"b.workers.localhost\" = \"" + mirror_b.url() + "\" }\n";
  return edge_for(
      zone_toml("workers.localhost", origin.url(), "plan = \"enterprise\"\n" + mirrors) +
      "[[scripts]]\nwrangler = \"" + FESTINA_SOURCE_DIR "/examples/workers/" + name + "\"\n" + more
  );
}

Answer ExampleScenario::get(const std::string& path, const Fields& fields) const {
  const Ask ask{.method = "GET", .fields = fields, .body = {}};
  return edge.get("http://workers.localhost" + at(path), ask);
}

void ExampleScenario::await_puts(std::size_t count) const {
  const auto is_put = [](const std::string& record) {
    return record.find("\"ClientRequestMethod\":\"PUT\"") != std::string::npos;
  };
  std::size_t seen = 0;
  std::ptrdiff_t puts = 0;
  while (puts < static_cast<std::ptrdiff_t>(count)) {
    const std::vector<std::string> records = edge.await_records(seen + 1);
    seen = records.size();
    puts = std::ranges::count_if(records, is_put);
  }
}

}  // namespace festina::harness
