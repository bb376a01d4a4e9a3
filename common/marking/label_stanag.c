/*
 * label_stanag.c: labels of STANAG 4774 (ADatP-4774) and what binds them to
 * data, STANAG 4778 (ADatP-4778); in JSON also those of STANAG 5636. Local
 * names count, whatever the namespace and case: implementations deviate.
 */
#include <stdio.h>
#include <string.h>

#include "label_i.h"

static const char *const roots[] = { "originatorConfidentialityLabel",
	"alternativeConfidentialityLabel", "metadataConfidentialityLabel",
	"ConfidentialityLabel", "ConfidentialityInformation", "Ocl" };

bool
label_stanag_root(struct spill_labels *l, const struct spill_element *e)
{
	for (size_t i = 0; i < SPILL_COUNT(roots); i++)
		if (label_is(e->name, roots[i])) {
			l->xml.stanag =
			    (struct label_stanag){ .at = l->xml.depth,
				    .portion = i == 2 };
			return true;
		}
	return false;
}

/* --- categories --------------------------------------------------------- */

/* 1 sensitivity, 2 releasable, 3 administrative, 4 context, 5 only. */
static char
tag_of_oid(struct spill_span uri)
{
	static const char stem[] = "1.3.26.1.4.";
	const char *p = memmem(uri.p, uri.len, stem, sizeof(stem) - 1);
	const char *n = p != NULL ? p + sizeof(stem) - 1 : NULL;

	if (n == NULL || n + 1 != uri.p + uri.len || *n < '1' || *n > '5')
		return 0;
	return (char)(*n - '0');
}

static char
tag_of_name(struct spill_span name)
{
	return label_has(name, "rel")	    ? 2
	       : label_has(name, "only")    ? 5
	       : label_has(name, "context") ? 4
	       : label_has(name, "admin")   ? 3
	       : label_has(name, "sensit")  ? 1
					    : 0;
}

static void
category_is(struct label_stanag *s, struct spill_span key, struct spill_span v)
{
	v = label_trim(v);
	if (label_is(key, "Type") && v.len > 0)
		s->type = (char)(v.p[0] & ~0x20);
	else if (label_is(key, "URI") || label_is(key, "uri"))
		s->tag = tag_of_oid(v);
	else if (label_is(key, "TagName") || label_is(key, "tag") ||
		 label_is(key, "name"))
		label_keep(s->name, v);
}

static void
category_ends(struct label_stanag *s)
{
	char tag = s->tag != 0 ? s->tag : tag_of_name(spill_span(s->name));

	if (tag == 0)
		tag = s->type == 'P' ? 2 : s->type == 'I' ? 3 : 1;
	if (tag == 1)
		spill_list_unite(s->sensitive, sizeof(s->sensitive), s->values);
	else if (tag == 2)
		spill_list_unite(s->release, sizeof(s->release), s->values);
	else if (tag == 3)
		label_keep(s->admin, spill_span(s->values));
	else if (tag == 4)
		label_keep(
		    s->context, spill_span(strncmp(s->values, "NATO/", 5) == 0
					       ? s->values + 5
					       : s->values));
	else
		spill_list_unite(s->only, sizeof(s->only), s->values);
}

/* --- its elements ------------------------------------------------------- */

static void
opened(struct label_stanag *s, const struct spill_element *e)
{
	if (label_is(e->name, "Category") || label_is(e->name, "catl")) {
		s->in = 'c';
		s->type = s->tag = s->name[0] = s->values[0] = '\0';
		for (size_t i = 0; i < e->nattr; i++)
			category_is(s, e->attr[i].name, e->attr[i].value);
	} else if (label_is(e->name, "PolicyIdentifier") ||
		   label_is(e->name, "pol")) {
		s->in = 'p';
		label_keep(s->oid, label_attr(e, "URI"));
	}
}

/* A country may be told by its number in the policy. */
static struct spill_span
in_words(const struct spill_labels *l, struct spill_span v)
{
	uint64_t n;

	v = label_trim(v);
	return spill_span_uint(v, &n) && n < LABEL_NUMBERS &&
		       l->numbered[n] != NULL
		   ? l->numbered[n]->canonical
		   : v;
}

static void
closed_category(struct spill_labels *l, const struct spill_element *e)
{
	struct label_stanag *s = &l->xml.stanag;

	if (label_is(e->name, "Category") || label_is(e->name, "catl")) {
		category_ends(s);
		s->in = 0;
	} else if (label_is(e->name, "vals") || label_is(e->name, "value") ||
		   (e->name.len > 5 && label_is(
					   (struct spill_span){
					       e->name.p + e->name.len - 5, 5 },
					   "Value"))) {
		label_list(s->values, sizeof(s->values), in_words(l, e->text));
	} else {
		category_is(s, e->name, e->text);
	}
}

static void
closed(struct spill_labels *l, const struct spill_element *e)
{
	struct label_stanag *s = &l->xml.stanag;
	bool policy =
	    label_is(e->name, "PolicyIdentifier") || label_is(e->name, "pol");

	if (s->in == 'c')
		closed_category(l, e);
	else if (s->in == 'p' && label_is(e->name, "URI"))
		label_keep(s->oid, e->text);
	else if (s->in == 'p' && label_trim(e->text).len > 0)
		label_keep(s->policy, e->text);
	else if (label_is(e->name, "Classification") ||
		 label_is(e->name, "cls"))
		label_keep(s->grade, e->text);
	else if (label_is(e->name, "CreationDateTime") ||
		 label_is(e->name, "dcr"))
		label_keep(s->created, e->text);
	if (policy)
		s->in = 0;
}

/* --- the label ---------------------------------------------------------- */

static bool
is_nato(const struct label_stanag *s)
{
	struct spill_span p = spill_span(s->policy);

	return label_is(p, "NATO") || label_is(p, "OTAN") ||
	       label_has(spill_span(s->oid), "1.3.26.1.3.1") ||
	       label_has(p, "1.3.26.1.3.1");
}

/* The grade of an owner, as it would be printed. */
static void
grade(struct spill_labels *l, struct spill_marking *m)
{
	const struct label_stanag *s = &l->xml.stanag;
	struct spill_span cls = spill_span(s->grade);
	const char *scheme =
	    is_nato(s) ? "NATO" : label_scheme(spill_span(s->policy));
	char text[192];

	if (strcmp(scheme, "NATO") == 0 || strcmp(scheme, "EU") == 0) {
		label_grade(m, scheme, label_rank(cls));
		if (m->rank >= 0)
			return;
	}
	label_keep(text, spill_span(s->policy));
	label_put(text + strlen(text), sizeof(text) - strlen(text), cls);
	if (label_parse(l, cls, m) || label_parse(l, spill_span(text), m)) {
		if (scheme[0] != '\0')
			label_keep(m->scheme, spill_span(scheme));
		return;
	}
	label_grade(m, scheme, label_rank(cls));
	if (m->rank < 0)
		label_keep(m->level, cls);
	if (scheme[0] == '\0')
		label_keep(m->scheme, spill_span(s->policy));
}

/* "a;b" as "a, b". */
static void
put_list(struct spill_buf *b, const char *list)
{
	for (; *list != '\0'; list++)
		spill_buf_puts(b, *list == ';' ? ", " : (char[2]){ *list });
}

/* The rule of ADatP-4774: NATO RESTRICTED Releasable to Ukraine. */
static void
print(struct spill_buf *b, const struct label_stanag *s,
    const struct spill_marking *m)
{
	const char *rest = m->level;

	if (s->context[0] != '\0' && strncmp(rest, "NATO ", 5) == 0) {
		spill_buf_printf(b, "NATO/%s", s->context);
		rest += 4;
	}
	spill_buf_puts(b, rest);
	if (s->sensitive[0] != '\0') {
		spill_buf_putc(b, ' ');
		put_list(b, s->sensitive);
	}
	if (s->admin[0] != '\0') {
		spill_buf_puts(b, " - ");
		put_list(b, s->admin);
	}
	if (s->only[0] != '\0') {
		spill_buf_putc(b, ' ');
		put_list(b, s->only);
		spill_buf_puts(b, " Only");
	}
	if (s->release[0] != '\0') {
		spill_buf_puts(b, " Releasable to ");
		put_list(b, s->release);
	}
}

/* "CAN DEU ONLY": a category, as the grammar has it. */
static void
only(struct spill_marking *m, const char *list)
{
	char one[272];

	if (list[0] == '\0')
		return;
	(void)snprintf(one, sizeof(one), "%s ONLY", list);
	for (char *p = one; *p != '\0'; p++)
		*p = *p == ';' ? ' ' : *p;
	spill_list_unite(m->categories, sizeof(m->categories), one);
}

static int
finish(struct spill_labels *l, struct spill_span part)
{
	struct label_stanag *s = &l->xml.stanag;
	struct spill_label x = label_new(SPILL_LABEL_STANAG4774, part);
	struct spill_marking *m = &x.marking;
	struct spill_buf b = SPILL_BUF_INIT(2048);
	int rc = l->rc;

	if (s->grade[0] != '\0') {
		grade(l, m);
		m->form = SPILL_FORM_FIELD;
		print(&b, s, m);
		memcpy(m->categories, s->sensitive, sizeof(m->categories));
		memcpy(m->release, s->release, sizeof(m->release));
		only(m, s->only);
		label_keep(m->admin, spill_span(s->admin));
		label_keep(m->context, spill_span(s->context));
		label_printed(l, spill_buf_str(&b), m);
		label_keep(x.name, spill_buf_as_span(&b));
		label_keep(x.tenant,
		    spill_span(s->policy[0] != '\0' ? s->policy : s->oid));
		label_keep(x.created, spill_span(s->created));
		x.flags = s->portion ? SPILL_LABEL_PORTION : 0;
		rc = label_add(l, &x);
	}
	spill_buf_release(&b);
	*s = (struct label_stanag){ 0 };
	return rc;
}

int
label_stanag_element(
    struct spill_labels *l, const struct spill_element *e, bool opens)
{
	struct label_stanag *s = &l->xml.stanag;

	if (opens)
		opened(s, e);
	else
		closed(l, e);
	return !opens && s->at == l->xml.depth ? finish(l, e->part) : l->rc;
}

/* --- STANAG 4778 -------------------------------------------------------- */

/* The labels of this binding are of that data; of a piece of it, if the
 * reference has a fragment. */
static int
refer(struct spill_labels *l, struct spill_span uri)
{
	bool piece =
	    memchr(uri.p, '#', uri.len) != NULL && uri.p[uri.len - 1] != '#';

	for (size_t i = l->xml.bound; i < l->n; i++) {
		struct spill_span *part = &l->label[i]->part;
		char *p = spill_arena_alloc(&l->arena, part->len + uri.len + 2);

		if (p == NULL)
			return l->rc = SPILL_ENOMEM;
		memcpy(p, part->p, part->len);
		p[part->len] = ' ';
		memcpy(p + part->len + 1, uri.p, uri.len);
		*part = (struct spill_span){ part->len > 0 ? p : p + 1,
			part->len + uri.len + (part->len > 0) };
		if (piece)
			l->label[i]->flags |= SPILL_LABEL_PORTION;
	}
	return l->rc;
}

static int
refer_once(struct spill_labels *l, struct spill_span uri)
{
	uri = label_trim(uri);
	uri.len = SPILL_MIN(uri.len, (size_t)1024);
	if (uri.len == 0 || l->xml.referred)
		return l->rc;
	l->xml.referred = true;
	return refer(l, uri);
}

/* The URI of a reference is an attribute; in JSON a member, or all of it. */
int
label_binding_element(
    struct spill_labels *l, const struct spill_element *e, bool opens)
{
	struct label_xml *x = &l->xml;
	bool data = label_is(e->name, "DataReference");

	if (opens && label_is(e->name, "MetadataBinding")) {
		x->binding = x->depth;
		x->bound = l->n;
		x->referred = false;
	} else if (x->binding == 0) {
		return l->rc;
	} else if (opens && data) {
		x->reference = x->depth;
		return refer_once(l, label_attr(e, "URI"));
	} else if (!opens && data) {
		x->reference = 0;
		return refer_once(l, e->text);
	} else if (!opens && x->reference != 0 && label_is(e->name, "URI")) {
		return refer_once(l, e->text);
	} else if (!opens && x->binding == x->depth) {
		x->binding = 0;
	}
	return l->rc;
}
