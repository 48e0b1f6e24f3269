// Coefficients of dualtrack/base/{normal,gamma}.hpp, written by tests/golden/make_numeric.py with mpmath; not edited by
// hand. Polynomials from the constant term on.
#pragma once

namespace dualtrack::numeric::detail {

// clang-format off

/// (1 + 2 x) exp(x^2) erfc(x) in t = (x - 3.75) / (x + 3.75), 0.46 <= x <= 27.4; then the rest of the first.
inline constexpr double scaled_erfc_table[23] = {
    0x1.3ccda0b5d5dc2p+0, -0x1.1f367683f89a7p-3, 0x1.d5f2948159cebp-9, 0x1.510169d0967d3p-4,
    -0x1.bda9309a28849p-4, 0x1.7a14188a9a3cdp-4, -0x1.e0d0fa6e01155p-5, 0x1.d0b0037d9e4eap-6,
    -0x1.3f603c33dd52ep-7, 0x1.cc3a0e4493ecep-10, 0x1.33fb24eed3886p-12, -0x1.303fa17ae59d5p-12,
    0x1.b144209563fe2p-15, 0x1.778b4dbe31ee5p-16, -0x1.800547adc7b12p-17, -0x1.055da7fcb5d03p-20,
    0x1.d66006f517f44p-20, -0x1.e6621962ce8c0p-25, -0x1.15c17e1d2df54p-22, 0x1.7d5f3b05bc537p-26,
    0x1.43fbb1141b2f4p-25, -0x1.85d3fd7cd1d04p-29, -0x1.1745190396c37p-28};
inline constexpr double scaled_erfc_rest = 0x1.e692abee705cbp-54;

/// erf(x) / x - 1 in x^2, x^2 <= 0.25.
inline constexpr double erf_table[11] = {
    0x1.06eba8214db69p-3, -0x1.812746b0379e7p-2, 0x1.ce2f21a042be0p-4, -0x1.b82ce312889f2p-6,
    0x1.565bcd0e5f5a0p-8, -0x1.c02db3f9d6c71p-11, 0x1.f9a324a327ab3p-14, -0x1.f4d1cff2cac2fp-17,
    0x1.b9d19f664b4c1p-20, -0x1.5d7686c510032p-23, 0x1.c60ae6747e9bcp-27};

/// log gamma(x) / ((x - 1) (x - 2)) in x - 5/8 - i/4, for 1/2 + i/4 <= x < 3/4 + i/4.
inline constexpr double log_gamma_table[10][16] = {
    {0x1.664af1fa67523p-1, -0x1.c4f19b21de26dp-2, 0x1.c2443a4d18ab2p-2, -0x1.08660a2a1817ap-1,
     0x1.5051cc437839fp-1, -0x1.bfc9c86cfd5f2p-1, 0x1.330ebae96f611p+0, -0x1.ae06ce888478ap+0,
     0x1.31e60572f704dp+1, -0x1.b89b1de3056c0p+1, 0x1.40945f485e2efp+2, -0x1.d63c5376869bcp+2,
     0x1.5814672960a56p+3, -0x1.ff22055883a33p+3, 0x1.bc75c267920cbp+4, -0x1.4db0cfcf1d10ap+5},
    {0x1.389a1d88abaadp-1, -0x1.294df52516f5ap-2, 0x1.ac27d68538fcdp-3, -0x1.699a5f35a6e75p-3,
     0x1.4a6efc4b9fcddp-3, -0x1.3bfa2da0caffbp-3, 0x1.371ccceb408e0p-3, -0x1.38a40d6d3565ap-3,
     0x1.3efa5cbd2b3b9p-3, -0x1.494db9f03040bp-3, 0x1.573692842a930p-3, -0x1.6881a7dedbe04p-3,
     0x1.7c50676ba4374p-3, -0x1.945c48a29ec06p-3, 0x1.d1b02ca42fc86p-3, -0x1.f3ee9a3de454cp-3},
    {0x1.18fa23339f753p-1, -0x1.b0711b5caafdfp-3, 0x1.e9e50dcc1e9afp-4, -0x1.4348c4d3c9d82p-4,
     0x1.cd104346b8dc7p-5, -0x1.580598a58b21ap-5, 0x1.084e4687d48f9p-5, -0x1.9e7568d63f2cbp-6,
     0x1.49db3fb681206p-6, -0x1.0991aaaac6d9bp-6, 0x1.af9479ec70dd6p-7, -0x1.61570bc17e4efp-7,
     0x1.22e364c7888d6p-7, -0x1.e1ec2385a6079p-8, 0x1.a3754fadb6a0cp-8, -0x1.5ea01fee63f90p-8},
    {0x1.013d8539b967ap-1, -0x1.4e6fc9adb1f54p-3, 0x1.3911f425318a4p-4, -0x1.5357c893b0c05p-5,
     0x1.8cdb39b33d055p-6, -0x1.e58564736364fp-7, 0x1.31d3c4bf607aep-7, -0x1.89356e39ec409p-8,
     0x1.0095ff7aa6cedp-8, -0x1.52b95419b0cc4p-9, 0x1.c33c87b344dfcp-10, -0x1.2ecb85ba6d810p-10,
     0x1.98becc92ce548p-11, -0x1.156f178084091p-11, 0x1.85c86dcf94338p-12, -0x1.0adebcde96ccbp-12},
    {0x1.dcfd339a88006p-2, -0x1.0d79494357498p-3, 0x1.aebb0c81e5095p-5, -0x1.8c66d24dc2b87p-6,
     0x1.88f37b6d038d5p-7, -0x1.9755f4418ad6cp-8, 0x1.b2cd23b56f32ep-9, -0x1.d9b6038f755a0p-10,
     0x1.05f40f1e2868dp-10, -0x1.250cf230fa1dbp-11, 0x1.4ad1f4c86c8a6p-12, -0x1.7835dea509002p-13,
     0x1.ae5e0dad3c096p-14, -0x1.eef4c00cb74c5p-15, 0x1.240b16f7104f4p-15, -0x1.52b7be9072a4fp-16},
    {0x1.be5346f51a230p-2, -0x1.bf346f5de0ad4p-4, 0x1.384caef1e460ep-5, -0x1.f3cb040748f2bp-7,
     0x1.ae0b9be13acddp-8, -0x1.82bef48fca242p-9, 0x1.661e03b76b41ep-10, -0x1.527a91e7789a3p-11,
     0x1.44c7248103de3p-12, -0x1.3b3d66de2d5c6p-13, 0x1.34c4f898e51bcp-14, -0x1.30a876c93f9b0p-15,
     0x1.2e6648f416bbap-16, -0x1.2dba0f694b842p-17, 0x1.3340915147aaep-18, -0x1.351e3a5a4aad6p-19},
    {0x1.a4982ad0ea0dfp-2, -0x1.7b5f07b2d5bfbp-4, 0x1.d7107a33b341ap-6, -0x1.4da233b884bf8p-7,
     0x1.fb56fb0ec113cp-9, -0x1.92ed59a0355b5p-10, 0x1.496fd63c76368p-11, -0x1.12eee1802b380p-12,
     0x1.d1e453b9524e4p-14, -0x1.8f55e250e080cp-15, 0x1.596b5d49eae73p-16, -0x1.2cfced31f4258p-17,
     0x1.07d9e556ad7b3p-18, -0x1.d0fc1c808088fp-20, 0x1.a0a9c20402280p-21, -0x1.7229da82b3ac8p-22},
    {0x1.8e9331cef6549p-2, -0x1.476d23ab17672p-4, 0x1.6e53146b4e573p-6, -0x1.d1b1501e6aa3cp-8,
     0x1.3d42534c48922p-9, -0x1.c33da3aae7cc5p-11, 0x1.4a4a078e63d8dp-12, -0x1.ed8456f20ae51p-14,
     0x1.76570eaa61060p-15, -0x1.1f42d7e17141dp-16, 0x1.bcee806afbcd0p-18, -0x1.5b2060fc26c1ap-19,
     0x1.107670f10da15p-20, -0x1.adebb376bd957p-22, 0x1.58138cb618960p-23, -0x1.11aeca6f1ae77p-24},
    {0x1.7b6fde69143dcp-2, -0x1.1e891590bcc40p-4, 0x1.23f152284c7dcp-6, -0x1.50c7a43e65b88p-8,
     0x1.9fc273acafb5fp-10, -0x1.0bb6a698081c8p-11, 0x1.62c28df35595dp-13, -0x1.dfcb963fd6d55p-15,
     0x1.4968a0a0a232ap-16, -0x1.c99ee20550d5cp-18, 0x1.40cde593a01afp-19, -0x1.c522d22b1194ap-21,
     0x1.41faecef9c1aep-22, -0x1.cbee73bd8e065p-24, 0x1.4ca10a12089c2p-25, -0x1.df076638fd9f5p-27},
    {0x1.6a97b2c1d3cb9p-2, -0x1.fb3da9221ff99p-5, 0x1.dac1ed6deb288p-7, -0x1.f57b52fecc16ep-9,
     0x1.1b07308df8257p-10, -0x1.4d0c44d13440ap-12, 0x1.9325571f59706p-14, -0x1.f1ff00b0b2b94p-16,
     0x1.384676a7e1df3p-17, -0x1.8c3b1a5f730d0p-19, 0x1.fb6b6a7e804bdp-21, -0x1.47563bc7b1354p-22,
     0x1.a8ec787df03bdp-24, -0x1.153a464373af3p-25, 0x1.6dcc84533c56fp-27, -0x1.e1377573b9e4bp-29},
};

/// c_k(eta), k = 0..4, of Temme's expansion of the incomplete gamma function, |eta| <= 0.2.
inline constexpr double temme_table[5][14] = {
    {-0x1.5555555555555p-2, 0x1.5555555555555p-4, -0x1.e573ac901e574p-7, 0x1.2f684bda12f68p-10,
     0x1.71de3a556c734p-12, -0x1.76e06fec7273bp-13, 0x1.48c5892f7cd83p-15, -0x1.255370652afc1p-19,
     -0x1.f1b22f594c6b5p-20, 0x1.bd6d21e4b4109p-21, -0x1.7b5f9a2d0465cp-23, 0x1.ccf5ceb7f0d9fp-28,
     0x1.6097d55c37c1cp-27, -0x1.2d2197c7a2faap-28},
    {-0x1.e573ac901e574p-10, -0x1.c71c71c71c71cp-9, 0x1.5ac056b015ac0p-9, -0x1.0394f6f09e723p-10,
     0x1.af83440e53dbcp-13, -0x1.af83440e53dbcp-22, -0x1.2fa4ae89e5af0p-16, 0x1.00a9cabd6b83ep-17,
     -0x1.b0bdfcc629cbap-20, 0x1.3f59230a8357cp-28, 0x1.280f2cde3f847p-23, -0x1.ee23d0cba8aeep-25,
     0x1.9aa7a30de114cp-27, -0x1.349fbca3a377bp-36},
    {0x1.0ee643b990ee6p-8, -0x1.5f7268edab4c8p-9, 0x1.948b0fcd6e9e0p-11, 0x1.0db20a88f4696p-19,
     -0x1.c253efaa1a932p-14, 0x1.bbf43daf4fe53p-15, -0x1.ac2d05890f2c3p-17, 0x1.26154ae39151dp-25,
     0x1.7058929663937p-20, -0x1.522cb05171911p-21, 0x1.32ac81c15d3d7p-23, -0x1.c24bd0e740a6cp-33,
     -0x1.e437343a46f5dp-27, 0x1.ac0d455e25360p-28},
    {0x1.547d93b34e2b6p-11, 0x1.e13ce465fa859p-13, -0x1.ebfb188b7ca00p-12, 0x1.18b9b5bf2d984p-12,
     -0x1.3d2a3a29b5d9dp-14, -0x1.0152a1871f27ap-22, 0x1.73df462204ef4p-17, -0x1.7cd6f27b3f020p-18,
     0x1.7e0201539310ep-20, -0x1.ea23269c140a7p-36, -0x1.6c2dcffbefeefp-23, 0x1.5bde8ef4c4dc7p-24,
     -0x1.4853ced169327p-26, 0x1.50c3f0dd501ebp-39},
    {-0x1.c3e0b02da7bf9p-11, 0x1.9b0ff6874f2c4p-11, -0x1.3999a85a4237ap-12, -0x1.88f2ae1def9d0p-20,
     0x1.16908b48ce058p-14, -0x1.4ce3fd902bcadp-15, 0x1.7db4c02846e81p-17, 0x1.13b3c5b7cb45ep-32,
     -0x1.c71c074985d3fp-20, 0x1.de37d9f09164cp-21, -0x1.ec676cf33153cp-23, 0x1.041515bab6adap-35,
     0x1.efe94304ac16bp-26, -0x1.e78e449f4e3bep-27},
};
// clang-format on

} // namespace dualtrack::numeric::detail
