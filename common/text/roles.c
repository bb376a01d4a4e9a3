/*
 * roles.c: their names. The tool has them too, so the formats are elsewhere.
 */
#include <spill/doctext.h>

const char *const spill_role_names[SPILL_ROLES + 1] = {
	"body",
	"header",
	"footer",
	"title",
	"table",
	"note",
	"comment",
	"property",
	"watermark",
	"textbox",
	"hidden",
	"deleted",
	"artifact",
	NULL,
};
