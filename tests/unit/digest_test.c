/*
 * digest_test.c: hashes against the examples of FIPS 180-4 and RFC 1321, and
 * entropy against what a pencil gives.
 */
#include "util.h"

#include <spill/digest.h>

#define ALL                                                           \
	(SPILL_DIGEST_SHA256 | SPILL_DIGEST_SHA1 | SPILL_DIGEST_MD5 | \
	    SPILL_DIGEST_ENTROPY)

static struct spill_digest_text
digest(unsigned what, struct spill_span s)
{
	struct spill_digest *d = NULL;
	struct spill_digest_text t;

	assert_int_equal(spill_digest_open(&d, what), SPILL_OK);
	spill_digest_put(d, s.p, s.len);
	assert_int_equal(spill_digest_done(d, &t), SPILL_OK);
	spill_digest_free(&d);
	assert_null(d);
	return t;
}

static void
known_vectors(void **state)
{
	static const struct {
		struct spill_span in;
		const char *sha256, *sha1, *md5, *entropy;
	} v[] = {
		{ S(""),
		    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b78"
		    "52b855",
		    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
		    "d41d8cd98f00b204e9800998ecf8427e", "" },
		{ S("abc"),
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f2"
		    "0015ad",
		    "a9993e364706816aba3e25717850c26c9cd0d89d",
		    "900150983cd24fb0d6963f7d28e17f72", "1.585" },
		{ S("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419"
		    "db06c1",
		    "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
		    "8215ef0796a20bcaaae116d3876c664a", "3.995" },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(v); i++) {
		struct spill_digest_text t = digest(ALL, v[i].in);

		assert_string_equal(t.sha256, v[i].sha256);
		assert_string_equal(t.sha1, v[i].sha1);
		assert_string_equal(t.md5, v[i].md5);
		assert_string_equal(t.entropy, v[i].entropy);
	}
}

static void
only_what_was_asked_for(void **state)
{
	struct spill_span abc = S("abc");
	struct spill_digest_text t = digest(0, abc);

	(void)state;
	assert_int_equal(t.sha256[0] | t.sha1[0] | t.md5[0] | t.entropy[0], 0);
	t = digest(SPILL_DIGEST_MD5, abc);
	assert_string_equal(t.md5, "900150983cd24fb0d6963f7d28e17f72");
	assert_int_equal(t.sha256[0] | t.sha1[0] | t.entropy[0], 0);
	t = digest(SPILL_DIGEST_ENTROPY, abc);
	assert_string_equal(t.entropy, "1.585");
	assert_int_equal(t.sha256[0] | t.sha1[0] | t.md5[0], 0);
}

static void
entropy_has_its_ends(void **state)
{
	char s[4096 + 3];

	(void)state;
	for (size_t n = 1; n <= sizeof(s); n++) {
		memset(s, 'x', n);
		assert_string_equal(
		    digest(SPILL_DIGEST_ENTROPY, span_of(s, n)).entropy,
		    "0.000");
	}
	/* Each byte as often as any other: in runs, and in turn. */
	for (size_t i = 0; i < 4096; i++)
		s[i] = (char)(i / 16);
	assert_string_equal(
	    digest(SPILL_DIGEST_ENTROPY, span_of(s, 4096)).entropy, "8.000");
	for (size_t i = 0; i < 4096; i++)
		s[i] = (char)(uint8_t)i;
	assert_string_equal(
	    digest(SPILL_DIGEST_ENTROPY, span_of(s, 4096)).entropy, "8.000");
	for (size_t i = 0; i < 4096; i++)
		s[i] = i % 4 == 0 ? 'a' : 'b'; /* 2 - 3/4 log2 3 */
	assert_string_equal(
	    digest(SPILL_DIGEST_ENTROPY, span_of(s, 4096)).entropy, "0.811");
}

/* In any pieces, it is the same; and the handle starts anew. */
static void
pieces_do_not_matter(void **state)
{
	size_t size = 300000;
	char *p = malloc(size);
	uint32_t seed = 1;
	struct spill_digest *d = NULL;
	struct spill_digest_text whole, t;

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < size; i++)
		p[i] = (char)(dice(&seed, 256) & dice(&seed, 256));
	whole = digest(ALL, span_of(p, size));
	assert_int_equal(spill_digest_open(&d, ALL), SPILL_OK);
	for (unsigned round = 0; round < 20; round++) {
		for (size_t at = 0, n; at < size; at += n) {
			n = dice(&seed, 1 << (round + 1));
			n = SPILL_MIN(n, size - at);
			spill_digest_put(d, p + at, n);
		}
		assert_int_equal(spill_digest_done(d, &t), SPILL_OK);
		assert_memory_equal(&t, &whole, sizeof(t));
	}
	spill_digest_free(&d);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_vectors),
		cmocka_unit_test(only_what_was_asked_for),
		cmocka_unit_test(entropy_has_its_ends),
		cmocka_unit_test(pieces_do_not_matter),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
