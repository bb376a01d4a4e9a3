/*
 * mail.h: mail: messages (RFC 5322, MIME: RFC 2045 to 2049), one to a file
 * (.eml, Maildir, .emlx), and mailboxes (mbox, RFC 4155). It is a format of
 * unpack.h, spill_unpack_mail; this tells what its members are.
 *
 * A mailbox has messages, "1" and on. title: the subject; modified: the Date
 * field in UTC, without Z where it has no zone; mime: "message/rfc822"; note:
 * the envelope's "From " line, and a Date that is none; content: the message
 * byte for byte, without the "From " line and the empty line before the next.
 * Quoted lines (">From ") stay as they are. A message begins at a "From " line
 *	- behind an empty line, with a time and a year in it, or as "From -", or
 *	  with a field of mail's in the next line;
 *	- behind any other line, with all of these;
 *	- but not before the end that Content-Length gives (mboxcl2), if a
 *	  "From " line or the end of the file is there.
 *
 * is() wants what makes a file mail. For members of kind message, and those
 * that are declared as message/rfc822, call run() without asking is().
 *
 * A message has attachments, "1" and on in their order: every part that is
 * not a multipart and not the message's own text. Its own text is a part that
 * is text/plain or text/html (or declared as nothing), has no file name, is
 * not declared as an attachment, and is the message itself, or the first part
 * of a multipart that is, or any part of such a multipart/alternative. title:
 * the file name (Content-Disposition before Content-Type) in UTF-8, of a
 * message/rfc822 without one its subject; mime: as declared, in lower case;
 * born, modified, accessed: as Content-Disposition has them (RFC 2183);
 * content: decoded. A message/rfc822 is one attachment, as it is: nothing in
 * it is listed here. So are S/MIME, PGP and TNEF (winmail.dat).
 *
 * Text before the first part or behind the last, other than mailers' own words
 * ("This is a multi-part message in MIME format."), and what stands in a
 * multipart whose boundary does not occur, follow as further attachments, each
 * with an anomaly.
 *
 * Boundaries are whole lines (RFC 2046 5.1.1), so that one that begins like
 * another is not taken for it. The structure is read by our own code, which
 * knows the place of each byte and needs memory for the fields of one header
 * (32 KiB each) only; gmime decodes words, parameters and uuencode.
 * Of multiparts more than 100 deep the innermost is an attachment, and a limit
 * is told.
 */
#ifndef SPILL_MAIL_H
#define SPILL_MAIL_H

#include <spill/unpack.h>

/*
 * What a message says itself: the fields of its header, then its own text, a
 * part after the other. SPILL_OK of each, or what ends the work.
 */
struct spill_mail_own {
	/* name: raw; value: UTF-8, folds joined, encoded words decoded. at:
	 * the byte of its name. */
	int (*field)(void *ctx, struct spill_span name, struct spill_span value,
	    uint64_t at);
	/* A text begins: "text/plain" or "text/html", and its charset as
	 * declared, may be empty. at: where its bytes stand as they are;
	 * UINT64_MAX: they are encoded. */
	int (*begin)(void *ctx, struct spill_span mime,
	    struct spill_span charset, uint64_t at);
	int (*data)(void *ctx, const void *p, size_t n); /* decoded */
	int (*end)(void *ctx, const char *why); /* why: it is damaged; NULL */
	void *ctx;
};

/* SPILL_EFORMAT: it has no header, or is a mailbox, whose messages are its
 * members. */
int spill_mail_own(struct spill_src *s, const struct spill_mail_own *own);

#endif
