/*
 * label.h: labels that machines read, in metadata: STANAG 4774/4778, ESS
 * (RFC 2634), SIO-Label (RFC 7444), X-Protective-Marking, Microsoft
 * sensitivity labels, Titus, Boldon James, TSCP, IC-ISM, NITF, TLP, ...
 *
 * They come as properties of a document (name and value), as elements of XML,
 * or stand in the first bytes of a file.
 */
#ifndef SPILL_LABEL_H
#define SPILL_LABEL_H

#include <spill/doctext.h>
#include <spill/grammar.h>
#include <spill/unpack.h>

enum spill_label_family {
	SPILL_LABEL_STANAG4774,
	SPILL_LABEL_ESS,
	SPILL_LABEL_SIO,
	SPILL_LABEL_XPM, /* X-Protective-Marking, [SEC=...] */
	SPILL_LABEL_MIP, /* Microsoft */
	SPILL_LABEL_TITUS,
	SPILL_LABEL_BOLDON,
	SPILL_LABEL_TSCP,
	SPILL_LABEL_ISM,
	SPILL_LABEL_NITF,
	SPILL_LABEL_TLP,
	SPILL_LABEL_XMPP, /* XEP-0258 */
	SPILL_LABEL_PROPERTY, /* Classification, X-Classification, ... whose
				 value is a marking */
	SPILL_LABEL_MMHS, /* RFC 6477: military message handling */
	SPILL_LABEL_TDF, /* OpenTDF, ZTDF */
	SPILL_LABEL_FAMILIES,
};

extern const char *const spill_label_names[SPILL_LABEL_FAMILIES];

enum spill_label_flag {
	SPILL_LABEL_REMOVED = 1 << 0, /* it was taken off: says nothing */
	SPILL_LABEL_PRIVILEGED = 1 << 1, /* a person chose it */
	SPILL_LABEL_PORTION = 1 << 2, /* of a part of the document */
	SPILL_LABEL_UNRESOLVED = 1 << 3, /* a GUID without a name */
	SPILL_LABEL_CORP = 1 << 4, /* a company's word: its rank, if it has
		one, is none until a state or an alliance is seen */
	SPILL_LABEL_POLICY = 1
			     << 5, /* a policy file (SPIF), a vocabulary, a
				      clearance: not a label of this document */
	SPILL_LABEL_WEAK = 1 << 6, /* Sensitivity, which users click; a bare
		grade in small letters ("Secret") */
	SPILL_LABEL_FORMER = 1 << 7, /* history, of an earlier state */
	SPILL_LABEL_PRIOR = 1 << 8, /* no marking, no level: traffic of a
		military gateway, so that markings in it are more likely real
		(MMHS), or the container of a label that is not readable */
};

struct spill_label {
	enum spill_label_family family;
	unsigned flags;
	/* scheme, level, rank, categories, release: as of a marking; rank -1:
	 * it has none. */
	struct spill_marking marking;
	char guid[37]; /* of the label (MIP), lower case; "" */
	char tenant[40]; /* site id, TLPropertyRoot, policy: who labels */
	char name[128]; /* as its tenant calls it; "" */
	char created[32];
	struct spill_span part; /* where: of the line or element */
};

struct spill_label_sink {
	int (*label)(void *ctx, const struct spill_label *l);
	void *ctx;
};

struct spill_labels; /* what is gathered of one document */

int spill_labels_open(struct spill_labels **l, const struct spill_vocab *v);
void spill_labels_free(struct spill_labels **l);
/* A new document. */
void spill_labels_begin(struct spill_labels *l);
/*
 * A property or header field: its name and its value, UTF-8; part as in struct
 * spill_line. Others than those of labels cost next to nothing. Of a line of
 * role property the name is its part behind the last '#' ("docProps/custom.xml
 * #MSIP_Label_..."), or all of it ("x-titus-version"); a value that has line
 * breaks comes as several lines of one part, one call each. A line of a body
 * that begins with "TLPropertyRoot=" is a property of that name (Titus).
 */
int spill_labels_property(struct spill_labels *l, struct spill_span part,
    struct spill_span name, struct spill_span value);
/* An element of XML, as the sink of doctext.h has it. */
int spill_labels_element(
    struct spill_labels *l, const struct spill_element *e, bool opens);
/*
 * First bytes of any item: NITF, CMS (S/MIME: also its PEM form), a bare DER
 * label, and JSON with labels (".bdoj", manifests of TDF). Others cost next to
 * nothing. What is read of the source beyond the head is bounded.
 */
int spill_labels_bytes(
    struct spill_labels *l, struct spill_src *s, struct spill_span head);
/* What was gathered, each once, in the order of their places. */
int spill_labels_end(struct spill_labels *l, const struct spill_label_sink *s);

#endif
