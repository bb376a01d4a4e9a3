#!/bin/bash
# text-office.sh [MODE]: documents that LibreOffice makes of fixtures/office: each
# sentence is found on its page, in its role. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=text-office
command -v soffice >/dev/null || skip_all "no soffice"
fixtures=$PWD/fixtures/office
cd "$tmp" || exit 2
export HOME=$tmp/home

# finds FILE FORMAT: page, role and last word of each sentence, as standard
# input says.
finds() {
	local base=${1%.*}
	sort >want
	timeout 120 soffice --headless --convert-to "$2" --outdir . \
	    "$fixtures/$1" >log 2>&1
	"$B/bin/spill-text" -q --format tsv "$base.$2" 2>said |
		columns page role text |
		awk -F'\t' -v OFS='\t' '$3 ~ /exercise/ {
			sub(/.*exercise /, "", $3); sub(/[^A-Za-z].*/, "", $3)
			print $1, $2, $3 }' | sort -u >got
	diff want got >>"$why"
	tap "$base.$2"
}
running() {
	printf '%s\n' '	property	Amber' '	property	Birch' \
	    '	watermark	Dune' '	header	Cedar' '	header	Elm' \
	    '	footer	Fjord' '	footer	Gale' '1	title	Hazel' \
	    '1	body	Iris' '1	hidden	Lilac' '1	textbox	Moss' \
	    '1	table	Nettle' '2	body	Olive' '3	body	Pine'
}
finds text.fodt docx < <(
	running
	printf '%s\n' '	note	Juniper' '	comment	Kelp'
)
finds text.fodt odt < <(
	running
	printf '%s\n' '1	note	Juniper' '1	comment	Kelp'
)
# A PDF has no roles but those of place, repetition and slant: what stands on the
# first page alone is told by where it is.
finds text.fodt pdf <<'END'
	property	Amber
	property	Birch
1	body	Hazel
1	body	Iris
1	body	Juniper
1	body	Moss
1	body	Nettle
1	footer	Gale
1	header	Elm
2	body	Olive
2	footer	Fjord
2	header	Cedar
2	watermark	Dune
3	body	Pine
3	footer	Fjord
3	header	Cedar
3	watermark	Dune
END
finds sheets.fods xlsx <<'END'
1	comment	Dune
1	footer	Birch
1	header	Amber
1	table	Elm
2	footer	Birch
2	header	Amber
2	table	Gale
END
finds sheets.fods ods <<'END'
	footer	Birch
	header	Amber
1	comment	Dune
1	table	Elm
2	table	Gale
END
slides() {
	printf '%s\n' '	property	Amber' '	textbox	Birch' '1	footer	Cedar' \
	    '2	footer	Cedar' '1	title	Elm' '1	body	Fjord' \
	    '1	textbox	Gale' '1	note	Hazel' '2	title	Iris' \
	    '2	comment	Juniper' '3	hidden	Kelp'
}
finds slides.fodp pptx < <(slides)
finds slides.fodp odp < <(
	slides
	printf '%s\n' '1	header	Dune'
)
tap_end
