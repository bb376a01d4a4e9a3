/*
 * walker_i.h: shared by walker.c (evidence, volumes and their order) and
 * walker_out.c (what is written of them).
 */
#ifndef SPILL_WALKER_I_H
#define SPILL_WALKER_I_H

#include <spill/walker.h>
#include <spill/writer.h>

#include "fsask_i.h"

struct walker {
	struct spill_tool *tool;
	const struct spill_walker_conf *conf;
	struct spill_sources sources;
	struct fssurvey *survey; /* one for each source */
	struct spill_pool *pool;
	struct spill_columns *cols;
	struct spill_writer *writer;
	uint64_t rows;
	struct spill_row row;
	struct spill_buf item, parent, path;
};

/* Header, and at the end the seal. */
int walker_out_open(struct walker *w);
int walker_out_close(struct walker *w);
/* An item of a worker, checked. SPILL_EDAMAGED: it cannot be one. */
int walker_item(struct walker *w, const struct fssurvey *s,
    const struct spill_volume *v, const char *prefix, struct spill_span rec);
/* A gap, a table, or a volume of the survey's list that is not walked; less
 * what another volume of the list has of it. */
int walker_range(
    struct walker *w, const struct fssurvey *s, const struct spill_volume *v);
/* --evidence-record: one row. */
int walker_record(struct walker *w, const struct fssurvey *v);
/* --list: what people want to see. */
int walker_list(struct walker *w, const struct fssurvey *v);
/* "NAME:VOLUME:", what locators of a volume begin with. */
char *walker_prefix(const struct spill_source *s, const struct spill_volume *v);

#endif
