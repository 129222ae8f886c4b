// Api: the handler of the control listener: who may call what, and which function answers.
//
// Reading /festina/v1, /metrics and "/" needs no token: the listener is on loopback, or https with the operator's say.
// Everything below /client/v4 and everything that changes something does.
#pragma once

#include "control/services.h"
#include "http/handler.h"

namespace festina::control {

class Api final : public http::Handler {
 public:
  explicit Api(ControlServices services) : services_(std::move(services)) {}
  Awaitable<http::Reply> handle(http::Incoming) override;

 private:
  Awaitable<http::Reply> client_v4(http::Incoming) const;
  Awaitable<http::Reply> own(http::Incoming) const;
  ControlServices services_;
};

}  // namespace festina::control
