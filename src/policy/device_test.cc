#include "policy/device.h"

#include <gtest/gtest.h>

namespace festina::policy {
namespace {

TEST(DeviceOf, KnowsWhatUserAgentsSay) {  // reference §11.3
  const struct {
    const char* user_agent;
    Device device;
    const char* why;
  } cases[] = {
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148", Device::mobile, ""},
      {"Mozilla/5.0 (iPod touch; CPU OS 12_0)", Device::mobile, ""},
      {"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit Chrome/120 Mobile Safari/537.36",
       Device::mobile,
       "android … mobile"},
      {"Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit Chrome/120 Safari/537.36",
       Device::tablet,
       "android without mobile"},
      {"Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) Mobile/15E148", Device::tablet, ""},
      {"Mozilla/5.0 (PlayBook; U; RIM Tablet OS 2.1.0)", Device::tablet, ""},
      {"Mozilla/5.0 (BB10 Touch) AppleWebKit/537 Mobile Safari/537", Device::mobile, "digits"},
      {"Mozilla/5.0 (BB10; Touch) AppleWebKit/537 Mobile Safari/537",
       Device::tablet,
       "a space must follow them"},
      {"Mozilla/5.0 (BB10)", Device::tablet, "no mobile behind it"},
      {"Mozilla/5.0 (BBC)", Device::desktop, "no digit"},
      {"Mozilla/4.0 (compatible; MSIE 6.0; Windows CE; IEMobile)", Device::mobile, ""},
      {"Mozilla/4.0 (Windows   ce)", Device::mobile, "any space"},
      {"Mozilla/4.0 (Windowsce)", Device::desktop, "some space"},
      {"Mozilla/5.0 (Windows Phone 10.0)", Device::mobile, "phone"},
      {"Googlebot 2.1 mobile", Device::mobile, ""},
      {"Googlebot/2.1 (compatible) mobile", Device::desktop, "a space must follow the name"},
      {"Opera/9.80 (J2ME/MIDP; Opera Mini/9.80)", Device::mobile, ""},
      {"android mobile", Device::tablet, "something stands between"},
      {"ANDROID 1 MOBILE", Device::mobile, "without case"},
      {"Mozilla/5.0 (X11; Linux x86_64) Firefox/120", Device::desktop, ""},
      {"", Device::desktop, "no User-Agent"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(name(device_of(c.user_agent)), name(c.device)) << c.user_agent << " " << c.why;
}

TEST(Device, HasANameAndIsFoundByIt) {
  for (const Device each : {Device::desktop, Device::mobile, Device::tablet})
    EXPECT_EQ(device(name(each)), each);
  EXPECT_EQ(name(Device::tablet), "tablet");
  EXPECT_EQ(device("Mobile"), std::nullopt);
}

}  // namespace
}  // namespace festina::policy
