/* dualtrack: who is ready to lead, who should rise as an expert seller, and what a promotion would earn or cost.
 *
 * This header is the specification of the C ABI. Tables go in as Arrow (or JSON rows), a policy goes in as JSON,
 * results come out as Arrow or JSON together with a replayable record. Names of tables, columns, analyses and policy
 * fields are data (see dtk_catalog and dtk_policy_schema): a new analysis or column never changes this header.
 *
 * Rules that hold for every function
 *  - Nothing is thrown, printed, read from a clock, the environment or the locale; no signal, no file, no network. One
 *    exception: a simulation reads the clock where the policy sets /simulation/max_seconds.
 *  - Status DTK_OK is 0. On any other status the out-parameters are set to NULL (or left as they were, where said),
 *    every handle is as before, and nothing leaks. Treat a status you do not know as DTK_E_INTERNAL.
 *  - `dtk_error** err` may be NULL. Otherwise *err is overwritten: NULL after DTK_OK, an object to be freed with
 *    dtk_error_free after anything else. There is no thread-local or global last error.
 *  - Strings are UTF-8. Text given with a length need not end in NUL. Text returned ends in NUL and lives as long as
 *    the object it came from; text of dtk_version, dtk_catalog and dtk_policy_schema lives as long as the library.
 *  - dtk_policy, dtk_data and dtk_result are immutable: share them between threads freely, free each once, in any
 *    order. dtk_tables is a one-thread builder; dtk_value_added may be read by several threads (_solve, _save) while
 *    none changes it. dtk_cancel may be used from any thread.
 *  - Arrow structs are moved in whatever the status: the caller's `release` is NULL afterwards. Their memory must not
 *    be written to any more; a debug build of the library answers `arrow.mutated` when it was.
 *  - Threads, allocator, progress and cancel never change a number; only the policy and the tables do.
 *  - "since" is the ABI minor version that brought a function; all here: since 0.1.
 */
#ifndef DUALTRACK_H
#define DUALTRACK_H

#include <stddef.h>
#include <stdint.h>

#include "arrow_abi.h"

#if defined(_WIN32)
#define DTK_API
#elif defined(__GNUC__)
#define DTK_API __attribute__((visibility("default")))
#else
#define DTK_API
#endif

#ifdef __cplusplus
#define DTK_NOEXCEPT noexcept
extern "C" {
#else
#define DTK_NOEXCEPT
#endif

/* The ABI number is the soname: it changes when an old client could break. */
#define DTK_ABI_VERSION 0
#define DTK_VERSION "0.1.0"

/* ---- status and error ---- */

/* Frozen values; new ones are only added. */
typedef int32_t dtk_status;
#define DTK_OK 0
#define DTK_E_ARGUMENT 1  /* the call itself: NULL where something is needed, an unknown option */
#define DTK_E_POLICY 2    /* the policy text, or what it asks for */
#define DTK_E_SCHEMA 3    /* a table or column is missing or has a type that cannot be used */
#define DTK_E_DATA 4      /* a cell, or how rows fit together */
#define DTK_E_CANCELLED 5 /* the host asked to stop */
#define DTK_E_NO_MEMORY 6
#define DTK_E_INTERNAL 7 /* a fault of the library or of how it was built */

typedef struct dtk_error dtk_error;
typedef struct dtk_policy dtk_policy;
typedef struct dtk_tables dtk_tables;
typedef struct dtk_data dtk_data;
typedef struct dtk_result dtk_result;
typedef struct dtk_cancel dtk_cancel;
typedef struct dtk_value_added dtk_value_added;

/* Status of an error object; DTK_OK for NULL. */
DTK_API dtk_status dtk_error_status(const dtk_error* error) DTK_NOEXCEPT;
/* Stable ASCII code such as "data.overlap"; "" for NULL. Codes are only added. */
DTK_API const char* dtk_error_code(const dtk_error* error) DTK_NOEXCEPT;
/* One lower-case sentence: what was expected and what was found; "" for NULL. */
DTK_API const char* dtk_error_message(const dtk_error* error) DTK_NOEXCEPT;
/* "table.column", "table", a JSON Pointer into the policy, or "". */
DTK_API const char* dtk_error_where(const dtk_error* error) DTK_NOEXCEPT;
/* 0-based row of the table across all batches, or -1. */
DTK_API int64_t dtk_error_row(const dtk_error* error) DTK_NOEXCEPT;
/* Frees an error object; NULL is allowed. */
DTK_API void dtk_error_free(dtk_error* error) DTK_NOEXCEPT;

/* ---- version ---- */

/* Version of the library at run time, "major.minor.patch". */
DTK_API const char* dtk_version(void) DTK_NOEXCEPT;
/* ABI number of the library at run time; equals DTK_ABI_VERSION of the header a client was built with. */
DTK_API int32_t dtk_abi_version(void) DTK_NOEXCEPT;

/* ---- run options ---- */

/* The host's allocator. `allocate` returns memory aligned to `alignment` (a power of two) or NULL; it and `deallocate`
   must be callable from any thread and must outlive every object made with it. Both are set or neither. */
typedef struct dtk_allocator {
    void* (*allocate)(void* user, size_t bytes, size_t alignment);
    void (*deallocate)(void* user, void* memory, size_t bytes, size_t alignment);
    void* user;
} dtk_allocator;

/* Called on the calling thread with the share of the work that is done (0..1, never falling) and the stage's name.
   Return 0 to go on, anything else to stop with DTK_E_CANCELLED. */
typedef int (*dtk_progress)(void* user, double done_share, const char* stage);

/* Options of a call. Set struct_size to sizeof(dtk_run_options) and everything else to 0 for the defaults; bytes beyond
   what the library knows must be 0. */
typedef struct dtk_run_options {
    size_t struct_size;
    int32_t threads;         /* 0 or 1: the calling thread; n: up to n short-lived threads, joined before return */
    int32_t reserved;        /* 0 */
    dtk_allocator allocator; /* NULL functions: operator new */
    dtk_progress progress;   /* may be NULL */
    void* progress_user;
    const dtk_cancel* cancel; /* may be NULL */
} dtk_run_options;

/* A token to stop a running call from another thread. */
DTK_API dtk_status dtk_cancel_new(dtk_cancel** out, dtk_error** err) DTK_NOEXCEPT;
/* Asks every call that was given the token to stop; safe from any thread and from a signal handler. */
DTK_API void dtk_cancel_request(dtk_cancel* cancel) DTK_NOEXCEPT;
/* Frees the token; no call may be using it. NULL is allowed. */
DTK_API void dtk_cancel_free(dtk_cancel* cancel) DTK_NOEXCEPT;

/* ---- policy ---- */

/* Reads a policy. `{"version":1}` means every default. Unknown and duplicate keys are errors with their JSON Pointer.
   Errors: DTK_E_ARGUMENT, DTK_E_POLICY, DTK_E_NO_MEMORY. */
DTK_API dtk_status dtk_policy_parse(const char* json, size_t bytes, dtk_policy** out, dtk_error** err) DTK_NOEXCEPT;
/* The whole policy, defaults filled in, as canonical JSON (RFC 8785); NULL for NULL. */
DTK_API const char* dtk_policy_json(const dtk_policy* policy) DTK_NOEXCEPT;
/* SHA-256 of dtk_policy_json, 64 hexadecimal digits; NULL for NULL. */
DTK_API const char* dtk_policy_digest(const dtk_policy* policy) DTK_NOEXCEPT;
/* JSON Schema of a policy: every field with unit, default, bounds, meaning, source and grade of its evidence. */
DTK_API const char* dtk_policy_schema(void) DTK_NOEXCEPT;
/* Frees a policy; NULL is allowed. Results made with it stay valid. */
DTK_API void dtk_policy_free(dtk_policy* policy) DTK_NOEXCEPT;

/* ---- tables in ---- */

/* An empty set of tables. */
DTK_API dtk_status dtk_tables_new(dtk_tables** out, dtk_error** err) DTK_NOEXCEPT;
/* Adds a table by name. The stream is moved in and drained within the call, whatever the status; its callbacks are
   called on the calling thread. A name that was added before is an error. After an error the set is as before the call.
   Errors: DTK_E_ARGUMENT, DTK_E_SCHEMA and DTK_E_DATA ("arrow.*", "limit.*"), DTK_E_NO_MEMORY. */
DTK_API dtk_status dtk_tables_add(dtk_tables* tables, const char* name, size_t name_bytes,
                                  struct ArrowArrayStream* moved_in, dtk_error** err) DTK_NOEXCEPT;
/* Adds one batch to a table, or starts the table; schema and array are both moved in, whatever the status. Batches of
   one table must have equal schemas. */
DTK_API dtk_status dtk_tables_add_batch(dtk_tables* tables, const char* name, size_t name_bytes,
                                        struct ArrowSchema* moved_schema, struct ArrowArray* moved_array,
                                        dtk_error** err) DTK_NOEXCEPT;
/* Adds a small table given as a JSON array of objects, one a row; dates are "YYYY-MM-DD". */
DTK_API dtk_status dtk_tables_add_json(dtk_tables* tables, const char* name, size_t name_bytes, const char* json,
                                       size_t bytes, dtk_error** err) DTK_NOEXCEPT;
/* Frees a set of tables that was not moved into dtk_data_new; NULL is allowed. */
DTK_API void dtk_tables_free(dtk_tables* tables) DTK_NOEXCEPT;

/* ---- checked data ---- */

/* Checks the tables and builds the organisation. `moved_in` is taken and gone whatever the status.
   Errors: DTK_E_ARGUMENT, DTK_E_SCHEMA, DTK_E_DATA, DTK_E_CANCELLED, DTK_E_NO_MEMORY. */
DTK_API dtk_status dtk_data_new(dtk_tables* moved_in, const dtk_run_options* options, dtk_data** out,
                                dtk_error** err) DTK_NOEXCEPT;
/* Frees the data; NULL is allowed. Results made from it stay valid. */
DTK_API void dtk_data_free(dtk_data* data) DTK_NOEXCEPT;

/* ---- run and results ---- */

/* Runs one analysis of dtk_catalog by name. `policy` NULL means every default.
   Errors: DTK_E_ARGUMENT, DTK_E_POLICY, DTK_E_SCHEMA ("schema.missing_table"), DTK_E_DATA, DTK_E_CANCELLED,
   DTK_E_NO_MEMORY, DTK_E_INTERNAL ("internal.arithmetic"). */
DTK_API dtk_status dtk_run(const dtk_data* data, const dtk_policy* policy, const char* analysis, size_t analysis_bytes,
                           const dtk_run_options* options, dtk_result** out, dtk_error** err) DTK_NOEXCEPT;
/* Number of tables of a result; 0 for NULL. */
DTK_API size_t dtk_result_n_tables(const dtk_result* result) DTK_NOEXCEPT;
/* Name of the i-th table, or NULL past the end. "findings" is always the last. */
DTK_API const char* dtk_result_table_name(const dtk_result* result, size_t index) DTK_NOEXCEPT;
/* A table as an Arrow stream (struct of columns; types in dtk_catalog). The stream and its arrays own what they need:
   they may be released on any thread, in any order, also after dtk_result_free. On error *out has release NULL. */
DTK_API dtk_status dtk_result_table(const dtk_result* result, const char* table, size_t table_bytes,
                                    struct ArrowArrayStream* out, dtk_error** err) DTK_NOEXCEPT;
/* The same table as a JSON array of objects, for hosts without Arrow. *out is to be freed with dtk_text_free. */
DTK_API dtk_status dtk_result_json(const dtk_result* result, const char* table, size_t table_bytes, char** out,
                                   size_t* out_bytes, dtk_error** err) DTK_NOEXCEPT;
/* Frees a text returned through a `char**`; NULL is allowed. */
DTK_API void dtk_text_free(char* text) DTK_NOEXCEPT;
/* The decision record: canonical JSON (RFC 8785) with the versions, digests of the tables read, the policy and the
   results, and the parameters used. Made on the first call and kept. NULL for NULL, or when there is no memory. */
DTK_API const char* dtk_result_record(const dtk_result* result) DTK_NOEXCEPT;
/* Frees a result; NULL is allowed. */
DTK_API void dtk_result_free(dtk_result* result) DTK_NOEXCEPT;

/* ---- simulation with the host's own rule of promotion ---- */

/* What a rule may look at: the candidates of one vacancy, n of each, in a fixed order; valid during the call. Nothing
   in here is the truth of the simulation: ratings come with their noise. */
typedef struct dtk_sim_candidates {
    uint32_t struct_size;
    uint32_t n;
    uint32_t team;              /* 0-based */
    uint32_t period;            /* from 1 at the start of the burn-in */
    const float* sales12;       /* log of the last 12 months' sales, 0 = average rep */
    const float* tenure;        /* months */
    const float* collaboration; /* rated, standard deviations */
    const float* readiness;     /* rated, standard deviations of what managers are worth */
    const float* trial;         /* the same after a test drive; NaN without DTK_SIM_TRIES_EVERYBODY */
    const float* pay;           /* x the average rep */
    const uint8_t* flags;       /* 1: of the team that has the vacancy */
    uint64_t vacancy;           /* key for any draw the rule needs */
} dtk_sim_candidates;

/* Scores the candidates of one vacancy: NaN = not eligible, the highest is asked first. Anything but DTK_OK stops the
   run. It must depend on its arguments alone; it may be called from several threads at once, unless the rule says
   DTK_SIM_SINGLE_THREADED. (Builds with assertions call it twice now and then, and compare.) */
typedef dtk_status (*dtk_sim_policy_fn)(const dtk_sim_candidates* candidates, float* score_out, void* user);

#define DTK_SIM_SINGLE_THREADED 0x1u /* only ever called on the calling thread */
#define DTK_SIM_INTERVIEWS 0x2u      /* candidates are talked to: being passed over is easier to bear */
#define DTK_SIM_TRIES_EVERYBODY 0x4u /* every candidate has a test drive first, and the firm pays for it */

typedef struct dtk_sim_rule {
    uint32_t struct_size;
    uint32_t flags;   /* DTK_SIM_... */
    const char* name; /* letters, digits, '_' and '.'; none of the built-in rules */
    dtk_sim_policy_fn score;
    void* user;
} dtk_sim_rule;

/* Runs the analysis "simulation" with the host's rules beside those that the policy names; a policy may name them too,
   with reward packages ("mine + dual_track"). Without data: /simulation/start must be "preset".
   Errors: DTK_E_ARGUMENT, DTK_E_POLICY, DTK_E_SCHEMA, DTK_E_CANCELLED (also "simulation.rule_failed"),
   DTK_E_NO_MEMORY, DTK_E_INTERNAL. */
DTK_API dtk_status dtk_sim_run(const dtk_policy* policy, const dtk_sim_rule* rules, size_t n_rules,
                               const dtk_run_options* options, dtk_result** out, dtk_error** err) DTK_NOEXCEPT;

/* ---- value added of a panel that is kept between runs ---- */

#define DTK_VALUE_ADDED_APPEND 0  /* rows of sellers and periods that are not there yet, also of earlier periods */
#define DTK_VALUE_ADDED_CORRECT 1 /* rows that are there (seller, manager, period) get the value that is given */
#define DTK_VALUE_ADDED_REMOVE 2  /* rows that are there, given again as they are */

/* An empty panel. What it holds is made with operator new; it is to be freed with dtk_value_added_free. */
DTK_API dtk_status dtk_value_added_open(dtk_value_added** out, dtk_error** err) DTK_NOEXCEPT;
/* Adds, corrects or removes rows (`change`: DTK_VALUE_ADDED_...), in any order. `moved_in` holds the table "panel" and
   no other; it is taken and gone whatever the status. One row a seller and period; no controls, weights 1 or none;
   periods all dates or all numbers. Rows of before are not read again. After an error the panel is as before.
   Errors: DTK_E_ARGUMENT, DTK_E_SCHEMA, DTK_E_DATA ("data.duplicate_id": a row to add is there already,
   "data.unknown_row": one to correct or remove is not), DTK_E_CANCELLED, DTK_E_NO_MEMORY. */
DTK_API dtk_status dtk_value_added_append(dtk_value_added* state, int32_t change, dtk_tables* moved_in,
                                          const dtk_run_options* options, dtk_error** err) DTK_NOEXCEPT;
/* The analysis "value_added" of the rows that are there: what dtk_run gives for all of them in one table, to the byte.
   `policy` NULL means every default. Errors: those of dtk_run. */
DTK_API dtk_status dtk_value_added_solve(const dtk_value_added* state, const dtk_policy* policy,
                                         const dtk_run_options* options, dtk_result** out,
                                         dtk_error** err) DTK_NOEXCEPT;
/* The panel as bytes with a version and a digest, to be freed with dtk_text_free; the same rows have the same bytes. */
DTK_API dtk_status dtk_value_added_save(const dtk_value_added* state, char** out, size_t* out_bytes,
                                        dtk_error** err) DTK_NOEXCEPT;
/* A panel from such bytes. Errors: DTK_E_ARGUMENT, DTK_E_DATA ("state.foreign", "state.damaged", "state.version"),
   DTK_E_NO_MEMORY. */
DTK_API dtk_status dtk_value_added_load(const char* bytes, size_t n_bytes, dtk_value_added** out,
                                        dtk_error** err) DTK_NOEXCEPT;
/* Frees a panel; NULL is allowed. Results made from it stay valid. */
DTK_API void dtk_value_added_free(dtk_value_added* state) DTK_NOEXCEPT;

/* JSON: every analysis, the tables it needs, its result tables, their columns, types, units and meanings, and the input
   tables of the data contract. */
DTK_API const char* dtk_catalog(void) DTK_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif /* DUALTRACK_H */
