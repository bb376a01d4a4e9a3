/*
 * unpack.c: the table of container formats.
 */
#include <spill/ole.h>

#include "unpack_i.h"

/* The first that says yes is it: what is more particular comes first. */
const struct spill_unpack *const spill_unpacks[] = {
	&spill_unpack_ole,
	&spill_unpack_zip,
	&spill_unpack_rar5,
	&spill_unpack_rar,
	&spill_unpack_sevenzip,
	&spill_unpack_cab,
	&spill_unpack_iso,
	&spill_unpack_ar,
	&spill_unpack_xar,
	&spill_unpack_cpio,
	&spill_unpack_rpm,
	&spill_unpack_gzip,
	&spill_unpack_bzip2,
	&spill_unpack_xz,
	&spill_unpack_zstd,
	&spill_unpack_lz4,
	&spill_unpack_lzip,
	&spill_unpack_compress,
	&spill_unpack_tar,
	&spill_unpack_lha,
	&spill_unpack_lzma,
	&spill_unpack_unread,
	&spill_unpack_mail,
	NULL,
};

const struct spill_unpack *
spill_unpack_find(struct spill_span head, const struct spill_sniff *s)
{
	for (size_t i = 0; spill_unpacks[i] != NULL; i++)
		if (spill_unpacks[i]->is(head, s))
			return spill_unpacks[i];
	return NULL;
}

const struct spill_unpack *
spill_unpack_behind(struct spill_src *s)
{
	if (zip_is_behind(s))
		return &spill_unpack_zip;
	return unread_is_behind(s) ? &spill_unpack_unread : NULL;
}
