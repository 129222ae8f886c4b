// The non-template half of Boost.Asio, compiled once (BOOST_ASIO_SEPARATE_COMPILATION) instead of in every unit.
#include <boost/asio/impl/src.hpp>
