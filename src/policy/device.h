// Device: what kind of machine a User-Agent says it is, where an owner wants each kind to have its own (reference §11.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace festina::policy {

enum class Device : std::uint8_t { desktop, mobile, tablet };

// "mobile", as CF-Device-Type says it.
std::string_view name(Device);
std::optional<Device> device(std::string_view name);

// Mobile is looked for first, then tablet; everything else is a desktop.
Device device_of(std::string_view user_agent);

}  // namespace festina::policy
