#!/bin/bash
# text-answers.sh [MODE]: the answers of the test data, documents and mail, hold
# for what spill-text says of them: words, titles, authors, producers, pages,
# sheets; subjects, senders, receivers and dates. No document is empty in
# silence. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=text-answers
check=$PWD/tests/e2e/text_check.py
[ -e ../shared/testdata/documents/answers.csv ] || skip_all "no ../shared/testdata"
python=$(command -v python3) || skip_all "no python3"
cd ../shared/testdata || exit 2
export PYTHONDONTWRITEBYTECODE=1

find documents mail/eml mail/mbox -type f ! -name README.md \
    ! -name answers.csv | sort >"$tmp/files"
tr '\n' '\0' <"$tmp/files" | xargs -0 timeout 500 "$B/bin/spill-text" -q \
    --format tsv --errors "$tmp/errors" >"$tmp/rows" 2>"$tmp/said"
code=$?
# xargs has 123 for 1: some are damaged.
[ $code -eq 123 ] || { echo "status $code"; head -n 5 "$tmp/said"; } >>"$why"

# hold AREA LEAST PREFIX...: all but what the list on standard input excuses.
hold() {
	local area=$1 least=$2 looked
	shift 2
	cat >"$tmp/excused"
	"$python" "$check" answers "$tmp/rows" "$area" "$area/answers.csv" "$@" \
	    >"$tmp/all" 2>>"$why"
	looked=$(tail -n 1 "$tmp/all")
	[ "${looked:-0}" -ge "$least" ] || echo "only $looked answers" >>"$why"
	sed '$d' "$tmp/all" >"$tmp/wrong"
	grep -vxFf "$tmp/excused" "$tmp/wrong" >>"$why"
	# An excuse that nothing needs any more goes.
	grep -vxFf "$tmp/wrong" "$tmp/excused" | sed 's/^/needless: /' >>"$why"
}

# What the extractors that made the answers say and no document does: unrtf its
# own "AUTHOR:", "TITLE:" and "### picture data", and bytes of \'hh or of
# multibyte characters as if they were Latin-1; odt2txt "[-- Image: name --]";
# docx2txt the name spaces of a tag that it does not take for one; pdfinfo the
# next line as the title where there is none; ExifTool "Unknown".
artefacts() {
	cat <<-'END'
	docx/tika_testSubdocument.docx: text.must_contain: http
	docx/tika_testSubdocument.docx: text.must_contain: main
	docx/tika_testSubdocument.docx: text.must_contain: officedocument
	docx/tika_testSubdocument.docx: text.must_contain: relationships
	docx/tika_testSubdocument.docx: text.must_contain: schemas
	docx/tika_testSubdocument.docx: text.must_contain: xmlns
	odt/tika_testODTEmbedded.odt: text.must_contain: image
	odt/tika_testODTEmbeddedImageLink.odt: text.must_contain: image
	opf/embedded-png.odt: text.must_contain: graphics
	opf/embedded-png.odt: text.must_contain: image
	pdf/tika_testExtraSpaces.pdf: title: Subject:
	rtf/tika_testBinControlWord.rtf: text.must_contain: author
	rtf/tika_testBinControlWord.rtf: text.must_contain: pict
	rtf/tika_testBinControlWord.rtf: text.must_contain: title
	rtf/tika_testComment.rtf: text.must_contain: author
	rtf/tika_testRTFControls.rtf: text.must_contain: author
	rtf/tika_testRTFCorruptListOverride.rtf: text.must_contain: author
	rtf/tika_testRTFJapanese.rtf: text.must_contain: author
	rtf/tika_testRTFJapanese.rtf: text.must_contain: fkdw
	rtf/tika_testRTFJapanese.rtf: text.must_contain: jinj
	rtf/tika_testRTFJapanese.rtf: text.must_contain: kddfo
	rtf/tika_testRTFJapanese.rtf: text.must_contain: lddfd
	rtf/tika_testRTFJapanese.rtf: text.must_contain: qyshjo
	rtf/tika_testRTFNewlines.rtf: text.must_contain: author
	rtf/tika_testRTFNewlines.rtf: text.must_contain: title
	rtf/tika_testRTFVarious.rtf: text.must_contain: author
	rtf/tika_testRTFWord2010CzechCharacters.rtf: text.must_contain: izaj
	rtf/tika_testRTFWord2010CzechCharacters.rtf: text.must_contain: naaeho
	rtf/tika_testRTFWord2010CzechCharacters.rtf: text.must_contain: texto
	rtf/tika_testRTFWordPadCzechCharacters.rtf: text.must_contain: izaj
	rtf/tika_testRTFWordPadCzechCharacters.rtf: text.must_contain: naaeho
	rtf/tika_testRTFWordPadCzechCharacters.rtf: text.must_contain: texto
	rtf/tika_testRTF_npeFromWMFInTikaServer.rtf: text.must_contain: author
	rtf/tika_testRTF_npeFromWMFInTikaServer.rtf: text.must_contain: title
	END
}
mapfile -t opf < <(sed -nE 's,^documents/(opf/.*\.(pdf|od[pst]|rtf))$,\1,p' \
    "$tmp/files")
artefacts | hold documents 270 docx/ docm/ dotx/ xlsx/ pptx/ odt/ ods/ odp/ \
    pdf/ rtf/ html/ txt/ "${opf[@]}"
tap "documents"
hold mail 160 eml/ mbox/ </dev/null
tap "mail"

# Each file: lines, or a word that there are none to be had.
"$python" - "$tmp/rows" "$tmp/errors" "$tmp/files" >"$tmp/all" 2>>"$why" <<'END'
import csv
import sys
from urllib.parse import unquote

with open(sys.argv[1], encoding='utf-8', newline='\n') as f:
    told = {unquote(line.split('\t')[1]) for line in f}
with open(sys.argv[2], encoding='utf-8', newline='') as f:
    told |= {unquote(row['evidence']) for row in csv.DictReader(f)}
print(*(name for name in open(sys.argv[3]).read().splitlines()
        if name not in told), sep='\n')
END
# A page that draws nothing, as pdftotext finds, too; a signature alone; EBCDIC
# of Arabic and what a fuzzer or DisplayWrite made are no text that is known.
grep -vxFf - "$tmp/all" >>"$why" <<'END'
documents/html/tika_test_ignore_IBM420.html
documents/one/tika_testOneNote-fuzz1.one
documents/opf/T02-05-01_008_Font-set-operator-missing.pdf
documents/opf/T02-05-01_013_stream-keyword-missing.pdf
documents/opf/testIBMDisplayWrite42.doc
documents/pdf/tika_testPDF_malformedXFA.pdf
documents/pdf/tika_testPDF_sigflags.pdf
mail/eml/tika_testPKCS7_signature_ind.p7s
END
tap "no document is empty in silence"
tap_end
