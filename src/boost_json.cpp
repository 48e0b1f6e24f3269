// Boost.JSON, compiled once into the library: nobody has to link libboost_json, whose exact version no package can
// carry.
#include <boost/json/src.hpp>
