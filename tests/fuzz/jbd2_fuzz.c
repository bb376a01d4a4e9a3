/*
 * jbd2_fuzz.c: decoder of the journal of ext3 and ext4. The first byte has the
 * features that change the form of tags; the rest is a block.
 *
 * What must hold: a superblock that is accepted has a ring; iterators end
 * after no more elements than those bytes can have.
 */
#include <spill/jbd2.h>

#include "ondisk.h"

static void
super(struct spill_span raw)
{
	struct spill_jbd2_super s;
	int rc = spill_jbd2_super_read(raw, &s);

	told(rc, s.flaw);
	must((rc == SPILL_OK) == (s.first < s.end));
	if (rc == SPILL_OK)
		must(s.first > 0 && s.block_size >= 1024 &&
		     s.block_size <= 65536);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span raw = { (const char *)data + 1, size - 1 };
	struct spill_jbd2_super s = { .first = 1, .end = 2 };
	struct spill_jbd2_revokes revokes;
	struct spill_jbd2_tags tags;
	struct spill_jbd2_tag t;
	uint32_t sequence = 0;
	uint64_t block;
	size_t n = 0;

	if (size == 0)
		return 0;
	s.incompat = data[0];
	super(raw);
	must(raw.len >= 12 ||
	     spill_jbd2_head(raw, &sequence) == SPILL_JBD2_DATA);
	(void)spill_jbd2_head(raw, &sequence);
	tags = spill_jbd2_tags(raw, &s);
	while (spill_jbd2_tags_next(&tags, &t) != SPILL_END) {
		must(n++ < raw.len / 8);
		must((s.incompat & SPILL_JBD2_64BIT) != 0 ||
		     t.block <= UINT32_MAX);
		if (n < 4)
			(void)spill_jbd2_copy_is_wrong(raw, &s, &t, sequence);
	}
	revokes = spill_jbd2_revokes(raw, &s);
	for (n = 0; spill_jbd2_revokes_next(&revokes, &block) != SPILL_END;)
		must(n++ < raw.len / 4);
	check_time(spill_jbd2_commit_time(raw));
	return 0;
}
