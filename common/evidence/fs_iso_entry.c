/*
 * fs_iso_entry.c: a directory record with its system use areas, and its name.
 */
#include <string.h>

#include "fs_iso_i.h"

#define SECTOR	  SPILL_ISO_SECTOR
#define AREAS_MAX 32 /* of one record */

/* Continuations of a system use area ([SUSP] 5.1), so many at most. */
static void
add_areas(struct iso_state *s, struct spill_iso_rock *r)
{
	char area[SECTOR];

	for (unsigned i = 0; r->more && i < AREAS_MAX; i++) {
		uint64_t at =
		    (uint64_t)r->more_block * s->block_size + r->more_at;
		size_t n = SPILL_MIN(r->more_len, sizeof(area));

		r->more = false;
		if (ev_fs_read(s->fs, at, area, n))
			(void)spill_iso_rock_add(
			    r, (struct spill_span){ area, n });
		else
			r->flaw = (struct spill_flaw){
				"a continuation lies beyond the end", 0
			};
	}
	if (r->more)
		r->flaw = (struct spill_flaw){ "continuations have no end", 0 };
	r->more = false;
}

void
iso_rock(struct iso_state *s, const struct iso_names *names,
    const struct spill_iso_record *record, struct spill_iso_rock *out)
{
	struct spill_span use = record->use;
	size_t skip = SPILL_MIN(names->skip, use.len);

	spill_iso_rock_clear(out);
	if (!names->rock)
		return;
	(void)spill_iso_rock_add(
	    out, (struct spill_span){ use.p + skip, use.len - skip });
	add_areas(s, out);
}

bool
iso_entry(struct iso_state *s, const struct iso_node *n, uint64_t at,
    struct iso_entry *out)
{
	size_t room = (size_t)(SECTOR - at % SECTOR);
	int rc;

	room = SPILL_MIN(room, sizeof(out->raw));
	if (at >= s->end)
		return false;
	room = (size_t)SPILL_MIN(room, s->end - at);
	if (!ev_fs_read(s->fs, at, out->raw, room))
		return false;
	rc = spill_iso_record_read(
	    (struct spill_span){ out->raw, room }, &out->record);
	if (at == n->at && n->mended > 0)
		rc =
		    spill_iso_record_mend((struct spill_span){ out->raw, room },
			n->mended, &out->record);
	if (rc == SPILL_END || out->record.name.len == 0)
		return false;
	iso_rock(s, &s->names[n->tree], &out->record, &out->rock);
	return true;
}

/* FILE.TXT;1 is FILE.TXT, and FILE.;1 is FILE ([ECMA] 7.5.1). */
static struct spill_span
without_version(struct spill_span s)
{
	if (s.len > 2 && memcmp(s.p + s.len - 2, ";1", 2) == 0)
		s.len -= 2;
	if (s.len > 1 && s.p[s.len - 1] == '.')
		s.len--;
	return s;
}

/* In UCS-2; some writers put a version behind it. */
static void
joliet_name(struct spill_span raw, struct spill_buf *out)
{
	if (raw.len > 4 && memcmp(raw.p + raw.len - 4, "\0;\0001", 4) == 0)
		raw.len -= 4;
	(void)spill_utf16be_put(out, raw);
}

void
iso_name(struct iso_state *s, const struct iso_node *n,
    const struct iso_entry *e, struct spill_buf *out)
{
	const struct iso_names *names = &s->names[n->tree];
	struct spill_span name = e->record.name;
	char raw[264];
	bool by_path = iso_path_name(s, n, raw, &name);

	if (s->has_other && n == &s->node[s->other])
		spill_buf_puts(out, names->folder);
	else if (names->joliet)
		joliet_name(name, out);
	else if (!by_path && names->rock &&
		 (e->rock.has & SPILL_ISO_HAS_NAME) != 0 &&
		 e->rock.name_len > 0)
		spill_buf_put(out, e->rock.name, e->rock.name_len);
	else
		spill_buf_span(out, without_version(name));
}
