/* The public header alone, in every C and C++ dialect; frozen values are frozen here. */
#include "dualtrack.h"

#define DTK_TEST_FROZEN(name, value) typedef char name##_is_frozen[(name) == (value) ? 1 : -1]
DTK_TEST_FROZEN(DTK_OK, 0);
DTK_TEST_FROZEN(DTK_E_ARGUMENT, 1);
DTK_TEST_FROZEN(DTK_E_POLICY, 2);
DTK_TEST_FROZEN(DTK_E_SCHEMA, 3);
DTK_TEST_FROZEN(DTK_E_DATA, 4);
DTK_TEST_FROZEN(DTK_E_CANCELLED, 5);
DTK_TEST_FROZEN(DTK_E_NO_MEMORY, 6);
DTK_TEST_FROZEN(DTK_E_INTERNAL, 7);
/* struct_size is the first member, so that older callers are understood. */
typedef char dtk_struct_size_comes_first[offsetof(struct dtk_run_options, struct_size) == 0 ? 1 : -1];
typedef char dtk_sim_rule_size_comes_first[offsetof(struct dtk_sim_rule, struct_size) == 0 ? 1 : -1];
typedef char dtk_sim_candidates_size_comes_first[offsetof(struct dtk_sim_candidates, struct_size) == 0 ? 1 : -1];
