#include <stdlib.h>

#include "disk_i.h"

/* libtsk asks for what lies inside the image only. */
static ssize_t
read_image(TSK_IMG_INFO *img, TSK_OFF_T off, char *buf, size_t len)
{
	struct ev_disk *d = (struct ev_disk *)img;

	if (off < 0)
		return -1;
	return (ssize_t)spill_image_read(
	    d->image, (uint64_t)off, buf, len, NULL);
}

static void
close_image(TSK_IMG_INFO *img)
{
	(void)img;
}

static void
say_image(TSK_IMG_INFO *img, FILE *f)
{
	(void)img;
	(void)f;
}

int
ev_disk_open(struct ev_disk **out, struct spill_image *image)
{
	const struct spill_image_info *info = spill_image_info(image);
	struct ev_disk *d;
	uint32_t sector = info->sector;

	if (info->size > INT64_MAX)
		return SPILL_ELIMIT;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return SPILL_ENOMEM;
	d->image = image;
	d->size = info->size;
	if (sector < 512 || sector % 512 != 0)
		sector = 512;
	d->sector = sector;
	if (tsk_img_open_external(d, (TSK_OFF_T)info->size, sector, read_image,
		close_image, say_image) == NULL) {
		free(d);
		return SPILL_ENOMEM;
	}
	*out = d;
	return SPILL_OK;
}

void
ev_disk_free(struct ev_disk **d)
{
	if (*d == NULL)
		return;
	tsk_img_close(&(*d)->tsk);
	free(*d);
	*d = NULL;
}

bool
ev_disk_read(struct ev_disk *d, uint64_t offset, void *buf, size_t n)
{
	if (n > d->size || offset > d->size - n)
		return false;
	return tsk_img_read(&d->tsk, (TSK_OFF_T)offset, buf, n) == (ssize_t)n;
}

const char *
ev_disk_why(void)
{
	static char text[256];
	const char *why = tsk_error_get_errstr();
	size_t n = 0;

	if (why == NULL || why[0] == '\0')
		return "libtsk does not say why";
	for (; why[n] != '\0' && n < sizeof(text) - 1; n++)
		text[n] = why[n];
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
		n--;
	text[n] = '\0';
	return text;
}
