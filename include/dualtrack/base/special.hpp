// The special functions of statistics under one name:
//     normal.hpp            erf, erfc, normal_pdf, normal_cdf, normal_quantile
//     gamma.hpp             log_gamma, digamma, trigamma, log_beta
//     incomplete_gamma.hpp  gamma_p, gamma_q, gamma_tails, gamma_quantile, gamma_upper_quantile, chi_square_q
//     beta.hpp              beta_inc, beta_tails, beta_quantile, student_t_cdf, student_t_quantile
// Each header states its measured error.
#pragma once

#include <dualtrack/base/beta.hpp>
#include <dualtrack/base/gamma.hpp>
#include <dualtrack/base/incomplete_gamma.hpp>
#include <dualtrack/base/normal.hpp>
