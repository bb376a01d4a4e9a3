/*
 * look_test.c: requests to worker-content as they are sent and as they may be
 * forged; names that are counted; members that are kept in memory, and in the
 * spool where there is no room.
 */
#include "util.h"

#include <stdio.h>
#include <unistd.h>

#include <spill/look.h>

#include "../../common/content/nth_i.h"
#include "../../common/content/store_i.h"

/* --- requests ----------------------------------------------------------- */

static const struct spill_look_item items[] = { { 0, 10, S("a.txt"), false },
	{ 16, 1ULL << 40, S(""), true } };
static const struct spill_look_pick picks[] = { { S(":a"), false },
	{ S(":a:b~2"), true } };

static struct spill_look
sample(void)
{
	return (struct spill_look){ .form = SPILL_LOOK_SLAB,
		.digest = 9,
		.spool = true,
		.untyped = true,
		.limits = { 16, 1000, 1ULL << 36, 250, 7 },
		.item = items,
		.items = 2 };
}

static struct spill_buf
packed(const struct spill_look *l)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);

	spill_look_put(&b, l);
	assert_int_equal(b.rc, SPILL_OK);
	return b;
}

static void
what_is_sent_arrives(void **state)
{
	struct spill_look l = sample(), out;
	struct spill_buf b = packed(&l);

	(void)state;
	assert_int_equal(spill_look_get(spill_buf_as_span(&b), &out), SPILL_OK);
	assert_int_equal(out.form, l.form);
	assert_int_equal(out.digest, 9);
	assert_true(out.spool && !out.extract && out.untyped);
	assert_memory_equal(&out.limits, &l.limits, sizeof(l.limits));
	assert_int_equal(out.items, 2);
	assert_true(spill_span_eq(out.item[0].name, items[0].name));
	assert_true(out.item[1].size == 1ULL << 40 && out.item[1].closed);
	spill_look_release(&out);
	spill_buf_release(&b);
	l.items = 1;
	l.pick = picks;
	l.picks = 2;
	l.skip[0] = 5;
	l.skips = 1;
	l.extract = true;
	l.untyped = false;
	b = packed(&l);
	assert_int_equal(spill_look_get(spill_buf_as_span(&b), &out), SPILL_OK);
	assert_true(out.extract && !out.untyped);
	assert_int_equal(out.picks, 2);
	assert_true(spill_span_eq(out.pick[1].chain, picks[1].chain));
	assert_true(out.pick[1].closed && !out.pick[0].closed);
	assert_true(out.skips == 1 && out.skip[0] == 5);
	spill_look_release(&out);
	spill_buf_release(&b);
}

static void
a_request_that_is_cut_is_none(void **state)
{
	struct spill_look l = sample(), out;
	struct spill_buf b = packed(&l);

	(void)state;
	for (size_t n = 0; n < b.len; n++) {
		char *p = exact(b.p, n);

		assert_int_equal(
		    spill_look_get(span_of(p, n), &out), SPILL_EDAMAGED);
		free(p);
	}
	spill_buf_putc(&b, 0);
	assert_int_equal(
	    spill_look_get(spill_buf_as_span(&b), &out), SPILL_EDAMAGED);
	spill_buf_release(&b);
}

/* Each count and length at 0, 1 and its most; picks go with one item. */
static void
counts_that_cannot_be(void **state)
{
	struct spill_look l = sample(), out;
	struct spill_buf b = packed(&l);

	(void)state;
	for (size_t at = 0; at + 4 <= b.len; at++)
		for (int v = 0; v < 3; v++) {
			uint32_t value = v == 2 ? UINT32_MAX : (uint32_t)v;
			char *p = exact(b.p, b.len);

			memcpy(p + at, &value, sizeof(value));
			if (spill_look_get(span_of(p, b.len), &out) == SPILL_OK)
				spill_look_release(&out);
			free(p);
		}
	spill_buf_release(&b);
	l.pick = picks;
	l.picks = 2;
	b = packed(&l);
	assert_int_equal(
	    spill_look_get(spill_buf_as_span(&b), &out), SPILL_EDAMAGED);
	spill_buf_release(&b);
}

/* --- names -------------------------------------------------------------- */

static void
names_are_counted(void **state)
{
	struct nth t = { 0 };
	char name[16];

	(void)state;
	for (int round = 1; round <= 3; round++)
		for (int i = 0; i < 5000; i++) {
			int n = snprintf(name, sizeof(name), "n%d", i);

			assert_int_equal(
			    nth_count(&t, span_of(name, (size_t)n)), round);
		}
	assert_int_equal(nth_count(&t, SPILL_SPAN("")), 1);
	assert_int_equal(nth_count(&t, SPILL_SPAN("")), 2);
	assert_int_equal(nth_count(&t, span_of("n\0", 2)), 1);
	nth_release(&t);
}

/* --- stores ------------------------------------------------------------- */

static uint8_t
byte_at(uint64_t i)
{
	return (uint8_t)(i * 7 + (i >> 13));
}

static void
fill(struct store *s, uint64_t n)
{
	uint8_t part[4099];

	for (uint64_t at = 0; at < n;) {
		size_t len = (size_t)SPILL_MIN(sizeof(part), n - at);

		for (size_t i = 0; i < len; i++)
			part[i] = byte_at(at + i);
		assert_int_equal(store_put(s, part, len), SPILL_OK);
		at += len;
	}
}

static void
holds(struct store *s, uint64_t n)
{
	struct spill_src src = store_src(s);
	uint8_t part[5003];
	uint64_t at = 0;
	size_t got;

	assert_true(src.size == n);
	do {
		assert_int_equal(
		    src.read(&src, at, part, sizeof(part), &got), SPILL_OK);
		for (size_t i = 0; i < got; i++)
			if (part[i] != byte_at(at + i))
				fail_msg(
				    "byte %llu", (unsigned long long)(at + i));
		at += got;
	} while (got > 0);
	assert_true(at == n);
}

static int
spool_of(uint64_t size)
{
	char name[] = "/tmp/spill-look-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	return fd;
}

static void
members_are_kept(void **state)
{
	const uint64_t large = STORE_MEMORY + 1234567;
	struct store_pool pool = { .size = 4 * (uint64_t)STORE_MEMORY };
	struct store outer, inner;

	(void)state;
	pool.spool = spool_of(pool.size);
	store_open(&outer, &pool);
	fill(&outer, 100);
	assert_false(outer.spooled);
	holds(&outer, 100);
	store_open(&inner, &pool);
	fill(&inner, large);
	assert_true(inner.spooled && !inner.full);
	holds(&inner, large);
	holds(&outer, 100);
	store_close(&inner);
	assert_true(pool.used == 0);
	/* The room of the one that is gone is the next one's. */
	store_open(&inner, &pool);
	fill(&inner, large);
	holds(&inner, large);
	store_close(&inner);
	store_close(&outer);
	assert_true(pool.memory == 0 && pool.used == 0);
	store_pool_close(&pool);
	close(pool.spool);
}

static void
what_has_no_room_is_told(void **state)
{
	struct store_pool pool = { .spool = -1 };
	struct store s;

	(void)state;
	store_open(&s, &pool);
	fill(&s, STORE_MEMORY + 1);
	assert_true(s.full);
	assert_true(s.len <= STORE_MEMORY);
	store_close(&s);
	pool.size = STORE_MEMORY + 5000;
	pool.spool = spool_of(pool.size);
	store_open(&s, &pool);
	fill(&s, STORE_MEMORY + 100000);
	assert_true(s.full);
	assert_true(s.len <= pool.size);
	holds(&s, s.len);
	store_close(&s);
	close(pool.spool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sent_arrives),
		cmocka_unit_test(a_request_that_is_cut_is_none),
		cmocka_unit_test(counts_that_cannot_be),
		cmocka_unit_test(names_are_counted),
		cmocka_unit_test(members_are_kept),
		cmocka_unit_test(what_has_no_room_is_told),
	};

	return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
