/*
 * out.h: one output, standard output or a file.
 *
 * A file is written under a temporary name beside its own, hashed on the way
 * where asked, and gets its name only when it is whole and on the disk; a
 * run that fails leaves nothing. Standard output is checked to the last
 * byte. Where the output is a terminal, bytes that are not printable leave
 * as \xNN.
 */
#ifndef SPILL_OUT_H
#define SPILL_OUT_H

#include <spill/base.h>

struct spill_out;

/* PATH NULL: standard output. */
int spill_out_open(struct spill_out **o, const char *path);
/* Hash with SHA-256 all that is written from now on. */
int spill_out_hash(struct spill_out *o);
/* At least n bytes of room; NULL after a failure, which is sticky. */
char *spill_out_room(struct spill_out *o, size_t n);
void spill_out_took(struct spill_out *o, size_t n);
void spill_out_put(struct spill_out *o, const void *p, size_t n);
int spill_out_flush(struct spill_out *o);
/* Put into the hash, but not into the output. */
int spill_out_hash_more(struct spill_out *o, struct spill_span s);
/* Hex of the hash of what was written so far. */
int spill_out_digest(struct spill_out *o, char hex[64]);
uint64_t spill_out_bytes(const struct spill_out *o);
const char *spill_out_name(const struct spill_out *o);
/* There is no memory for what had to be written: the output has failed. */
void spill_out_break(struct spill_out *o);
/* True once a write was refused; said once on standard error. */
bool spill_out_failed(const struct spill_out *o);
/* Make it whole: flush, fsync, rename. The handle is gone in any case. */
int spill_out_close(struct spill_out **o);
/* Drop it: a file's temporary is removed. */
void spill_out_abort(struct spill_out **o);
/* Remove what is temporary now; for signal handlers. */
void spill_out_emergency(void);

#endif
