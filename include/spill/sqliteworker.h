/*
 * sqliteworker.h: worker-sqlite: the text in data bases of SQLite. What is
 * asked and answered: pass_hand.c asks, docworker_i.h says how.
 */
#ifndef SPILL_SQLITEWORKER_H
#define SPILL_SQLITEWORKER_H

#include <spill/worker.h>

extern const struct spill_family spill_sqliteworker;

#endif
