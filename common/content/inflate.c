#include <string.h>

#include <zlib.h>

#include <spill/inflate.h>

int
spill_inflate(struct spill_span in, struct spill_buf *out)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in.p,
		.avail_in = (uInt)SPILL_MIN(in.len, (size_t)UINT32_MAX) };
	char buf[16384];
	int e = inflateInit(&z);

	if (e != Z_OK)
		return SPILL_ENOMEM;
	do {
		z.next_out = (Bytef *)buf;
		z.avail_out = sizeof(buf);
		e = inflate(&z, Z_NO_FLUSH);
		spill_buf_put(out, buf, sizeof(buf) - z.avail_out);
	} while (e == Z_OK && out->rc == SPILL_OK);
	(void)inflateEnd(&z);
	if (out->rc != SPILL_OK)
		return out->rc;
	return e == Z_STREAM_END  ? SPILL_OK
	       : e == Z_MEM_ERROR ? SPILL_ENOMEM
				  : SPILL_EDAMAGED;
}
