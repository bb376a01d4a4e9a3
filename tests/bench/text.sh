#!/bin/bash
# text.sh: what the text of all files of an image costs, members included, in CPU
# seconds, beside pdftotext, and unzip with xmllint, of the PDF and OOXML among
# the same files, which lie ready in a folder. The median of BENCH_ROUNDS runs (3).
#
# TEXT_IMAGE=IMAGE and TEXT_FILES=FOLDER: an image and its files as they are in
# it. Else both are made: TEXT_COUNT files (5,000) of text, HTML, mail and OOXML
# on ext4.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need pdftotext unzip xmllint mke2fs zip awk
rounds=${BENCH_ROUNDS:-3}
# shellcheck disable=SC2034 # once() has it
allowed=1 # evidence may be damaged
count=${TEXT_COUNT:-5000}

make_docx() {
	local w='xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
	mkdir -p "$tmp/docx/word"
	echo '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>' \
	    >"$tmp/docx/[Content_Types].xml"
	{
		echo "<w:document $w><w:body>"
		seq 1 400 | sed 's,.*,<w:p><w:r><w:t>paragraph & of many</w:t></w:r></w:p>,'
		echo '</w:body></w:document>'
	} >"$tmp/docx/word/document.xml"
	(cd "$tmp/docx" && zip -q -X -r "$tmp/a.docx" '[Content_Types].xml' word)
}
make_files() {
	local i=0 dir
	mkdir "$tmp/files"
	make_docx
	seq -f 'line %g of a text' 1 20000 >"$tmp/lines"
	while [ $i -lt "$count" ]; do
		dir=$tmp/files/$((i / 500))
		[ -d "$dir" ] || mkdir "$dir"
		case $((i % 4)) in
		0) tail -c +$((i + 1)) "$tmp/lines" | head -c 20000 >"$dir/$i.txt" ;;
		1) cp "$tmp/a.docx" "$dir/$i.docx" ;;
		2) { echo '<html><body>'; head -n 200 "$tmp/lines" | sed 's/$/<br>/'; } \
			>"$dir/$i.html" ;;
		3) { printf 'From: a@example.org\nSubject: %d\nDate: %s\n\n' $i \
			'Wed, 17 May 2000 19:10:31 +0000'; head -n 200 "$tmp/lines"; } \
			>"$dir/$i.eml" ;;
		esac
		i=$((i + 1))
	done
	truncate -s $((count * 20000 + 64000000)) "$tmp/image.raw"
}
image_of TEXT $((count / 10000 + 2)) make_files
find "$files" -type f -name '*.pdf' -print0 >"$tmp/pdf"
find "$files" -type f \( -name '*.docx' -o -name '*.xlsx' -o -name '*.pptx' \) \
    -print0 >"$tmp/ooxml"
n=$(find "$files" -type f | wc -l)
[ "$n" -gt 0 ] || die "no file in $files"

q() { printf %q "$1"; }
walk="$(q "$B/bin/spill-walk") -q $(q "$image")"
text="$(q "$B/bin/spill-text") -q"
cost() { once "$1" null bash -c "set -o pipefail; $2"; }
# The others may refuse what is damaged.
pdf="xargs -0 -r -n 1 -a $(q "$tmp/pdf") sh -c 'pdftotext -q \"\$0\" - || :'"
xml="xargs -0 -r -n 1 -a $(q "$tmp/ooxml") sh -c \
'unzip -p \"\$0\" \"word/*.xml\" \"xl/*.xml\" \"ppt/*.xml\" 2>/dev/null | \
sed \"s/<?xml[^>]*>//g; 1s/^/<all>/; \\\$s,\\\$,</all>,\" | \
xmllint --nonet --recover --xpath \"string(/)\" - 2>/dev/null || :'"
for ((round = 1; round <= rounds; round++)); do
	echo "round $round of $rounds"
	cost walk "$walk"
	cost text-1 "$walk | $text -j 1"
	cost text-2 "$walk | $text -j 2"
	cost text-2-files "$walk | $text -j 2 --no-members"
	cost pdftotext "$pdf"
	cost unzip-xmllint "$xml"
done
result "walk and text, $n files and their members:" \
    "$(median text-2 2) CPU seconds (wanted for the office image: 45);" \
    "pdftotext of its $(tr -cd '\0' <"$tmp/pdf" | wc -c) PDF: $(median pdftotext 2)," \
    "unzip and xmllint of its $(tr -cd '\0' <"$tmp/ooxml" | wc -c) OOXML:" \
    "$(median unzip-xmllint 2)"
result "text, one lane / two, by the clock: $(ratio "$(median text-1 3)" \
    "$(median text-2 3)") times"
table
bench_end
