/*
 * fs_ufs_map.c: the blocks of a file of UFS ([DINODE] di_db, di_ib). Holes cost
 * nothing, however large; hostile maps end: no file has more blocks than the
 * volume, nor more blocks of pointers than its size or its own count allow.
 */
#include <stdlib.h>

#include "fs_ufs_i.h"
#include "ondisk_i.h"
#include "tsk_extra_i.h"

#define DIRECT	12
#define LEVELS	3
#define SPARE	16 /* blocks of pointers, whatever it says of itself */
#define RUN_MAX (1u << 20)

struct map {
	struct ev_fs *fs;
	const struct spill_ufs_super *super;
	struct ufs_map *out;
	TSK_FS_ATTR_RUN *last;
	uint64_t size; /* bytes */
	uint64_t next, end; /* blocks of the content */
	uint64_t left, nodes; /* blocks that it may still have */
	uint32_t fragments; /* of a block */
	uint32_t per; /* pointers in a block */
	uint32_t runs;
	char *node; /* a block for each level */
};

static void
add_run(struct map *m, uint64_t at, uint64_t block, uint64_t n, bool hole)
{
	TSK_FS_ATTR_RUN *r = m->last;
	bool same = r != NULL && r->offset + r->len == at &&
		    (hole ? r->flags == TSK_FS_ATTR_RUN_FLAG_SPARSE
			  : r->flags == TSK_FS_ATTR_RUN_FLAG_NONE &&
				r->addr + r->len == block);

	if (same) {
		r->len += n;
		return;
	}
	if (m->runs == RUN_MAX) {
		m->out->fault = "it has too many pieces";
		return;
	}
	r = tsk_fs_attr_run_alloc();
	if (r == NULL) {
		m->out->nomem = true;
		return;
	}
	r->offset = at;
	r->addr = hole ? 0 : block;
	r->len = n;
	r->flags =
	    hole ? TSK_FS_ATTR_RUN_FLAG_SPARSE : TSK_FS_ATTR_RUN_FLAG_NONE;
	if (m->last != NULL)
		m->last->next = r;
	else
		m->out->run = r;
	m->last = r;
	m->runs++;
}

static void
hole(struct map *m, uint64_t blocks)
{
	blocks = SPILL_MIN(blocks, m->end - m->next);
	if (blocks > 0)
		add_run(
		    m, m->next * m->fragments, 0, blocks * m->fragments, true);
	m->next += blocks;
}

/* The end of a small file has as many fragments as it needs. */
static void
content(struct map *m, uint64_t block)
{
	uint64_t size = m->super->fragment;
	uint64_t from = m->next * m->fragments * size;
	uint64_t n = m->fragments;

	if (m->next < DIRECT && m->size - from < n * size)
		n = (m->size - from + size - 1) / size;
	if (m->left == 0) {
		m->out->fault = "it has more blocks than the volume";
		hole(m, 1);
		return;
	}
	m->left--;
	add_run(m, m->next * m->fragments, block, n, false);
	m->next++;
	m->out->end = from + n * size;
}

static bool
load_node(struct map *m, uint64_t block, unsigned level)
{
	uint32_t size = m->fragments * m->super->fragment;

	if (m->nodes == 0) {
		m->out->fault = "it has more blocks of pointers than there are";
		return false;
	}
	m->nodes--;
	if (block < m->fs->blocks &&
	    ev_fs_read(m->fs, block * m->super->fragment,
		m->node + (size_t)level * size, size))
		return true;
	m->out->fault = "a block of pointers is outside the volume";
	return false;
}

static uint64_t
pointer_of(const struct map *m, unsigned level, uint32_t i)
{
	uint32_t size = m->fragments * m->super->fragment;
	struct spill_cur c = spill_cur_of(
	    (struct spill_span){ m->node + (size_t)level * size, size });
	bool big = m->super->big_endian;

	if (m->super->version == 1) {
		spill_cur_seek(&c, (size_t)4 * i);
		return big ? spill_cur_u32be(&c) : spill_cur_u32le(&c);
	}
	spill_cur_seek(&c, (size_t)8 * i);
	return big ? spill_cur_u64be(&c) : spill_cur_u64le(&c);
}

/* To content, or to a block of pointers some levels above it. */
static void
pointer(struct map *m, uint64_t block, unsigned level)
{
	uint64_t span = 1;

	for (unsigned i = 0; i < level; i++)
		span *= m->per;
	if (block == 0 || (level > 0 && !load_node(m, block, level - 1))) {
		hole(m, span);
		return;
	}
	if (level == 0) {
		content(m, block);
		return;
	}
	for (uint32_t i = 0; i < m->per && m->next < m->end; i++)
		pointer(m, pointer_of(m, level - 1, i), level - 1);
}

void
ufs_map(struct ev_fs *fs, const struct spill_ufs_super *super,
    const TSK_FS_META *meta, uint64_t allocated, struct ufs_map *out)
{
	const TSK_DADDR_T *p = meta->content_ptr;
	struct map m = { .fs = fs, .super = super, .out = out };
	uint64_t block, needs;

	*out = (struct ufs_map){ 0 };
	m.fragments = 1u << super->block_shift;
	block = (uint64_t)super->fragment << super->block_shift;
	m.per = (uint32_t)(block / (super->version == 1 ? 4 : 8));
	m.size = meta->size > 0 ? (uint64_t)meta->size : 0;
	m.end = m.size / block + (m.size % block > 0);
	m.left = fs->blocks / m.fragments + 1;
	needs = SPILL_MIN(m.end / m.per, allocated / block) + SPARE;
	m.nodes = SPILL_MIN(m.left, needs);
	m.node = malloc(LEVELS * block);
	out->nomem = m.node == NULL;
	for (unsigned i = 0;
	     i < DIRECT + LEVELS && m.next < m.end && !out->nomem; i++)
		pointer(&m, p[i], i < DIRECT ? 0 : i - DIRECT + 1);
	hole(&m, m.end - m.next);
	free(m.node);
}
