/*
 * dict_test.c: values that rows share.
 */
#include <spill/dict.h>

#include "util.h"

static struct spill_dict *dict;

static int
setup(void **state)
{
	(void)state;
	return spill_dict_open(&dict);
}

static int
teardown(void **state)
{
	(void)state;
	spill_dict_free(&dict);
	spill_dict_free(&dict);
	return dict != NULL;
}

static struct spill_span
nth(char text[16], uint32_t i)
{
	return (
	    struct spill_span){ text, (size_t)snprintf(text, 16, "v%u", i) };
}

static void
check_value(uint64_t id, struct spill_span want)
{
	struct spill_span v = { NULL, 0 };

	assert_true(spill_dict_get(dict, id, &v));
	assert_true(spill_span_eq(v, want));
	assert_true(spill_span_eq(spill_dict_values(dict)[id], want));
}

static void
kept_once(void **state)
{
	char text[] = "value";
	struct spill_span v = { text, 5 };

	(void)state;
	assert_int_equal(spill_dict_longest(dict), 0);
	assert_int_equal(spill_dict_add(dict, v), 0);
	assert_int_equal(spill_dict_add(dict, SPILL_SPAN("val")), 1);
	assert_int_equal(spill_dict_add(dict, SPILL_SPAN("a\0b")), 2);
	assert_int_equal(spill_dict_add(dict, SPILL_SPAN("a\0c")), 3);
	assert_int_equal(spill_dict_must(dict, SPILL_SPAN("a\0c")), 3);
	memset(text, '!', 5); /* it is a copy */
	assert_int_equal(spill_dict_add(dict, SPILL_SPAN("value")), 0);
	check_value(0, SPILL_SPAN("value"));
	check_value(2, SPILL_SPAN("a\0b"));
	assert_int_equal(spill_dict_longest(dict), 5);
	/* Nothing is no value, and not a failure. */
	assert_int_equal(spill_dict_add(dict, SPILL_SPAN("")), -1);
	assert_int_equal(
	    spill_dict_must(dict, (struct spill_span){ NULL, 0 }), -1);
	assert_false(spill_dict_failed(dict));
}

static void
out_of_range(void **state)
{
	static const uint64_t ids[] = { 0, 1, SPILL_DICT_SOFT,
		SPILL_DICT_MAX - 1, SPILL_DICT_MAX, SPILL_DICT_MAX + 1,
		UINT32_MAX, (uint64_t)UINT32_MAX + 1, UINT64_MAX };
	struct spill_span v = SPILL_SPAN("untouched");

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(ids); i++)
		assert_false(spill_dict_get(dict, ids[i], &v));
	assert_string_equal(v.p, "untouched");
	assert_int_equal(spill_dict_add(dict, SPILL_SPAN("x")), 0);
	assert_true(spill_dict_get(dict, 0, &v));
	assert_false(spill_dict_get(dict, 1, &v));
}

/* Half of it by add, the rest by must, and then no more. */
static void
full(void **state)
{
	const struct spill_span *values = spill_dict_values(dict);
	char text[16];

	(void)state;
	for (uint32_t i = 0; i < SPILL_DICT_SOFT; i++)
		assert_int_equal(spill_dict_add(dict, nth(text, i)), i);
	assert_int_equal(spill_dict_add(dict, SPILL_SPAN("more")), -1);
	assert_false(spill_dict_failed(dict));
	for (uint32_t i = SPILL_DICT_SOFT; i < SPILL_DICT_MAX; i++)
		assert_int_equal(spill_dict_must(dict, nth(text, i)), i);
	assert_int_equal(spill_dict_add(dict, SPILL_SPAN("more")), -1);
	assert_false(spill_dict_failed(dict));
	/* What is there is found still, by both. */
	for (uint32_t i = 0; i < SPILL_DICT_MAX; i += 1001) {
		assert_int_equal(spill_dict_add(dict, nth(text, i)), i);
		assert_int_equal(spill_dict_must(dict, nth(text, i)), i);
		check_value(i, nth(text, i));
	}
	assert_false(spill_dict_failed(dict));
	assert_ptr_equal(values, spill_dict_values(dict));
	assert_int_equal(spill_dict_must(dict, SPILL_SPAN("more")), -1);
	assert_true(spill_dict_failed(dict));
	assert_int_equal(spill_dict_must(dict, nth(text, 5)), 5);
	assert_true(spill_dict_failed(dict)); /* it stays */
}

/* Text runs out before numbers do. */
static void
long_values(void **state)
{
	char *text = calloc(1, SPILL_DICT_BYTES + 1);
	struct spill_span v = { text, SPILL_DICT_BYTES + 1 };
	size_t sum = 0;
	int32_t n = 0;

	(void)state;
	assert_non_null(text);
	assert_int_equal(spill_dict_add(dict, v), -1);
	assert_false(spill_dict_failed(dict));
	/* One that may have a row of its own is not taken at this length. */
	v.len = SPILL_DICT_LONG + 1;
	assert_int_equal(spill_dict_add(dict, v), -1);
	v.len = 100000;
	for (;; n++) {
		memcpy(text, &n, sizeof(n));
		if (spill_dict_must(dict, v) < 0)
			break;
		assert_false(spill_dict_failed(dict));
		sum += v.len;
		assert_true(sum <= SPILL_DICT_BYTES);
	}
	assert_in_range(n, 80, 84);
	assert_true(spill_dict_failed(dict));
	assert_int_equal(spill_dict_longest(dict), v.len);
	/* The last half is for those that must be there. */
	assert_int_equal(spill_dict_add(dict, SPILL_SPAN("small")), -1);
	assert_int_equal(spill_dict_must(dict, SPILL_SPAN("small")), n);
	for (int32_t i = 0; i < n; i++) {
		memcpy(text, &i, sizeof(i));
		check_value((uint64_t)i, v);
	}
	free(text);
}

/* Every byte, alone and amid others. */
static void
plain(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 0; at < 20; at++) {
			char text[21] = "abcdefghijklmnopqrst";
			size_t len = at < 3 ? 3 : 20;
			int32_t id;

			text[at] = (char)c;
			id = spill_dict_add(
			    dict, (struct spill_span){ text, len });
			assert_true(id >= 0);
			assert_int_equal(
			    spill_dict_is_plain(dict, (uint64_t)id),
			    c == 0 || strchr(",\"\n\r\t\\", (int)c) == NULL);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(kept_once, setup, teardown),
		cmocka_unit_test_setup_teardown(out_of_range, setup, teardown),
		cmocka_unit_test_setup_teardown(full, setup, teardown),
		cmocka_unit_test_setup_teardown(long_values, setup, teardown),
		cmocka_unit_test_setup_teardown(plain, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
