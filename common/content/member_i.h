/*
 * member_i.h: the talk with a sink about one member, for formats that find
 * the content of a member as ranges of the container.
 */
#ifndef SPILL_MEMBER_I_H
#define SPILL_MEMBER_I_H

#include <spill/unpack.h>

#define MEMBER_BUF ((size_t)64 << 10)

struct member {
	struct spill_src *src;
	const struct spill_unpack_sink *sink;
	bool wanted; /* more content is */
	uint64_t put; /* bytes handed out of this member */
	char *buf; /* MEMBER_BUF, where the source is not in memory */
};

int member_init(struct member *m, struct spill_src *s,
    const struct spill_unpack_sink *sink);
void member_release(struct member *m);

/*
 * SPILL_OK, whether its content is wanted or not (m->wanted), or what ends
 * the work. member_end() says SPILL_MEMBER_SKIPPED where the sink has had
 * enough.
 */
int member_begin(struct member *m, const struct spill_member_info *info);
int member_put(struct member *m, const void *p, size_t n);
int member_end(struct member *m, enum spill_member_end how, const char *why);
/* Bytes of the container as content; *short_by: how many it has not. */
int member_range(
    struct member *m, uint64_t offset, uint64_t len, uint64_t *short_by);

int member_flaw(struct member *m, const char *code, uint64_t offset,
    uint64_t length, const char *fmt, ...) SPILL_PRINTF(5, 6);

/* n bytes at an offset into p; *got fewer at the end of the source. */
int src_read(
    struct spill_src *s, uint64_t offset, void *p, size_t n, size_t *got);

#endif
