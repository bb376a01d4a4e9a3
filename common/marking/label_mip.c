/*
 * label_mip.c: Microsoft's sensitivity labels ([MS-OFFCRYPTO] 2.6): properties
 * of one GUID, which belong together; docMetadata/LabelInfo.xml, which has the
 * last word for its tenant but no names.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>

#include "label_i.h"

#define GUID 36

bool
label_is_guid(struct spill_span s)
{
	if (s.len == GUID + 2 && s.p[0] == '{' && s.p[GUID + 1] == '}')
		s = (struct spill_span){ s.p + 1, GUID };
	if (s.len != GUID)
		return false;
	for (size_t i = 0; i < GUID; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.p[i] != '-' : spill_hex_digit(s.p[i]) < 0)
			return false;
	}
	return true;
}

static void
keep_guid(char to[GUID + 1], struct spill_span s)
{
	s.p += s.len > GUID;
	for (size_t i = 0; i < GUID; i++)
		to[i] =
		    (char)(s.p[i] >= 'A' && s.p[i] <= 'F' ? s.p[i] - 'A' + 'a'
							  : s.p[i]);
	to[GUID] = '\0';
}

/* The label of a GUID, a new one if there is none. NULL: there is no room. */
static struct label_mip *
of_guid(struct spill_labels *l, struct spill_span guid, struct spill_span part)
{
	struct spill_label x = label_new(SPILL_LABEL_MIP, part);

	keep_guid(x.guid, guid);
	for (size_t i = 0; i < l->nmip; i++)
		if (strcmp(l->mip[i].l.guid, x.guid) == 0)
			return &l->mip[i];
	if (l->mip == NULL)
		l->mip = calloc(LABEL_MIP, sizeof(*l->mip));
	if (l->mip == NULL)
		l->rc = SPILL_ENOMEM;
	if (l->mip == NULL || l->nmip == LABEL_MIP)
		return NULL;
	x.part.p = spill_arena_dup(&l->arena, part.p, part.len);
	if (x.part.p == NULL) {
		l->rc = SPILL_ENOMEM;
		return NULL;
	}
	l->mip[l->nmip] = (struct label_mip){ .l = x };
	return &l->mip[l->nmip++];
}

static bool
is_true(struct spill_span v)
{
	return label_is(v, "true") || label_is(v, "1");
}

static void
flag(struct spill_label *x, unsigned f, bool on)
{
	x->flags = on ? x->flags | f : x->flags & ~f;
}

/* Each key of a label, however it was told. */
static void
set(struct label_mip *m, struct spill_span key, struct spill_span v)
{
	struct spill_label *x = &m->l;

	v = label_trim(v);
	if (label_is(key, "Name") && !label_is_guid(v))
		label_keep(x->name, v);
	else if (label_is(key, "Enabled"))
		flag(x, SPILL_LABEL_REMOVED, !is_true(v));
	else if (label_is(key, "Removed") && is_true(v))
		x->flags |= SPILL_LABEL_REMOVED;
	else if (label_is(key, "SiteId") && label_is_guid(v))
		keep_guid(x->tenant, v);
	else if (label_is(key, "SetDate"))
		label_keep(x->created, v);
	else if (label_is(key, "Method"))
		flag(x, SPILL_LABEL_PRIVILEGED, label_is(v, "Privileged"));
	else if (label_is(key, "Extended_MSFT_Method") && label_is(v, "Manual"))
		x->flags |= SPILL_LABEL_PRIVILEGED;
}

int
label_mip_property(struct spill_labels *l, struct spill_span part,
    struct spill_span name, struct spill_span value)
{
	static const size_t lead = sizeof("MSIP_Label_") - 1;
	struct spill_span guid;
	struct label_mip *m;

	if (name.len < lead + GUID + 2 || name.p[lead + GUID] != '_')
		return l->rc;
	guid = (struct spill_span){ name.p + lead, GUID };
	m = label_is_guid(guid) ? of_guid(l, guid, part) : NULL;
	if (m != NULL && !m->info)
		set(m,
		    (struct spill_span){
			name.p + lead + GUID + 1, name.len - lead - GUID - 1 },
		    value);
	else if (m != NULL &&
		 label_begins(
		     (struct spill_span){ name.p + lead + GUID + 1, 4 },
		     "Name"))
		set(m, SPILL_SPAN("Name"), value);
	return l->rc;
}

/* A fold may fall inside a name. */
int
label_mip_field(
    struct spill_labels *l, struct spill_span part, struct spill_span rest)
{
	struct spill_span name, value;
	int rc = l->rc;

	while (rc == SPILL_OK && label_pair(&rest, ';', &name, &value)) {
		char whole[96];
		size_t n = 0;

		for (size_t i = 0; i < name.len && n < sizeof(whole); i++)
			if (strchr(" \t\r\n", name.p[i]) == NULL)
				whole[n++] = name.p[i];
		if (label_begins(
			(struct spill_span){ whole, n }, "MSIP_Label_"))
			rc = label_mip_property(
			    l, part, (struct spill_span){ whole, n }, value);
	}
	return rc;
}

/* --- LabelInfo.xml ------------------------------------------------------ */

int
label_mip_element(struct spill_labels *l, const struct spill_element *e)
{
	static const char *const keys[] = { "enabled", "method", "siteId",
		"setDate", "name" };
	struct spill_span id = label_trim(label_attr(e, "id"));
	struct label_mip *m =
	    label_is_guid(id) ? of_guid(l, id, e->part) : NULL;

	if (m == NULL)
		return l->rc;
	m->info = true;
	m->l.flags = 0;
	for (size_t i = 0; i < SPILL_COUNT(keys); i++)
		if (label_attr(e, keys[i]).len > 0)
			set(m, spill_span(keys[i]), label_attr(e, keys[i]));
	set(m, SPILL_SPAN("Removed"), label_attr(e, "removed"));
	return l->rc;
}

/* --- the end ------------------------------------------------------------ */

/* Where LabelInfo.xml speaks for a tenant, its other labels are stale. */
static bool
is_stale(const struct spill_labels *l, const struct label_mip *m)
{
	for (size_t i = 0; i < l->nmip && !m->info; i++)
		if (l->mip[i].info && l->mip[i].l.tenant[0] != '\0' &&
		    strcmp(l->mip[i].l.tenant, m->l.tenant) == 0)
			return true;
	return false;
}

static void
resolve(struct spill_labels *l, struct spill_label *x)
{
	struct spill_marking m;

	if (x->name[0] == '\0') {
		x->flags |= SPILL_LABEL_UNRESOLVED;
	} else if (!label_parse_name(l, spill_span(x->name), &m)) {
		x->flags |= SPILL_LABEL_CORP;
	} else {
		x->marking = m;
		x->marking.form = SPILL_FORM_FIELD;
		if ((m.flags & SPILL_MARKING_CORP) != 0)
			x->flags |= SPILL_LABEL_CORP;
	}
}

int
label_mip_end(struct spill_labels *l)
{
	int rc = l->rc;

	for (size_t i = 0; i < l->nmip && rc == SPILL_OK; i++) {
		struct spill_label x = l->mip[i].l;

		if (is_stale(l, &l->mip[i]))
			x.flags |= SPILL_LABEL_REMOVED;
		resolve(l, &x);
		rc = label_add(l, &x);
	}
	l->nmip = 0;
	return rc;
}
