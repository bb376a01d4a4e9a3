/*
 * pdf_annot.c: what lies upon the pages of a PDF: annotations, fields of forms.
 */
#include "pdf_i.h"

static enum spill_role
annotation_role(PopplerAnnot *a)
{
	switch (poppler_annot_get_annot_type(a)) {
	case POPPLER_ANNOT_FREE_TEXT:
		return SPILL_ROLE_TEXTBOX;
	case POPPLER_ANNOT_WATERMARK:
		return SPILL_ROLE_WATERMARK;
	default:
		return SPILL_ROLE_COMMENT;
	}
}

static void
page_value(struct pdf *p, uint32_t page, const char *part, enum spill_role role,
    char *text)
{
	if (text != NULL) {
		lines_place(&p->l, spill_span(part), role, page);
		lines_put(&p->l, spill_span(text));
		lines_end(&p->l);
	}
	g_free(text);
}

static void
annotations(struct pdf *p, PopplerPage *page, uint32_t number)
{
	GList *all = poppler_page_get_annot_mapping(page);

	for (GList *i = all; i != NULL; i = i->next) {
		PopplerAnnot *a = ((PopplerAnnotMapping *)i->data)->annot;

		page_value(p, number, "annotation", annotation_role(a),
		    poppler_annot_get_contents(a));
		if (POPPLER_IS_ANNOT_MARKUP(a))
			page_value(p, number, "annotation author",
			    SPILL_ROLE_ARTIFACT,
			    poppler_annot_markup_get_label(
				POPPLER_ANNOT_MARKUP(a)));
	}
	poppler_page_free_annot_mapping(all);
}

static void
field(struct pdf *p, PopplerFormField *f, uint32_t page)
{
	char *name = poppler_form_field_get_name(f);
	struct spill_buf part = SPILL_BUF_INIT(4096);

	spill_buf_puts(&part, "field ");
	spill_buf_puts(&part, name != NULL ? name : "");
	g_free(name);
	if (poppler_form_field_get_field_type(f) == POPPLER_FORM_FIELD_TEXT)
		page_value(p, page, spill_buf_str(&part), SPILL_ROLE_BODY,
		    poppler_form_field_text_get_text(f));
	else if (poppler_form_field_get_field_type(f) ==
		 POPPLER_FORM_FIELD_CHOICE)
		for (int i = 0; i < poppler_form_field_choice_get_n_items(f);
		     i++)
			if (poppler_form_field_choice_is_item_selected(f, i))
				page_value(p, page, spill_buf_str(&part),
				    SPILL_ROLE_BODY,
				    poppler_form_field_choice_get_item(f, i));
	spill_buf_release(&part);
}

static void
fields(struct pdf *p, PopplerPage *page, uint32_t number)
{
	GList *all = poppler_page_get_form_field_mapping(page);

	for (GList *i = all; i != NULL; i = i->next)
		field(p, ((PopplerFormFieldMapping *)i->data)->field, number);
	poppler_page_free_form_field_mapping(all);
}

void
pdf_around_pages(struct pdf *p, PopplerDocument *d)
{
	for (uint32_t i = 1;
	     i <= p->pages && p->l.rc == SPILL_OK && !pdf_late(p); i++) {
		PopplerPage *page = poppler_document_get_page(d, (int)i - 1);

		if (page == NULL)
			continue;
		annotations(p, page, i);
		fields(p, page, i);
		g_object_unref(page);
	}
}
