#include "workers/config_writer.h"

#include <algorithm>
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <workerd.capnp.h>

namespace festina::workers {
namespace {

namespace config = workerd::server::config;

constexpr std::string_view kAsyncLocalStorage = "nodejs_als";

unsigned size_of(const auto& list) { return static_cast<unsigned>(list.size()); }

// Absolute targets both ways, and `cf` in a field.
void write_http(config::HttpOptions::Builder http) {
  http.setStyle(config::HttpOptions::Style::PROXY);
  http.setCfBlobHeader("CF-Blob");
}

void write_modules(
    capnp::List<config::Worker::Module>::Builder list, const std::vector<Module>& modules
) {
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setName(modules[i].name);
    list[i].setEsModule(modules[i].text);
  }
}

void write_bindings(
    capnp::List<config::Worker::Binding>::Builder list, const std::vector<zone::Variable>& variables
) {
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setName(variables[i].name);
    if (variables[i].is_json) {
      list[i].setJson(variables[i].value);
    } else {
      list[i].setText(variables[i].value);
    }
  }
}

void write_worker(
    config::Service::Builder service, const ProcessPlan& plan, const std::string& colo
) {
  service.setName(colo);
  auto worker = service.initWorker();
  write_modules(worker.initModules(size_of(plan.modules)), plan.modules);
  worker.setCompatibilityDate(plan.compatibility_date);
  auto flags = worker.initCompatibilityFlags(size_of(plan.compatibility_flags));
  for (unsigned i = 0; i < flags.size(); ++i) flags.set(i, plan.compatibility_flags[i]);
  write_bindings(worker.initBindings(size_of(plan.variables)), plan.variables);
  // Its default is a service with the whole network behind it.
  worker.initGlobalOutbound().setName(colo + "/out");
  worker.initCacheApiOutbound().setName(colo + "/cache");
}

// One of the host's sockets, as this colo reaches it.
void write_outbound(
    config::Service::Builder service, const std::string& name, const std::string& path,
    const std::string& identity
) {
  service.setName(name);
  auto external = service.initExternal();
  external.setAddress("unix:" + path);
  auto http = external.initHttp();
  write_http(http);
  auto header = http.initInjectRequestHeaders(1)[0];
  header.setName("X-Festina-Src");
  header.setValue(identity);
}

}  // namespace

std::vector<std::string> flags_for(std::vector<std::string> script_flags) {
  if (std::ranges::find(script_flags, kAsyncLocalStorage) == script_flags.end()) {
    script_flags.emplace_back(kAsyncLocalStorage);
  }
  return script_flags;
}

std::string identity_text(
    std::string_view script, std::string_view version, std::string_view colo
) {
  return std::string(script).append("@").append(version).append("/").append(colo);
}

std::string workerd_config(const ProcessPlan& plan) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<config::Config>();
  auto services = root.initServices(3 * size_of(plan.colos));
  auto sockets = root.initSockets(size_of(plan.colos));
  for (unsigned i = 0; i < sockets.size(); ++i) {
    const std::string& colo = plan.colos[i];
    const std::string identity = identity_text(plan.script, plan.version, colo);
    write_worker(services[3 * i], plan, colo);
    write_outbound(services[3 * i + 1], colo + "/out", plan.out_socket, identity);
    write_outbound(services[3 * i + 2], colo + "/cache", plan.cache_socket, identity);
    sockets[i].setName(colo);
    write_http(sockets[i].initHttp());
    sockets[i].initService().setName(colo);
  }
  const auto words = capnp::messageToFlatArray(message);
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

}  // namespace festina::workers
