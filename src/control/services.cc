#include "control/services.h"

#include "base/text.h"

namespace festina::control {

Result<const ColoView*> colo_named(const ControlServices& services, std::string_view name) {
  std::string names;
  for (const ColoView& colo : services.colos) {
    if (equal_ignoring_case(colo.name, name)) return &colo;
    append_member(names, colo.name);
  }
  return Error{
      ErrorCode::malformed,
      Side::client,
      "no such colo " + in_quotes(name) + "; there are: " + names
  };
}

}  // namespace festina::control
