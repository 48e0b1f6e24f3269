// One line a function: the hash of the bits of many of its results. Built by several compilers at several levels of
// optimisation (tests/abi/CMakeLists.txt); the outputs must be equal, or a host would see other figures than we did.
#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/random.hpp>
#include <dualtrack/measure/credit.hpp>
#include <dualtrack/measure/win_rate.hpp>
#include <dualtrack/simulate/sales_metrics.hpp>

#include <array>
#include <bit>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace {

using namespace dualtrack;

struct hash {
    std::uint64_t state = 0xcbf29ce484222325;
    void add(std::uint64_t bits) {
        for (int byte = 0; byte < 8; ++byte) state = (state ^ (bits >> (8 * byte) & 255)) * 0x100000001b3;
    }
    void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
};

void say(const char* name, const hash& of) {
    std::printf("%-16s %016" PRIx64 "\n", name, of.state);
}

random::stream numbers(std::uint32_t purpose) {
    return random::stream({.seed = 7, .purpose = purpose});
}

/// Hashes f over 50,000 arguments uniform in (low, high).
template <class F> void over(const char* name, double low, double high, F f) {
    static std::uint32_t purpose = 100;
    random::stream from = numbers(++purpose);
    hash of;
    for (int i = 0; i < 50000; ++i) of.add(f(low + (high - low) * random::uniform(from)));
    say(name, of);
}

void sums() {
    hash of;
    random::stream from = numbers(1);
    for (const std::size_t n : {1U, 7U, 127U, 128U, 129U, 1000U, 20011U}) {
        std::vector<double> values(n);
        for (double& value : values) value = random::normal(from) * 1e6;
        of.add(numeric::fixed_sum(values));
    }
    say("fixed_sum", of);
}

void products() {
    hash of;
    random::stream from = numbers(2);
    for (int i = 0; i < 50000; ++i) {
        const double a = random::normal(from);
        const double b = random::normal(from);
        const auto product = numeric::two_prod(a, b);
        const auto sum = numeric::two_sum(a, b);
        of.add(product.rest);
        of.add(sum.rest);
        of.add(a * b + sum.value); // what a fused multiply-add would change
    }
    say("products", of);
}

void draws() {
    hash of;
    random::stream from = numbers(3);
    for (int i = 0; i < 20000; ++i) {
        of.add(random::exponential(from));
        of.add(std::uint64_t{random::below(from, 1000003)});
        of.add(random::gamma(from, 0.25 + i % 8));
    }
    say("draws", of);
}

void credits() {
    hash of;
    random::stream from = numbers(4);
    for (int i = 0; i < 20000; ++i) {
        std::array<double, 5> shares{};
        std::array<std::int64_t, 5> parts{};
        for (double& share : shares) share = random::uniform(from);
        measure::split_amount(static_cast<std::int64_t>(random::below(from, 100000000)), shares, parts);
        for (const std::int64_t part : parts) of.add(static_cast<std::uint64_t>(part));
    }
    say("split_amount", of);
}

void win_rates() {
    hash of;
    random::stream from = numbers(5);
    for (int market = 0; market < 20; ++market) {
        std::vector<std::int64_t> won(40);
        std::vector<std::int64_t> lost(40);
        for (std::size_t i = 0; i < won.size(); ++i) {
            won[i] = static_cast<std::int64_t>(random::below(from, 30));
            lost[i] = static_cast<std::int64_t>(random::below(from, 30));
        }
        const auto prior = measure::fit_win_rates(won, lost);
        for (std::size_t i = 0; i < won.size(); ++i) of.add(measure::shrunk_win_rate(prior, won[i], lost[i]));
    }
    say("win_rate", of);
}

/// One organisation under every rule, on each instruction set of this processor.
void sales() {
    using namespace simulate;
    sales_model model = sales_model_of({}, {}, 7);
    std::vector<sales_arm> arms;
    for (const rule_description& rule : built_in_rules) {
        sales_arm& arm = arms.emplace_back();
        arm.rule.kind = rule.kind;
        arm.rule.figures = rule.figures;
        arm.packages.mentees = 3;
        arm.packages.demotion = 0.1;
    }
    std::vector<double> figures(arms.size() * 2 * sales_metrics.size());
    for (const auto set : {instruction_set::plain, instruction_set::avx2, instruction_set::avx512}) {
        model.kernels = kernels_for(has_instructions(set) ? set : instruction_set::plain);
        hash of;
        sales_worker worker;
        for (std::uint32_t replication = 0; replication < 3; ++replication) {
            run_organisation(model, arms, replication, worker, figures, {});
            for (const double figure : figures) of.add(figure == figure ? figure : -1.0);
        }
        say("sales", of);
    }
}

} // namespace

int main() {
    if (!numeric::arithmetic_is_exact()) return 1;
    over("exp", -750.0, 720.0, [](double x) { return numeric::exp(x); });
    over("expm1", -1.0, 1.0, [](double x) { return numeric::expm1(x); });
    over("log", 1e-300, 2.0, [](double x) { return numeric::log(x); });
    over("log1p", -0.999, 3.0, [](double x) { return numeric::log1p(x); });
    over("normal_quantile", 0.0, 1.0, [](double x) { return numeric::normal_quantile(x); });
    over("round_half_even", -1e9, 1e9, [](double x) { return numeric::round_half_even(x * 0.5); });
    sums();
    products();
    draws();
    credits();
    win_rates();
    sales();
}
