#include "store/change_log.h"

namespace festina::store {

std::string_view name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::purge:
      return "purge";
    case ChangeKind::zone:
      return "zone";
  }
  unreachable("every kind has a name");
}

std::optional<ChangeKind> change_kind(std::string_view text) {
  for (const ChangeKind kind : {ChangeKind::purge, ChangeKind::zone}) {
    if (text == name(kind)) return kind;
  }
  return std::nullopt;
}

}  // namespace festina::store
