#include "image_ewf_i.h"

void
ewf_recover(struct ewf_walk *w)
{
	w->data = false;
	ewf_gap(w->ewf, SPILL_BAD_CHUNK, w->p->number);
}
