// A host in C++: inlines single stages from the installed headers.
#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/exp_log.hpp>

#include <cstdio>

int main() {
    const auto day = dualtrack::calendar::parse_iso_date("2024-02-29");
    if (!day || dualtrack::calendar::month_of_day(*day) != dualtrack::calendar::month_index(2024, 2)) return 1;
    std::puts("embedded in C++");
}
