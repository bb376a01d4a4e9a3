#include <spill/sqliteworker.h>

#include "docworker_i.h"

static int
warm(void)
{
	int rc = docworker_warm();

	return rc == SPILL_OK ? doctext_sqlite.warm() : rc;
}

static int
job(struct spill_job *j, struct spill_span request)
{
	return docworker_job(j, request, &doctext_sqlite);
}

const struct spill_family spill_sqliteworker = {
	.name = "sqlite",
	.warm = warm,
	.job = job,
};
