/*
 * docworker_i.h: what the workers of one format each are made of (PDF, SQLite):
 * their library must not share a process with those of worker-content, which
 * hands such documents over. A request is where the document is in descriptor
 * 0: u64 place, u64 length; then u64 limit of bytes of text, u64 of memory, 0:
 * none; u8 what is wanted; the end of its name. The reply is that (look.h).
 */
#ifndef SPILL_DOCWORKER_I_H
#define SPILL_DOCWORKER_I_H

#include <spill/doctext.h>
#include <spill/worker.h>

/* The format's own: it is in no table. */
extern const struct spill_doctext doctext_pdf, doctext_sqlite;

/* A family's job: the lines of the document in descriptor 0. */
int docworker_job(struct spill_job *j, struct spill_span request,
    const struct spill_doctext *format);

/* What the taker of documents needs before the jail. */
int docworker_warm(void);

#endif
