#include <stdlib.h>

#include <spill/base.h>

void *
spill_grow(void *v, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap > 0 ? 2 * *cap : 16;

	if (n < *cap)
		return v;
	v = reallocarray(v, more, size);
	if (v != NULL)
		*cap = more;
	return v;
}
