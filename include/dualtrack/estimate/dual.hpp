// Numbers that carry their own derivative: value + rate * epsilon, epsilon^2 = 0. A program run on them returns its
// result and how that changes with its input, exactly and without differences.
// Reference: Griewank, Walther, "Evaluating Derivatives", 2nd ed. 2008, ch. 3.
#pragma once

namespace dualtrack::estimate {

struct dual {
    double value = 0.0;
    double rate = 0.0;

    constexpr dual() = default;
    constexpr dual(double value_in, double rate_in = 0.0) : value(value_in), rate(rate_in) {}
    constexpr dual& operator+=(dual b) noexcept {
        value += b.value;
        rate += b.rate;
        return *this;
    }
    constexpr dual& operator-=(dual b) noexcept {
        value -= b.value;
        rate -= b.rate;
        return *this;
    }
};

constexpr dual operator+(dual a, dual b) noexcept {
    return {a.value + b.value, a.rate + b.rate};
}
constexpr dual operator-(dual a, dual b) noexcept {
    return {a.value - b.value, a.rate - b.rate};
}
constexpr dual operator-(dual a) noexcept {
    return {-a.value, -a.rate};
}
constexpr dual operator*(dual a, dual b) noexcept {
    return {a.value * b.value, a.rate * b.value + a.value * b.rate};
}
constexpr dual operator/(dual a, dual b) noexcept {
    const double quotient = a.value / b.value;
    return {quotient, (a.rate - quotient * b.rate) / b.value};
}

} // namespace dualtrack::estimate
