// Boost.JSON, compiled once into the library: nobody has to link libboost_json, whose exact version no package can carry.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#include <boost/json/src.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
