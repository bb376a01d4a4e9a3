#!/bin/bash
# text-liar.sh [MODE]: spill-text and spill-mark with a worker-pdf and a
# worker-sqlite that lie (tests/worker/worker-liar-said.c): each lie costs its
# document an error record, and no other document anything. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite="lying workers of documents"
mkdir -p "$tmp/t/bin" "$tmp/t/libexec/spillkit"
cp "$B/bin/spill-text" "$B/bin/spill-mark" "$tmp/t/bin" &&
    cp "$B/libexec/spillkit/worker-content" "$tmp/t/libexec/spillkit/" &&
    cp "$B/tests/libexec/worker-liar-said" \
	"$tmp/t/libexec/spillkit/worker-pdf" &&
    cp "$B/tests/libexec/worker-liar-said" \
	"$tmp/t/libexec/spillkit/worker-sqlite" || bail "it is not built"
export TMPDIR=$tmp LC_ALL=C.UTF-8 TZ=UTC
cd "$tmp" || exit 2

# document FORMAT NAME TEXT: one that its worker looks at for its word.
document() {
	case $1 in
	pdf) printf '%%PDF-1.4\n%s\n' "$3" ;;
	sqlite) printf 'SQLite format 3\0%s\n' "$3"; head -c 4096 /dev/zero ;;
	esac >"$2"
}
# run TOOL ARG...: the rows are in rows, what it says in said.
run() {
	rm -f errors
	timeout 100 "t/bin/spill-$1" -q --jobs 1 --format tsv --errors errors \
	    "${@:2}" -- a b c >rows 2>said
	status=$?
}
# safe: nothing that acts on a terminal, and no lie, is in what it wrote.
safe() {
	! grep -aHn $'LIE\|other:\|passwd\|[\x01-\x08\x0b-\x1f\x7f]\|\xc2\x9b' \
	    rows said errors >>"$why"
}
# others: a and c are as they are without b.
others() {
	grep -a $'^[^\t]*:[ac]\t' rows | diff honest - >>"$why"
}
# lies TOOL NAME OPTION...: each word of the input, and the code of its error.
lies() {
	local tool=$1 name=$2 word code
	shift 2
	document "$format" a honest
	document "$format" c honest
	echo none >b
	run "$tool" "$@"
	ended 0 $status "honest"
	grep -a $'^[^\t]*:[ac]\t' rows >honest
	[ "$(grep -c true honest)" -ge 2 ] || head -n 5 rows said >>"$why"
	tap "$name: the truth comes through"
	while read -r word code; do
		document "$format" b "LIE $word"
		run "$tool" "$@"
		ended 1 $status "$word"
		safe
		others
		grep -q ",file:b,b,${code:-protocol}," errors ||
		    { echo "$word:"; head -n 5 errors; } >>"$why"
		tap "$name: $word"
	done
}

for format in pdf sqlite; do
	lies text "$format, text" <<-END
		item
		evidence
		path
		page
		role
		offset
		part
		text
		text-line
		text-c1
		text-utf8
		text-long
		text-huge
		no-column
		far-column
		no-role
		no-text
		own-row
		family
		v-level
		m-class
		garbage
		empty
		bytes
		error-escapes
		error-code
		last-words damaged
		dies crash
	END
	document "$format" b "LIE text-long"
	run text --plain
	ended 1 $status "plain"
	[ "$(grep -c '^true$' rows)" = 2 ] || head -n 5 rows >>"$why"
	tap "$format: a long line, plain"
	lies mark "$format, verdict" <<-END
		v-item
		v-sha256
		v-alloc
		v-class
		v-level
		v-rank
		v-score
		v-flags
		v-reason
		v-column
		v-guid
		v-label
		v-label-scheme
		v-label-level
		v-label-rank
		v-no-class
		v-long
		text
	END
	lies mark "$format, markings" --each <<-END
		m-item
		m-class
		m-text
		m-page
		m-column
		m-no-text
		m-long
	END
done
tap_end
