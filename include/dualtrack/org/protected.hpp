// Attributes that no judgement of a person may rest on: sex, race, age, health, faith and the like. Only an audit
// of adverse impact may read them, from the table `demographics`. Everywhere else a column of such a name is left
// unread and listed as a finding, and a policy that names one is refused. Names are compared without case and
// separators, so that "Date of Birth", "date_of_birth" and "dateOfBirth" are one name.
// Reference: Title VII, ADEA, ADA, GINA (US); Directives 2000/43, 2000/78, 2006/54 and GDPR Article 9 (EU).
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace dualtrack::org {

/// Protected names without case and separators, sorted.
inline constexpr std::array<std::string_view, 66> protected_names{
    "age", "agegroup", "ancestry", "belief", "birthdate", "birthday", "birthplace", "birthyear", "caste",
    "citizenship", "civilstatus", "color", "colour", "countryofbirth", "creed", "dateofbirth", "disability",
    "disabilitystatus", "disabled", "dob", "eeorace", "eeosex", "ethnic", "ethnicgroup", "ethnicity",
    "ethnicorigin", "faith", "familystatus", "gender", "genderidentity", "geneticinformation", "genetics",
    "health", "healthstatus", "maritalstatus", "maternity", "medicalcondition", "militarystatus", "mothertongue",
    "nationality", "nationalorigin", "parentalstatus", "parenthood", "partyaffiliation", "paternity",
    "placeofbirth", "politicalaffiliation", "politicalopinion", "politicalopinions", "pregnancy", "pregnant",
    "pronouns", "race", "raceethnicity", "racialgroup", "religion", "religiousbelief", "sex", "sexualorientation",
    "skincolor", "skincolour", "tradeunionmembership", "transgender", "unionmembership", "veteran",
    "veteranstatus"};
static_assert(std::ranges::is_sorted(protected_names));
static_assert(std::ranges::all_of(protected_names, [](std::string_view name) { return name.size() <= 20; }));

/// Whether a column, a policy key or a policy text names a protected attribute.
[[nodiscard]] constexpr bool is_protected_name(std::string_view name) noexcept {
    constexpr std::size_t longest = 20;
    std::array<char, longest> plain{};
    std::size_t size = 0;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool lower = c >= 'a' && c <= 'z';
        if (!upper && !lower) {
            const bool separator = c == '_' || c == '-' || c == ' ' || c == '.' || c == '/' || c == ':' || c == '\t';
            if (separator) continue;
            return false;  // digits and letters beyond ASCII occur in no name of the list
        }
        if (size == longest) return false;
        plain[size++] = upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return std::ranges::binary_search(protected_names, std::string_view(plain.data(), size));
}
static_assert(is_protected_name("Date of Birth") && is_protected_name("raceEthnicity"));
static_assert(!is_protected_name("average") && !is_protected_name(""));

}  // namespace dualtrack::org
