#include <string.h>

#include <spill/mdoc.h>

#define WIDTH 72

static void
word(struct spill_buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\\' || (s[i] == '-' && i == 0))
			spill_buf_puts(b, s[i] == '-' ? "\\-" : "\\e");
		else
			spill_buf_putc(b, s[i]);
}

void
spill_mdoc_sentence(struct spill_buf *b, const char *text)
{
	size_t col = 0, n;

	for (; *text != '\0'; text += n + (text[n] == ' ')) {
		n = strcspn(text, " ");
		if (col > 0 && col + 1 + n > WIDTH) {
			spill_buf_putc(b, '\n');
			col = 0;
		} else if (col > 0) {
			spill_buf_putc(b, ' ');
			col++;
		}
		if (col == 0 && (*text == '.' || *text == '\''))
			spill_buf_puts(b, "\\&");
		word(b, text, n);
		col += n;
	}
	if (b->len > 0 && b->p[b->len - 1] != '.')
		spill_buf_putc(b, '.');
	spill_buf_putc(b, '\n');
}
