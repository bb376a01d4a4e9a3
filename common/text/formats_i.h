/*
 * formats_i.h: the formats' descriptors.
 */
#ifndef SPILL_FORMATS_I_H
#define SPILL_FORMATS_I_H

#include <spill/doctext.h>

/* ooxml.c */
extern const struct spill_doctext doctext_ooxml;
/* odf.c */
extern const struct spill_doctext doctext_odf;
/* rtf.c */
extern const struct spill_doctext doctext_rtf;
/* mailtext.c, vcard.c */
extern const struct spill_doctext doctext_mail, doctext_vcard;
/* picture.c, unread.c */
extern const struct spill_doctext doctext_image, doctext_unread;
/* html.c */
extern const struct spill_doctext doctext_html;
/* xmltext.c */
extern const struct spill_doctext doctext_xml;
/* plain.c */
extern const struct spill_doctext doctext_plain;

#endif
