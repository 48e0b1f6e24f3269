"""Writes the tables of constants and the golden numbers of dualtrack/base/{exp_log,normal,gamma,beta}.hpp with mpmath.

    python3 tests/golden/make_numeric.py table            # include/dualtrack/base/{exp_log,special}_table.hpp
    python3 tests/golden/make_numeric.py golden [name..]  # tests/golden/numeric_<name>.inc
    python3 tests/golden/make_numeric.py dense name rows  # a larger table of other points on stdout, for measuring

A golden row is { arguments.., value, rest }: the value rounded to double and what the rounding took away, so that
errors well below one unit in the last place can be measured. All numbers are hex floats. Everything is computed with
60 digits, or more where a function cancels.
"""

import math
import random
import struct
import sys
from pathlib import Path

from mpmath import mp, mpf

mp.prec = 400
ROOT = Path(__file__).resolve().parents[2]
MIN_SUBNORMAL = mpf(2) ** -1074


def nearest(value):
    """The double next to an mpf, ties to even, with gradual underflow."""
    value = mpf(value)
    if value == 0:
        return 0.0
    exponent = max(mp.mag(value) - 53, -1074)
    scaled = mp.ldexp(value, -exponent)
    whole = int(mp.floor(scaled))
    rest = scaled - whole
    if rest > 0.5 or (rest == 0.5 and whole % 2):
        whole += 1
    try:
        return math.ldexp(whole, exponent)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def text(value):
    if math.isinf(value):
        return "INFINITY" if value > 0 else "-INFINITY"
    return value.hex().replace("0x1.0000000000000p", "0x1p").replace("0x0.0p", "0x0p")


def double_from_bits(bits):
    return struct.unpack("<d", struct.pack("<Q", bits & (2**64 - 1)))[0]


# ---- constants -------------------------------------------------------------------------------------------------------

def exp_rows():
    """2^(i/128) = head * (1 + tail)."""
    for i in range(128):
        exact = mpf(2) ** (mpf(i) / 128)
        head = nearest(exact)
        yield head, nearest(exact / mpf(head) - 1)


def log_rows():
    """For the i-th of 128 parts of [0.6875, 1.375): a short 1/c; log(c) in two parts, the first a multiple of 2^-42."""
    offset = 0x3FE6000000000000
    for i in range(128):
        low = double_from_bits(offset + (i << 45))
        high = double_from_bits(offset + ((i + 1) << 45))
        inverse = 1.0 if low == 1.0 or high == 1.0 else math.floor(1024 / ((low + high) / 2) + 0.5) / 1024
        exact = -mp.log(mpf(inverse))
        head = float(mp.nint(exact * 2**42)) / 2**42
        yield inverse, head, nearest(exact - mpf(head))


TABLE_HEAD = """\
// Constants of dualtrack/base/exp_log.hpp, written by tests/golden/make_numeric.py with mpmath; not edited by hand.
#pragma once

namespace dualtrack::numeric::detail {

/// 2^(i/128) = head * (1 + tail) for i = 0..127.
struct exp_entry {
    double head;
    double tail;
};

/// One of 128 parts of [0.6875, 1.375): 1/c with at most 11 bits, and log(c) = head + tail, head a multiple of 2^-42.
struct log_entry {
    double inverse;
    double head;
    double tail;
};

// clang-format off
"""


def write_table():
    out = [TABLE_HEAD + "inline constexpr exp_entry exp_table[128] = {"]
    rows = list(exp_rows())
    for a, b in zip(rows[::2], rows[1::2]):
        out.append("    " + " ".join("{%s, %s}," % (text(h), text(t)) for h, t in (a, b)))
    out.append("};\n\ninline constexpr log_entry log_table[128] = {")
    for row in log_rows():
        out.append("    {%s}," % ", ".join(text(v) for v in row))
    out.append("};\n// clang-format on\n\n} // namespace dualtrack::numeric::detail\n")
    (ROOT / "include/dualtrack/base/exp_log_table.hpp").write_text("\n".join(out))


def scaled_erfc(t):
    """(1 + 2 x) exp(x^2) erfc(x) with x = 3.75 (1 + t) / (1 - t)."""
    x = mpf("3.75") * (1 + t) / (1 - t)
    return (1 + 2 * x) * mp.exp(x * x) * mp.erfc(x)


def erf_excess(z):
    """erf(x) / x - 1 with x = sqrt(z)."""
    return 2 / mp.sqrt(mp.pi) - 1 if z <= 0 else mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1


def log_gamma_quotient(x):
    """log gamma(x) / ((x - 1) (x - 2))."""
    if x == 1:
        return mp.euler
    if x == 2:
        return 1 - mp.euler
    return mp.loggamma(x) / ((x - 1) * (x - 2))


def fit(f, low, high, n):
    """n coefficients, from the constant term on, of a nearly best polynomial on [low, high]."""
    return mp.chebyfit(f, [mpf(low), mpf(high)], n)[::-1]


def temme_rows(n_orders, n_terms):
    """Taylor coefficients of c_k(eta) in Temme's expansion of the incomplete gamma function."""
    size = n_terms + 2 * n_orders + 2
    # mu(eta) = eta + eta^2/3 + ..., from mu - log(1 + mu) = eta^2/2, that is mu mu' = eta (1 + mu).
    mu = [mpf(0), mpf(1)] + [mpf(0)] * size
    for n in range(2, size + 1):
        known = sum(mu[j] * mu[n + 1 - j] * (n + 1 - j) for j in range(2, n))
        mu[n] = (mu[n - 1] - known) / (n + 1)
    # 1/mu = 1/eta + rest
    shifted = mu[1:size + 1]
    inverse = [mpf(1)]
    for n in range(1, size):
        inverse.append(-sum(shifted[j] * inverse[n - j] for j in range(1, n + 1)))
    rest = inverse[1:]
    stirling = stirling_rows(n_orders)
    rows = [list(rest)]
    for k in range(1, n_orders):
        last = rows[-1]
        rows.append([(n + 2) * last[n + 2] + (-1) ** k * stirling[k] * rest[n] for n in range(len(last) - 2)])
    return [row[:n_terms] for row in rows]


def stirling_rows(n):
    """g_k with gamma(a) ~ sqrt(2 pi / a) (a / e)^a sum_k g_k / a^k."""
    exponent = [mpf(0)] * (n + 1)
    for k in range(1, n // 2 + 2):
        if 2 * k - 1 <= n:
            exponent[2 * k - 1] = mp.bernoulli(2 * k) / (2 * k * (2 * k - 1))
    series = [mpf(1)]
    for m in range(1, n + 1):
        series.append(sum(j * exponent[j] * series[m - j] for j in range(1, m + 1)) / m)
    return series


SPECIAL_HEAD = """\
// Coefficients of dualtrack/base/{normal,gamma}.hpp, written by tests/golden/make_numeric.py with mpmath; not edited by
// hand. Polynomials from the constant term on.
#pragma once

namespace dualtrack::numeric::detail {

// clang-format off
"""


def braces(values, indent):
    words = [text(nearest(value)) for value in values]
    lines = [", ".join(words[at:at + 4]) for at in range(0, len(words), 4)]
    return (",\n" + indent).join(lines)


def write_special_table():
    low, high = ((mpf(x) - mpf("3.75")) / (mpf(x) + mpf("3.75")) for x in ("0.46", "27.4"))
    scaled = fit(scaled_erfc, low, high, 23)
    quotients = [fit(lambda u, c=c: log_gamma_quotient(c + u), mpf(-1) / 8, mpf(1) / 8, 16)
                 for c in (mpf(5) / 8 + mpf(i) / 4 for i in range(10))]
    out = [SPECIAL_HEAD]
    out.append("/// (1 + 2 x) exp(x^2) erfc(x) in t = (x - 3.75) / (x + 3.75), 0.46 <= x <= 27.4; then the rest of the "
               "first.")
    out.append("inline constexpr double scaled_erfc_table[23] = {\n    %s};" % braces(scaled, "    "))
    out.append("inline constexpr double scaled_erfc_rest = %s;\n" % text(nearest(scaled[0] - mpf(nearest(scaled[0])))))
    out.append("/// erf(x) / x - 1 in x^2, x^2 <= 0.25.")
    out.append("inline constexpr double erf_table[11] = {\n    %s};\n" % braces(fit(erf_excess, 0, 0.25, 11), "    "))
    out.append("/// log gamma(x) / ((x - 1) (x - 2)) in x - 5/8 - i/4, for 1/2 + i/4 <= x < 3/4 + i/4.")
    out.append("inline constexpr double log_gamma_table[10][16] = {")
    out += ["    {%s}," % braces(row, "     ") for row in quotients]
    out.append("};\n\n/// c_k(eta), k = 0..4, of Temme's expansion of the incomplete gamma function, |eta| <= 0.2.")
    out.append("inline constexpr double temme_table[5][14] = {")
    out += ["    {%s}," % braces(row, "     ") for row in temme_rows(5, 14)]
    out.append("};\n// clang-format on\n\n} // namespace dualtrack::numeric::detail\n")
    (ROOT / "include/dualtrack/base/special_table.hpp").write_text("\n".join(out))


# ---- points ----------------------------------------------------------------------------------------------------------

def log_uniform(rng, low, high):
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def either_sign(rng, x):
    return x if rng.random() < 0.5 else -x


def any_positive(rng):
    return double_from_bits(rng.randrange(1, 0x7FF0000000000000))


def any_small(rng):
    return double_from_bits(rng.randrange(1, 0x3FE0000000000000))


def near(rng, x, widest):
    return x + either_sign(rng, log_uniform(rng, 2.0**-50, widest))


def mixture(*parts):
    return lambda rng: rng.choice(parts)(rng)


FUNCTIONS = {}


def function(name, points, fixed=()):
    def register(f):
        FUNCTIONS[name] = (f, points, fixed)
        return f
    return register


@function("exp", mixture(lambda r: r.uniform(-745, 709.7), lambda r: r.uniform(-5, 5), lambda r: r.uniform(-745, -708),
                         lambda r: either_sign(r, log_uniform(r, 1e-20, 1))),
          (0.0, 1.0, -1.0, 0.5, 709.782712893384, -708.3964185322641, -745.1332191019411, -745.13321910194122, 5e-324))
def exp(x):
    return mp.exp(x)


@function("expm1", mixture(lambda r: r.uniform(-50, 50), lambda r: r.uniform(-1, 1), lambda r: r.uniform(-40, 709.7),
                           lambda r: either_sign(r, log_uniform(r, 1e-310, 1))),
          (0.0, 1.0, -1.0, 5e-324, -745.0, 709.78))
def expm1(x):
    return mp.expm1(x)


@function("log", mixture(any_positive, lambda r: r.uniform(0.5, 2), lambda r: near(r, 1.0, 0.25),
                         lambda r: log_uniform(r, 5e-324, 2.2e-308) or 5e-324, lambda r: log_uniform(r, 1e-3, 1e3)),
          (1.0, 2.0, 0.5, 10.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308))
def log(x):
    return mp.log(x)


@function("log1p", mixture(lambda r: r.uniform(-0.999999, 1), lambda r: either_sign(r, log_uniform(r, 1e-310, 0.9)),
                           any_positive, lambda r: -1.0 + log_uniform(r, 2.0**-53, 0.1)),
          (0.0, 1.0, -0.5, 5e-324, -0.9999999999999999, 1e300))
def log1p(x):
    return mp.log1p(x)


@function("normal_quantile", mixture(lambda r: r.random(), any_small, lambda r: near(r, 0.5, 0.4),
                                     lambda r: 1 - log_uniform(r, 1e-16, 0.1), lambda r: log_uniform(r, 1e-20, 0.1)),
          (0.5, 0.25, 0.75, 0.975, 0.025, 0.075, 0.925, 5e-324, 2.2250738585072014e-308, 0.9999999999999999))
def normal_quantile(p):
    if p == 0.5:
        return mpf(0)
    if p > 0.5:
        return -normal_quantile(1 - p)
    x = -mp.sqrt(-2 * mp.log(p)) if p < 0.02 else (p - 0.5) * 2.5
    for _ in range(60):
        ratio = (mp.erfc(-x / mp.sqrt(2)) / 2 - p) * mp.sqrt(2 * mp.pi) * mp.exp(x * x / 2)
        step = ratio / (1 + x * ratio / 2)
        x -= step
        if abs(step) < mpf(10) ** -40 * abs(x):
            break
    return x


@function("erfc", mixture(lambda r: r.uniform(-6, 27.3), lambda r: r.uniform(-1, 2), lambda r: r.uniform(0.4, 6),
                          lambda r: either_sign(r, log_uniform(r, 1e-20, 1))),
          (0.0, 0.5, 1.0, -1.0, 26.5, 27.226, 0.48))
def erfc(x):
    return mp.erfc(x)


@function("erf", mixture(lambda r: r.uniform(-6, 6), lambda r: r.uniform(-1, 1),
                         lambda r: either_sign(r, log_uniform(r, 1e-310, 1))), (0.0, 0.5, 1.0, -1.0, 5e-324, 0.48))
def erf(x):
    return mp.erf(x)


@function("normal_cdf", mixture(lambda r: r.uniform(-38.5, 8.3), lambda r: r.uniform(-3, 3), lambda r: r.uniform(-1, 1),
                                lambda r: either_sign(r, log_uniform(r, 1e-20, 1))),
          (0.0, 1.0, -1.0, -1.959963984540054, -37.5, -38.4, 8.2))
def normal_cdf(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


@function("normal_pdf", mixture(lambda r: r.uniform(-38, 38), lambda r: r.uniform(-3, 3)), (0.0, 1.0, -1.0))
def normal_pdf(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


@function("log_gamma", mixture(lambda r: r.uniform(0, 3), lambda r: r.uniform(0.3, 12),
                               lambda r: log_uniform(r, 1e-300, 1e300), lambda r: near(r, 1.0, 0.3),
                               lambda r: near(r, 2.0, 0.3), lambda r: log_uniform(r, 1, 1e6)),
          (1.0, 2.0, 0.5, 3.0, 8.0, 1e-320, 1e-17, 171.0, 2.5e305))
def log_gamma(x):
    return mp.loggamma(x) if x < 1e20 else (x - 0.5) * mp.log(x) - x + mp.log(2 * mp.pi) / 2 + 1 / (12 * x)


@function("digamma", mixture(lambda r: r.uniform(0, 12), lambda r: log_uniform(r, 1e-300, 1e300),
                             lambda r: r.uniform(1, 2)),
          (1.0, 2.0, 0.5, 10.0, 1e-300, 1e300))
def digamma(x):
    return mp.digamma(x) if x < 1e20 else mp.log(x) - 1 / (2 * x)


@function("trigamma", mixture(lambda r: r.uniform(0, 12), lambda r: log_uniform(r, 1e-150, 1e150)),
          (1.0, 2.0, 0.5, 10.0))
def trigamma(x):
    return mp.psi(1, x) if x < 1e20 else 1 / x + 1 / (2 * x * x)


@function("log_beta", mixture(lambda r: (r.uniform(0, 20), r.uniform(0, 20)),
                              lambda r: (log_uniform(r, 1e-6, 1e8), log_uniform(r, 1e-6, 1e8))),
          ((1.0, 1.0), (0.5, 0.5), (8.0, 8.0), (3.0, 1e8), (1e8, 1e8)))
def log_beta(a, b):
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def gamma_point(rng):
    """A shape, and an x some standard deviations from it, or anywhere."""
    shape = rng.choice((log_uniform(rng, 1e-6, 1e9), log_uniform(rng, 0.1, 100), rng.uniform(0, 3)))
    if rng.random() < 0.5:
        x = shape + rng.uniform(-6, 6) * math.sqrt(shape)
    else:
        x = shape * log_uniform(rng, 0.03, 30) if shape > 0.5 else log_uniform(rng, 1e-10, 50)
    return (shape, abs(x) + 1e-12)


def exact_gamma_tails(a, x):
    """P and Q by series or continued fraction with enough digits and terms for any shape."""
    with mp.workprec(300):
        leading = mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1))
        if leading < mpf(10) ** -330:
            return None
        if x < a + 1:
            term = total = mpf(1)
            n = 0
            while term > total * mpf(2) ** -140:
                n += 1
                term *= x / (a + n)
                total += term
            return leading * total, 1 - leading * total
        if a < 1 and x < 2:
            upper = mp.gammainc(a, x, regularized=True)
            return 1 - upper, upper
        b = x + 1 - a
        c, d = mpf(2) ** 4000, 1 / b
        value = d
        for n in range(1, 10**6):
            numerator = -n * (n - a)
            b += 2
            d = 1 / (numerator * d + b)
            c = b + numerator / c
            value *= d * c
            if abs(d * c - 1) < mpf(2) ** -140:
                break
        return 1 - leading * a * value, leading * a * value


@function("gamma_p", gamma_point, ((1.0, 1.0), (0.5, 2.0), (1000.0, 1000.0), (1e9, 1e9)))
def gamma_p(a, x):
    tails = exact_gamma_tails(a, x)
    return None if tails is None or tails[0] < 1e-290 else tails[0]


@function("gamma_q", gamma_point, ((1.0, 1.0), (0.5, 2.0), (1000.0, 1000.0), (1e9, 1e9)))
def gamma_q(a, x):
    tails = exact_gamma_tails(a, x)
    return None if tails is None or tails[1] < 1e-290 else tails[1]


def gamma_probability(rng):
    shape = rng.choice((log_uniform(rng, 0.05, 1e5), log_uniform(rng, 0.05, 50)))
    return (rng.choice((rng.random(), rng.random(), log_uniform(rng, 1e-12, 1))), shape)


@function("gamma_quantile", gamma_probability, ((0.5, 1.0), (0.95, 0.5), (0.025, 10.0)))
def gamma_quantile(p, a):
    z = mp.sqrt(2) * mp.erfinv(2 * p - 1) if p < 0.999999 else mpf(5)
    root = 1 - 1 / (9 * a) + z / (3 * mp.sqrt(a))
    y = mp.log(a) + 3 * mp.log(root) if a > 0.5 and root > 0.3 else (mp.log(p) + mp.loggamma(a + 1)) / a
    y = min(y, mp.log(a + 1) + 3)
    for _ in range(200):
        x = mp.exp(y)
        lower, upper = exact_gamma_tails(a, x) or (mpf(0), mpf(1))
        slope = mp.exp(a * y - x - mp.loggamma(a))
        step = mp.log(lower / p) * lower / slope if p < 0.5 else -mp.log(upper / (1 - p)) * upper / slope
        step = max(min(step, 2), -2)
        y -= step
        if abs(step) < mpf(10) ** -22:
            return mp.exp(y)
    return None


def exact_beta_tails(a, b, x):
    """Both tails by the continued fraction on the side where it converges, with 300 bits."""
    with mp.workprec(300):
        def side(a, b, x):
            log_one = mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)
            leading = mp.exp(a * mp.log(x) + b * mp.log(1 - x) + log_one) / a
            c, d = mpf(1), 1 / (1 - (a + b) * x / (a + 1))
            value = d
            for m in range(1, 10**5):
                before = value
                for numerator in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                                  -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
                    d = 1 / (1 + numerator * d)
                    c = 1 + numerator / c
                    value *= d * c
                if abs(value / before - 1) < mpf(2) ** -140:
                    break
            return leading * value
        if x <= (a + 1) / (a + b + 2):
            lower = side(a, b, x)
            return lower, 1 - lower
        upper = side(b, a, 1 - x)
        return 1 - upper, upper


def beta_shapes(rng):
    return rng.choice(((log_uniform(rng, 0.01, 1e6), log_uniform(rng, 0.01, 1e6)), (rng.uniform(0, 30),
                       rng.uniform(0, 30)), (rng.uniform(8, 500), rng.uniform(8, 500))))


def beta_point(rng):
    a, b = beta_shapes(rng)
    mean = a / (a + b)
    x = rng.choice((rng.random(), mean + rng.uniform(-8, 8) * math.sqrt(mean * (1 - mean) / (a + b + 1)),
                    log_uniform(rng, 1e-10, 1)))
    return (a, b, min(max(x, 1e-12), 1 - 2.0**-30))


@function("beta_inc", beta_point, ((1.0, 1.0, 0.5), (0.5, 0.5, 0.25), (2.0, 3.0, 0.5), (1e6, 1e6, 0.5)))
def beta_inc(a, b, x):
    lower = exact_beta_tails(a, b, x)[0]
    return None if lower < mpf(10) ** -290 else lower


def solve(tails_of, log_density, probability, low, high):
    """Bisection to 30 bits, then Newton, on the tail that is not near 1; t is the logit of x."""
    def error(t):
        lower, upper = tails_of(t)
        if probability < 0.5:
            return mp.log(lower / probability), mp.exp(log_density(t)) / lower
        return -mp.log(upper / (1 - probability)), mp.exp(log_density(t)) / upper
    while high - low > mpf(2) ** -6 * (1 + abs(low)):
        middle = (low + high) / 2
        low, high = (low, middle) if error(middle)[0] > 0 else (middle, high)
    t = (low + high) / 2
    for _ in range(60):
        gap, slope = error(t)
        step = max(min(gap / slope, 1), -1)
        t -= step
        if abs(step) < mpf(10) ** -22:
            return t
    return None


def exact_beta_logit(p, a, b):
    def tails_of(t):
        return exact_beta_tails(a, b, 1 / (1 + mp.exp(-t)))
    def log_density(t):
        x = 1 / (1 + mp.exp(-t))
        return a * mp.log(x) + b * mp.log(1 - x) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)
    middle = mp.log(a / b)
    width = 4 / a + 4 / b + 12 * mp.sqrt(1 / a + 1 / b) + 40 / min(a, b, 40)
    return solve(tails_of, log_density, p, middle - width, middle + width)


def beta_probability(rng):
    a, b = rng.choice(((log_uniform(rng, 0.1, 1e5), log_uniform(rng, 0.1, 1e5)), (rng.uniform(0.3, 30),
                       rng.uniform(0.3, 30))))
    return (rng.choice((rng.random(), rng.random(), log_uniform(rng, 1e-12, 1))), a, b)


@function("beta_quantile", beta_probability, ((0.5, 1.0, 1.0), (0.025, 7.0, 3.0), (0.975, 7.0, 3.0), (0.5, 0.5, 0.5)))
def beta_quantile(p, a, b):
    t = exact_beta_logit(p, a, b)
    return None if t is None else 1 / (1 + mp.exp(-t))


def t_point(rng):
    freedom = rng.choice((log_uniform(rng, 0.5, 1e9), float(rng.randrange(1, 200))))
    return (rng.choice((rng.uniform(-8, 8), either_sign(rng, log_uniform(rng, 1e-8, 1e4)))), freedom)


@function("student_t_cdf", t_point, ((0.0, 5.0), (-2.0, 3.0), (2.570581835636314, 5.0), (-1e-300, 2.0)))
def student_t_cdf(t, freedom):
    if t == 0:
        return mpf(1) / 2
    tail = exact_beta_tails(freedom / 2, mpf(1) / 2, freedom / (freedom + t * t))[0] / 2
    return None if tail < mpf(10) ** -290 else tail if t < 0 else 1 - tail


def t_probability(rng):
    return (rng.choice((rng.random(), log_uniform(rng, 1e-12, 1), 1 - log_uniform(rng, 1e-9, 1))),
            rng.choice((log_uniform(rng, 0.5, 1e6), float(rng.randrange(1, 200)))))


@function("student_t_quantile", t_probability, ((0.975, 5.0), (0.025, 1.0), (0.25, 2.0), (0.4999999, 7.0)))
def student_t_quantile(p, freedom):
    if p == 0.5:
        return None
    tail = min(p, 1 - p)
    logit = exact_beta_logit(1 - 2 * tail, mpf(1) / 2, freedom / 2)
    if logit is None:
        return None
    size = mp.sqrt(freedom * mp.exp(logit))
    return -size if p < 0.5 else size


# ---- output ----------------------------------------------------------------------------------------------------------

def rows_of(name, count, seed):
    f, points, fixed = FUNCTIONS[name]
    rng = random.Random(f"{name} {seed}")
    arguments = list(fixed)
    while len(arguments) < count:
        arguments.append(points(rng))
    for argument in arguments:
        values = argument if isinstance(argument, tuple) else (argument,)
        exact = f(*(mpf(v) for v in values))
        if exact is None:
            continue
        head = nearest(exact)
        rest = 0.0 if math.isinf(head) else nearest(exact - mpf(head))
        yield "{%s}," % ", ".join([*(text(v) for v in values), text(head), text(rest)])


def main():
    what, *names = sys.argv[1:]
    if what == "table":
        write_table()
        write_special_table()
    elif what == "golden":
        for name in names or FUNCTIONS:
            target = ROOT / f"tests/golden/numeric_{name}.inc"
            count = 150 if "quantile" in name and name != "normal_quantile" else 400
            target.write_text("\n".join(rows_of(name, count, "golden")) + "\n")
    elif what == "dense":
        print("\n".join(rows_of(names[0], int(names[1]), "dense")))


main()
