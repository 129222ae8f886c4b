// Replaced: text in place of other text, for templates and for what a bundler wrote.
#pragma once

#include <string>
#include <string_view>

namespace festina::workers {

// Every occurrence of `what`, from the left; what is put in is not looked at again. Requires: `what` is not empty.
std::string replaced(std::string_view text, std::string_view what, std::string_view by);

}  // namespace festina::workers
