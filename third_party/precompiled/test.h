// Precompiled for every test binary.
#include <gtest/gtest.h>

#include "asio.h"
