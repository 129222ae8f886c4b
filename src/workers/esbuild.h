// Esbuild: what the bundler says of a script's main file, and what it makes of it and its imports.
//
// It is run as wrangler runs it. Both calls block: they are for start-up and reload.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/errors.h"
#include "zone/script.h"

namespace festina::workers {

// How a script meets its events: with what it exports, or with addEventListener().
enum class Syntax : std::uint8_t { modules, service_worker };

// What the main file says by itself.
struct Outline {
  std::vector<std::string>
      exports;  // names; those that `export * from` passes on are not among them
  std::vector<std::string>
      imports;  // specifiers; JSX and TypeScript's helpers ask for some of their own
};

struct Asset {
  std::string name;  // the text imports it as "./" and this
  std::string content;
};

// One text out of the main file and what it imports.
struct Joined {
  std::string text;
  std::vector<Asset> assets;
  std::vector<std::string> exports;
  // Where its lines were written: the members `sources`, as seen from the project, and `mappings` of a source map (ECMA-426).
  std::string source_map;
};

// Whether "fs" means "node:fs": with nodejs_compat it does, without it a package may have that name.
enum class NodeNames : bool { only_with_prefix, all };

struct JoinOptions {
  Syntax syntax = Syntax::modules;
  NodeNames node_names = NodeNames::only_with_prefix;
  std::vector<std::string> assets = {};  // extensions of imported files that become assets: ".txt"
  std::vector<std::string> external = {
  };  // paths of modules that stay what they are, beside the main one
};

// Where the script's configuration file is: esbuild runs there, and names files as seen from there.
std::string project_of(const zone::Script&);

// Errors: malformed (worker) with file, line and column; not_found, timed_out, io (self).
Result<Outline> outline_of(const zone::Script&);
Result<Joined> join(const zone::Script&, const JoinOptions&);

}  // namespace festina::workers
