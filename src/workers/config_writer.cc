#include "workers/config_writer.h"

#include <algorithm>
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <utility>
#include <workerd.capnp.h>

#include "base/json.h"
#include "observe/record.h"

namespace festina::workers {
namespace {

namespace config = workerd::server::config;

// What lets a module import AsyncLocalStorage, and what lets a service worker have a wrapped binding.
constexpr std::string_view kAsyncLocalStorage = "nodejs_als";
constexpr std::uint64_t kMiB = std::uint64_t{1024} * 1024;
// Which part of the heap one half of V8's youngest generation begins with (its own default is 1 MiB).
constexpr std::uint64_t kYoungestShare = 128;
constexpr std::string_view kNewModuleRegistry = "new_module_registry";

unsigned size_of(const auto& list) { return static_cast<unsigned>(list.size()); }

// Absolute targets both ways, and `cf` in a field.
void write_http(config::HttpOptions::Builder http) {
  http.setStyle(config::HttpOptions::Style::PROXY);
  http.setCfBlobHeader("CF-Blob");
}

capnp::Data::Reader bytes_of(const std::string& content) {
  return {reinterpret_cast<const capnp::byte*>(content.data()), content.size()};
}

void write_module(config::Worker::Module::Builder to, const Module& module) {
  to.setName(module.name);
  switch (module.type) {
    case zone::ModuleType::es_module:
      return to.setEsModule(module.content);
    case zone::ModuleType::common_js:
      return to.setCommonJsModule(module.content);
    case zone::ModuleType::compiled_wasm:
      return to.setWasm(bytes_of(module.content));
    case zone::ModuleType::text:
      return to.setText(module.content);
    case zone::ModuleType::data:
      return to.setData(bytes_of(module.content));
    case zone::ModuleType::python_module:
    case zone::ModuleType::python_requirement:
      break;
  }
  unreachable("module rules refuse Python");
}

void write_modules(
    capnp::List<config::Worker::Module>::Builder list, const std::vector<Module>& modules
) {
  for (unsigned i = 0; i < list.size(); ++i) write_module(list[i], modules[i]);
}

void write_variable(config::Worker::Binding::Builder binding, const zone::Variable& variable) {
  binding.setName(variable.name);
  if (variable.is_json) {
    binding.setJson(variable.value);
  } else {
    binding.setText(variable.value);
  }
}

void write_constant(config::Worker::Binding::Builder binding, const Module& constant) {
  binding.setName(constant.name);
  switch (constant.type) {
    case zone::ModuleType::text:
      return binding.setText(constant.content);
    case zone::ModuleType::data:
      return binding.setData(bytes_of(constant.content));
    case zone::ModuleType::compiled_wasm:
      return binding.setWasmModule(bytes_of(constant.content));
    default:
      unreachable("JavaScript is no constant");
  }
}

void write_code(config::Worker::Builder worker, const ScriptPlan& plan) {
  if (plan.syntax == Syntax::service_worker) {
    worker.setServiceWorkerScript(plan.modules.front().content);
  } else {
    write_modules(worker.initModules(size_of(plan.modules)), plan.modules);
  }
}

void write_extension(config::Config::Builder root, const std::vector<Module>& modules) {
  auto list = root.initExtensions(1)[0].initModules(size_of(modules));
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setName(modules[i].name);
    list[i].setInternal(true);
    list[i].setEsModule(modules[i].content);
  }
}

// A call goes to the service of the same colo.
void write_service_binding(
    config::Worker::Binding::Builder binding, const zone::ServiceBinding& bound,
    const std::string& colo
) {
  binding.setName(bound.name);
  auto service = binding.initService();
  service.setName(service_name(bound.service, colo));
  if (!bound.entrypoint.empty()) service.setEntrypoint(bound.entrypoint);
  if (!bound.props.empty()) service.initProps().setJson(bound.props);
}

void write_bindings(
    config::Worker::Builder worker, const ScriptPlan& plan, const std::string& colo
) {
  const bool is_service_worker = plan.syntax == Syntax::service_worker;
  auto list = worker.initBindings(
      size_of(plan.variables) + size_of(plan.constants) + size_of(plan.services) +
      (is_service_worker ? 1U : 0U)
  );
  unsigned next = 0;
  // The first: its module is evaluated before the script, which it puts itself around.
  if (is_service_worker) {
    auto ours = list[next++];
    ours.setName(std::string(kServiceWorkerBinding));
    ours.initWrapped().setModuleName(std::string(kServiceWorkerModule));
  }
  for (const zone::Variable& variable : plan.variables) write_variable(list[next++], variable);
  for (const Module& constant : plan.constants) write_constant(list[next++], constant);
  for (const zone::ServiceBinding& bound : plan.services)
    write_service_binding(list[next++], bound, colo);
}

void write_worker(
    config::Service::Builder service, const ScriptPlan& plan, const std::string& colo
) {
  const std::string name = service_name(plan.script, colo);
  service.setName(name);
  auto worker = service.initWorker();
  write_code(worker, plan);
  worker.setCompatibilityDate(plan.compatibility_date);
  auto flags = worker.initCompatibilityFlags(size_of(plan.compatibility_flags));
  for (unsigned i = 0; i < flags.size(); ++i) flags.set(i, plan.compatibility_flags[i]);
  write_bindings(worker, plan, colo);
  // Its default is a service with the whole network behind it.
  worker.initGlobalOutbound().setName(name + "/out");
  worker.initCacheApiOutbound().setName(name + "/cache");
}

// One of the host's sockets, as a service reaches it.
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

// All constants of a script: those of its file, and what tells its version. The runtime has no binding of that kind.
std::vector<zone::Variable> variables_of(const zone::Script& script, const Bundle& bundle) {
  std::vector<zone::Variable> variables = script.variables;
  if (script.version_metadata.empty()) return variables;
  const json::Object about{
      {"id", bundle.version}, {"tag", ""}, {"timestamp", observe::timestamp(bundle.read_at)}
  };
  variables.push_back(
      {.name = script.version_metadata, .value = json::to_text(about), .is_json = true}
  );
  return variables;
}

// A request leaves some ten kilobytes of garbage: the more the youngest generation holds, the fewer of its collections there
// are, and the less they find alive. But what hangs on garbage outside the heap, the pieces of a stream, waits longer (ADR 15).
void write_flags(config::Config::Builder root, std::uint64_t heap_mebibytes) {
  const std::uint64_t youngest = std::max<std::uint64_t>(heap_mebibytes / kYoungestShare, 1);
  auto flags = root.initV8Flags(2);
  flags.set(0, "--max-heap-size=" + std::to_string(heap_mebibytes));
  flags.set(1, "--min-semi-space-size=" + std::to_string(youngest));
}

}  // namespace

ScriptPlan plan_of(const zone::Script& script, const Bundle& bundle, std::vector<Module> wrapped) {
  return {
      .script = script.name,
      .version = bundle.version,
      .compatibility_date = script.compatibility_date,
      .compatibility_flags = flags_for(script.compatibility_flags, bundle.syntax),
      .variables = variables_of(script, bundle),
      .services = script.services,
      .syntax = bundle.syntax,
      .modules = std::move(wrapped),
      .constants = bundle.constants
  };
}

std::vector<std::string> flags_for(std::vector<std::string> script_flags, Syntax syntax) {
  const std::string_view needed =
      syntax == Syntax::modules ? kAsyncLocalStorage : kNewModuleRegistry;
  if (std::ranges::find(script_flags, needed) == script_flags.end()) {
    script_flags.emplace_back(needed);
  }
  return script_flags;
}

std::string identity_text(
    std::string_view script, std::string_view version, std::string_view colo
) {
  return std::string(script).append("@").append(version).append("/").append(colo);
}

std::string service_name(std::string_view script, std::string_view colo) {
  return std::string(script).append("/").append(colo);
}

std::string workerd_config(const ProcessPlan& plan) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<config::Config>();
  if (!plan.extension.empty()) write_extension(root, plan.extension);
  const unsigned count = size_of(plan.scripts) * size_of(plan.colos);
  auto services = root.initServices(3 * count);
  auto sockets = root.initSockets(count);
  unsigned next = 0;
  for (const ScriptPlan& script : plan.scripts) {
    for (const std::string& colo : plan.colos) {
      const std::string name = service_name(script.script, colo);
      const std::string identity = identity_text(script.script, script.version, colo);
      write_worker(services[3 * next], script, colo);
      write_outbound(services[3 * next + 1], name + "/out", plan.out_socket, identity);
      write_outbound(services[3 * next + 2], name + "/cache", plan.cache_socket, identity);
      sockets[next].setName(name);
      write_http(sockets[next].initHttp());
      sockets[next].initService().setName(name);
      ++next;
    }
  }
  write_flags(root, plan.heap_bytes / kMiB);
  const auto words = capnp::messageToFlatArray(message);
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

}  // namespace festina::workers
