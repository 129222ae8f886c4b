// Options: what a command was told, as a value. One struct per command; who acts on it is the server.
#pragma once

#include <string>
#include <sys/types.h>
#include <variant>
#include <vector>

#include "server/words.h"

namespace festina::server {

inline constexpr int kExitRefused = 1;  // the command was understood and could not be done

struct ServeOptions {
  std::string config;
  std::string ready_file;  // empty: none
  unsigned threads = 0;    // 0: one per core
};

struct CheckOptions {
  std::string config;
  bool strict = false;      // warnings are refused as well
  std::string compat_date;  // YYYY-MM-DD: what would it change? Empty: nobody asks
  bool json = false;        // that as JSON
};

struct ReloadOptions {
  std::string config;  // names the state directory of the node
  std::string state;   // that directory, when it is given
  pid_t pid = 0;       // or the node itself
};

// How to reach a running node: what is empty follows from the configuration file.
struct ApiAccess {
  std::string config;
  std::string control;  // "http://127.0.0.1:8788"
  std::string token;
  std::string ca;  // PEM file
};

struct PurgeOptions {
  ApiAccess api;
  std::string zone;
  std::vector<std::string> urls;  // absolute
  std::vector<std::string> tags;
  std::vector<std::string> hosts;
  std::vector<std::string> prefixes;
  bool everything = false;  // else at least one of the lists names something
};

struct ExplainOptions {
  ApiAccess api;
  std::string ray;  // of a request that was served; empty: what would be done with the following
  std::string url;  // absolute
  std::string method;
  std::vector<HeaderLine> headers;
  std::string colo;  // empty: the first
  bool json = false;
};

struct TailOptions {
  ApiAccess api;
  std::string worker;  // empty: all
  std::vector<std::string> zones;
  std::vector<std::string> hosts;
  std::vector<std::string> statuses;
  std::vector<std::string> colos;
  bool json = false;
};

struct EnvOptions {
  ApiAccess api;
};

struct VersionOptions {};

using Options = std::variant<
    ServeOptions, CheckOptions, ReloadOptions, PurgeOptions, ExplainOptions, TailOptions,
    EnvOptions, VersionOptions>;

}  // namespace festina::server
