#include "rules/type.h"

#include "base/errors.h"

namespace festina::rules {
namespace {

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "Bool";
    case Kind::integer:
      return "Int";
    case Kind::text:
      return "Bytes";
    case Kind::address:
      return "Ip";
  }
  unreachable("every kind has a name");
}

}  // namespace

std::string name(Type type) {
  std::string text(name(type.kind));
  for (unsigned i = 0; i < type.arrays; ++i) text = "Array<" + text + ">";
  return type.is_map ? "Map<" + text + ">" : text;
}

}  // namespace festina::rules
