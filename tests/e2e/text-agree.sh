#!/bin/bash
# text-agree.sh [MODE]: of the words that another extractor finds in a document
# of the test data, at least 99 in 100 are found by spill-text, in each format:
# pdftotext for PDF, the character data of the parts (unzip, xmllint) for OOXML
# and ODF, LibreOffice for RTF, HTML and what it reads of the others, Python's
# email module for mail. The table is printed. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=text-agree
check=$PWD/tests/e2e/text_check.py
[ -e ../shared/testdata/documents ] || skip_all "no ../shared/testdata"
python=$(command -v python3) || skip_all "no python3"
cd ../shared/testdata || exit 2
export PYTHONDONTWRITEBYTECODE=1 HOME=$tmp/home
mkdir "$HOME" "$tmp/other"

# IBM420 is EBCDIC of Arabic, which LibreOffice shows as what it is not.
find documents mail/eml -type f ! -path '*/fuzzed/*' ! -name '*.csv' \
    ! -name README.md ! -name '*_IBM420.html' | sort >"$tmp/files"
tr '\n' '\0' <"$tmp/files" | xargs -0 timeout 500 "$B/bin/spill-text" -q \
    --format tsv --errors "$tmp/errors" >"$tmp/rows" 2>"$tmp/said"

# list PATTERN: the files, but for those that are encrypted.
list() {
	grep -E "$1" "$tmp/files" | grep -vFf <(
		"$python" -c 'import csv, sys
for r in csv.DictReader(open(sys.argv[1])):
    if r["code"] == "encrypted":
        print(r["evidence"])' "$tmp/errors")
}
# share NAME LEAST PATTERN COMMAND: what COMMAND FILE prints; fewer files than
# LEAST that it has words of are too few.
share() {
	local name=$1 least=$2 pattern=$3 file other i=0
	: >"$tmp/list"
	while read -r file; do
		other=$tmp/other/$name-$((i += 1))
		"$4" "$file" </dev/null >"$other" 2>"$tmp/log"
		[ ! -s "$other" ] || printf '%s\t%s\n' "$file" "$other" >>"$tmp/list"
	done < <(list "$pattern")
	"$python" "$check" agree "$tmp/rows" "$tmp/list" "$name" >"$tmp/all" 2>>"$why"
	awk -F'\t' 'NR == 1 { printf "# %-12s %4d files %7d words %7d found %s\n",
		$1, $2, $3, $4, $5 }' "$tmp/all"
	awk -F'\t' -v least="$least" 'NR == 1 && ($2 < least || $5 < 0.99) {
		print "only " $2 " files, share " $5; bad = 1 } NR > 1 && bad' \
	    "$tmp/all" >>"$why"
	[ -s "$tmp/all" ] || echo "nothing" >>"$why"
	tap "$name"
}

# --- the others --------------------------------------------------------------

pdf() { timeout 20 pdftotext -q "$1" -; }

# Each paragraph and cell is one line: runs of it belong together. Places of
# shapes and how a word is pronounced are not its text.
strip() {
	sed -E 's,<wp(14)?:(posOffset|align|pctWidth|pctHeight)>[^<]*,,g
	    s,<rPh [^>]*><t>[^<]*</t></rPh>,,g
	    s,</(w:p|w:tc|w:instrText|a:p|si|c|v|t|text:(p|h)|dc:(date|creator)|table:table-cell)>,&\
,g
	    s,<(w:(tab|br|cr)|text:(tab|line-break|s)|a:br)[ />][^>]*>?, ,g
	    s,<[^>]*>,,g' |
	    sed "s,&lt;,<,g; s,&gt;,>,g; s,&quot;,\",g; s,&apos;,',g; s,&amp;,\&,g"
}
# parts FILE PATTERN...: what xmllint has of them, one encoding, no entities.
parts() {
	local file=$1 part
	shift
	unzip -Z1 "$file" "$@" 2>>"$tmp/log" | while read -r part; do
		unzip -p "$file" "$part" | xmllint --nonet --encode UTF-8 - | strip
	done
}
word() { parts "$1" 'word/document.xml' 'word/header*.xml' 'word/footer*.xml' \
	'word/footnotes.xml' 'word/endnotes.xml' 'word/comments.xml'; }
slides() { parts "$1" 'ppt/slides/slide*.xml' 'ppt/notesSlides/*.xml' \
	'ppt/comments/*.xml'; }
sheets() { parts "$1" 'xl/sharedStrings.xml' 'xl/comments*.xml'; }
odf() { parts "$1" content.xml; }

# office FILE: as LibreOffice has it, made before.
office() { local name=${1##*/}; cat "$tmp/office/${name##*.}/${name%.*}.txt"; }
# make_office EXTENSION [OPTION]: all at once, its start takes seconds.
make_office() {
	local ext=$1 all
	shift
	mapfile -t all < <(list "\\.$ext\$")
	timeout 100 soffice --headless "$@" --convert-to \
	    "txt:Text (encoded):UTF8" --outdir "$tmp/office/$ext" "${all[@]}" \
	    </dev/null >>"$tmp/log" 2>&1
}

# mail FILE: subject and texts by Python.
mail() {
	"$python" - "$1" <<'END'
import email
import email.policy
import re
import sys

with open(sys.argv[1], 'rb') as f:
    message = email.message_from_binary_file(f, policy=email.policy.default)
print(message['subject'] or '')
for part in message.walk():
    if part.get_content_type() == 'text/plain':
        print(part.get_content())
END
}

echo "# format        files  words that others find, found by spill-text, share"
if command -v pdftotext >/dev/null; then
	share pdf 30 '\.pdf$' pdf
else
	skip pdf "no pdftotext"
fi
if command -v xmllint >/dev/null && command -v unzip >/dev/null; then
	share docx 25 '\.(docx|docm|dotx)$' word
	share pptx 12 '\.pptx$' slides
	share xlsx 15 '\.xlsx$' sheets
	share odf 8 '\.od[tsp]$' odf
else
	for f in docx pptx xlsx odf; do skip $f "no unzip or no xmllint"; done
fi
if command -v soffice >/dev/null; then
	for f in rtf docx odt; do make_office $f; done
	make_office html "--infilter=HTML (StarWriter)"
	share rtf-office 14 '\.rtf$' office
	share html-office 8 '\.html$' office
	share docx-office 25 '\.docx$' office
	share odt-office 6 '\.odt$' office
else
	for f in rtf html docx odt; do skip "$f-office" "no soffice"; done
fi
share mail 25 '^mail/eml/.*\.(eml|txt)$' mail
tap_end
