/*
 * label_i.h: what the readers of labels share.
 *
 * label.c		what is gathered of a document
 * label_level.c	grades, lists, and what the grammar makes of a text
 * label_code.c		base64, parameters of header fields
 * label_name.c		which property or field is whose
 * label_mip.c		Microsoft
 * label_mail.c		SIO-Label, X-Protective-Marking, subjects
 * label_vendor.c	Titus, Boldon James, TSCP, TDF
 * label_xml.c		elements: whose are they?
 * label_stanag.c	STANAG 4774 and 4778
 * label_ism.c		IC-ISM; label_ism_text.c: its codes in words
 * label_ess.c		ESS labels; label_cms.c: the messages they stand in
 * label_nitf.c		NITF and NSIF
 * label_json.c		JSON as elements
 * label_bytes.c	labels of whole files
 */
#ifndef SPILL_LABEL_I_H
#define SPILL_LABEL_I_H

#include <spill/arena.h>
#include <spill/buf.h>
#include <spill/label.h>

#define LABEL_MOST    1024 /* different ones of a document */
#define LABEL_MIP     256 /* GUIDs of a document */
#define LABEL_NUMBERS 1000 /* ISO 3166-1 has three digits */
#define LABEL_DIVE    4 /* labels within labels: base64 in JSON in XML */

/* --- Microsoft's are told in pieces ------------------------------------- */

struct label_mip {
	struct spill_label l;
	bool info; /* it stands in LabelInfo.xml */
	bool site; /* its tenant has a LabelInfo.xml */
};

/* --- the elements that are open ----------------------------------------- */

/* A label of STANAG 4774 on its way. All texts end with NUL. */
struct label_stanag {
	unsigned at; /* depth of its root; 0: none is open */
	bool portion; /* of its own metadata */
	char policy[64], oid[64], grade[96], created[32];
	char sensitive[256], release[256], only[256], admin[64], context[48];
	/* Its category. */
	char in; /* 'c': in one; 'p': in the policy's name */
	char type, tag; /* first letter of Type; 1 to 5 of the OIDs; 0 */
	char name[64], values[256];
};

struct label_xml {
	unsigned depth;
	unsigned mute; /* depth of what is no label of the document; 0 */
	struct label_stanag stanag;
	/* STANAG 4778: depth of the binding, and the labels in it. */
	unsigned binding;
	size_t bound;
	unsigned reference; /* depth of the one to the data */
	bool referred;
	/* XEP-0258 and SIO, sisl, Titus, an assertion: depth of the root. */
	unsigned xmpp, sisl, tdf;
	bool titus;
	struct spill_label one; /* of the one that is open */
	char name[64]; /* of a property of Titus */
};

struct spill_labels {
	const struct spill_vocab *v;
	struct spill_arena arena; /* of this document */
	struct spill_label *label[LABEL_MOST];
	uint64_t mix[LABEL_MOST];
	uint16_t slot[2 * LABEL_MOST]; /* by mix: number from 1; 0: free */
	size_t n;
	/* Those that came last, before the grammar saw them: by mix. */
	uint64_t raw[256];
	/* Terms of NATO's policy by their number; of the vocabulary. */
	const struct spill_term *numbered[LABEL_NUMBERS];
	struct label_mip *mip; /* LABEL_MIP of them, once there is one */
	size_t nmip;
	struct spill_buf sisl; /* Boldon James: pieces of a property */
	struct spill_span sisl_part;
	struct label_xml xml;
	unsigned dive;
	int rc; /* SPILL_OK or SPILL_ENOMEM */
};

/* --- label.c ------------------------------------------------------------ */

/* One that has no rank yet. */
struct spill_label label_new(
    enum spill_label_family family, struct spill_span part);
/* It is copied, unless its like is there. */
int label_add(struct spill_labels *l, const struct spill_label *x);
/* Did one like it come just now? Then all that is made of it is there. */
bool label_seen(struct spill_labels *l, const struct spill_label *x);
/* XML in a value, or JSON: its elements. More than LABEL_DIVE deep: nothing. */
int label_dive(
    struct spill_labels *l, struct spill_span part, struct spill_span text);

/* --- label_level.c ------------------------------------------------------ */

/* Without blanks around it, and a byte order mark. */
struct spill_span label_trim(struct spill_span s);
bool label_is(struct spill_span s, const char *word); /* whatever its case */
bool label_begins(struct spill_span s, const char *word); /* likewise */
bool label_has(struct spill_span s, const char *word); /* lower case */
/* As a text of its own: blanks joined, cut between characters. */
void label_put(char *to, size_t size, struct spill_span s);
#define label_keep(to, ...) label_put(to, sizeof(to), __VA_ARGS__)
/* One more of a list of a marking, in capitals. */
void label_list(char *list, size_t size, struct spill_span item);
/* Of "SECRET", "top_secret", "S"; -1: it is no grade. */
int label_rank(struct spill_span word);
/* The grade of an owner ("NATO", "EU", "US"), 1 to 5. */
void label_grade(struct spill_marking *m, const char *scheme, int rank);
/* The scheme of a country or alliance by its code ("GBR", "UK"); "": it is not
 * known. */
const char *label_scheme(struct spill_span code);
/* What the grammar makes of a text by itself; false: it is no marking. */
bool label_parse(
    struct spill_labels *l, struct spill_span text, struct spill_marking *m);
/* The same for what people chose as a name: with its parents before it. */
bool label_parse_name(
    struct spill_labels *l, struct spill_span text, struct spill_marking *m);
/* What is known of a marking, and how it is printed: the grammar's words for
 * its lists are taken, if it is of one mind about the rank. */
void label_printed(
    struct spill_labels *l, const char *text, struct spill_marking *m);
/* A label whose text says it all: true, it is one and was added. */
bool label_text(struct spill_labels *l, enum spill_label_family family,
    unsigned flags, struct spill_span part, struct spill_span text);

/* --- label_code.c ------------------------------------------------------- */

/* What is no base64 (of either alphabet) is passed over. */
void label_base64(struct spill_buf *out, struct spill_span text);

/* Parameters of a field: name="value"; name*0*=charset''v%41lue (RFC 2231). */
#define LABEL_PARAMS 64
struct label_params {
	struct spill_buf text; /* of all values */
	struct {
		struct spill_span name; /* without its '*' */
		unsigned nth;
		size_t at, len; /* in text */
	} p[LABEL_PARAMS];
	size_t n;
};

void label_params(struct label_params *p, struct spill_span field);
/* The value, its pieces joined; false: there is none. */
bool label_param(
    const struct label_params *p, const char *name, struct spill_buf *out);
/* The next of "a=b" between separators; false: there is none. */
bool label_pair(struct spill_span *rest, char separator,
    struct spill_span *name, struct spill_span *value);

/* --- families ----------------------------------------------------------- */

/* "MSIP_Label_<guid>_<key>". */
int label_mip_property(struct spill_labels *l, struct spill_span part,
    struct spill_span name, struct spill_span value);
/* "MSIP_Label_<guid>_<key>=<value>;..." */
int label_mip_field(
    struct spill_labels *l, struct spill_span part, struct spill_span value);
int label_mip_element(struct spill_labels *l, const struct spill_element *e);
int label_mip_end(struct spill_labels *l);
bool label_is_guid(struct spill_span s);

int label_sio(struct spill_labels *l, struct spill_span part,
    struct spill_span value, bool history);
int label_xpm(
    struct spill_labels *l, struct spill_span part, struct spill_span value);
int label_subject(
    struct spill_labels *l, struct spill_span part, struct spill_span value);
int label_binding(
    struct spill_labels *l, struct spill_span part, struct spill_span value);

int label_titus_pairs(
    struct spill_labels *l, struct spill_span part, struct spill_span value);
int label_titus_blob(
    struct spill_labels *l, struct spill_span part, struct spill_span value);
int label_titus_element(
    struct spill_labels *l, const struct spill_element *e, bool opens);
int label_sisl_piece(
    struct spill_labels *l, struct spill_span part, struct spill_span value);
int label_sisl_end(struct spill_labels *l);
int label_sisl_element(
    struct spill_labels *l, const struct spill_element *e, bool opens);
int label_tscp(struct spill_labels *l, struct spill_span part,
    struct spill_span name, struct spill_span value);
int label_tdf_element(
    struct spill_labels *l, const struct spill_element *e, bool opens);
int label_xmpp_element(
    struct spill_labels *l, const struct spill_element *e, bool opens);

/* An attribute by its local name, whatever its case; empty: there is none. */
struct spill_span label_attr(const struct spill_element *e, const char *name);
/* This is a policy, a schema, a vocabulary. */
int label_policy(struct spill_labels *l, enum spill_label_family family,
    struct spill_span part);

bool label_stanag_root(struct spill_labels *l, const struct spill_element *e);
int label_stanag_element(
    struct spill_labels *l, const struct spill_element *e, bool opens);
int label_binding_element(
    struct spill_labels *l, const struct spill_element *e, bool opens);

/* The attributes of IC-ISM, by their names. */
struct label_ism {
	struct spill_span classification, owner, sci, sar, aea, dissem, rel,
	    display, fgi_open, fgi_protected, non_ic, non_us, high_water,
	    cui_basic, cui_specified, cui_controls, resource, exclude, joint;
};

int label_ism_element(struct spill_labels *l, const struct spill_element *e);
/* Its marking, and how it is printed. False: the grade is none. */
bool label_ism_text(
    const struct label_ism *i, struct spill_buf *text, struct spill_marking *m);
/* The same for highWaterNATO. */
bool label_ism_water(struct spill_span value, struct spill_marking *m);

/* An ESS security label (RFC 2634) in DER or BER, in whatever it is wrapped.
 * False: it is none. */
bool label_ess(
    struct spill_labels *l, struct spill_span der, struct spill_label *out);
/* It takes all of the bytes and has both a policy and a grade. */
bool label_ess_alone(struct spill_span der);
/* The next value: its tag, its content, its length told or not. */
struct label_tlv {
	uint8_t tag;
	bool constructed;
	struct spill_span body;
};
bool label_tlv(struct spill_span *rest, struct label_tlv *t);
int label_cms(struct spill_labels *l, struct spill_src *s);
int label_nitf(struct spill_labels *l, struct spill_src *s);

/* JSON as elements: members are elements by their names, those of arrays by
 * the name of the array. */
int label_json(
    struct spill_labels *l, struct spill_span part, struct spill_span text);

#endif
