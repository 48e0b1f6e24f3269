/* A host in C: three people and four deals in as JSON rows, sellers out, one mistake explained. */
#include <dualtrack.h>

#include <stdio.h>
#include <string.h>

#define CHECK(condition)                                                         \
  do {                                                                           \
    if (!(condition)) {                                                          \
      fprintf(stderr, "line %d: %s: %s\n", __LINE__, #condition, message(error)); \
      return 1;                                                                  \
    }                                                                            \
  } while (0)

static const char* message(const dtk_error* error) { return dtk_error_message(error); }

static dtk_status add(dtk_tables* tables, const char* name, const char* json, dtk_error** error) {
  return dtk_tables_add_json(tables, name, strlen(name), json, strlen(json), error);
}

int main(void) {
  const char* people =
      "[{\"person_id\":\"boss\"},{\"person_id\":\"ann\",\"manager_id\":\"boss\"},"
      "{\"person_id\":\"bob\",\"manager_id\":\"boss\"}]";
  const char* deals =
      "[{\"deal_id\":\"d1\",\"owner_id\":\"ann\",\"amount\":100.25,\"closed\":\"2024-01-15\",\"outcome\":\"won\"},"
      "{\"deal_id\":\"d2\",\"owner_id\":\"ann\",\"amount\":50,\"closed\":\"2024-02-15\",\"outcome\":\"won\"},"
      "{\"deal_id\":\"d3\",\"owner_id\":\"bob\",\"amount\":70,\"closed\":\"2024-02-20\",\"outcome\":\"won\"},"
      "{\"deal_id\":\"d4\",\"owner_id\":\"bob\",\"amount\":10,\"closed\":\"2024-03-01\",\"outcome\":\"lost\"}]";
  dtk_error* error = NULL;
  dtk_tables* tables = NULL;
  dtk_data* data = NULL;
  dtk_policy* policy = NULL;
  dtk_result* result = NULL;
  char* sellers = NULL;
  size_t n_bytes = 0;

  CHECK(dtk_abi_version() == DTK_ABI_VERSION);
  CHECK(strcmp(dtk_version(), DTK_VERSION) == 0);

  CHECK(dtk_tables_new(&tables, &error) == DTK_OK);
  CHECK(add(tables, "people", people, &error) == DTK_OK);
  CHECK(add(tables, "deals", deals, &error) == DTK_OK);
  CHECK(dtk_data_new(tables, NULL, &data, &error) == DTK_OK);
  CHECK(dtk_policy_parse("{\"version\":1}", 13, &policy, &error) == DTK_OK);
  CHECK(dtk_run(data, policy, "measures", 8, NULL, &result, &error) == DTK_OK);
  CHECK(dtk_result_json(result, "sellers", 7, &sellers, &n_bytes, &error) == DTK_OK);
  CHECK(n_bytes == strlen(sellers));
  CHECK(strstr(sellers, "\"person_id\":\"ann\"") != NULL);
  CHECK(strstr(sellers, "150.25") != NULL);
  dtk_text_free(sellers);

  /* The record names the digest of what was read. */
  CHECK(strstr(dtk_result_record(result), dtk_policy_digest(policy)) != NULL);
  dtk_result_free(result);
  dtk_policy_free(policy);
  dtk_data_free(data);

  /* A mistake is an object, not a crash. */
  CHECK(dtk_policy_parse("{\"version\":1,\"no_such\":2}", 25, &policy, &error) == DTK_E_POLICY);
  CHECK(policy == NULL && strcmp(dtk_error_where(error), "/no_such") == 0);
  dtk_error_free(error);
  puts("embedded in C");
  return 0;
}
