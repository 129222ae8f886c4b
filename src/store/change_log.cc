#include "store/change_log.h"

namespace festina::store {

std::string_view name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::purge:
      return "purge";
  }
  unreachable("every kind has a name");
}

std::optional<ChangeKind> change_kind(std::string_view text) {
  if (text == name(ChangeKind::purge)) return ChangeKind::purge;
  return std::nullopt;
}

}  // namespace festina::store
