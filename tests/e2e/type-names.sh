#!/bin/bash
# type-names.sh [MODE]: members whose names lead out of the archive, are no
# text, or would drive a terminal: through spill-type they are exact and do no
# harm. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=names
export LC_ALL=C TZ=UTC PATH="$B/bin:$PATH"
command -v python3 >/dev/null || skip_all "no python3"
mkdir -p "$tmp/deep/er/x" "$tmp/scratch"
fixtures/make-names "$tmp/deep/er/x" || bail "no fixtures"
export TMPDIR=$tmp/scratch
cd "$tmp/deep/er/x" || exit 2
there() { find "$tmp/deep" -printf '%p %y %s %T@\n' | sort; }
mkdir "$tmp/out"
out=$tmp/out
there >"$out/before"

# What item and path of each are, by spillkit-locator(7) and spillkit-records(5).
cat >"$out/want.py" <<'END'
import hashlib
import string
import sys
import unicodedata

KEPT = string.ascii_letters + string.digits + '._-/+'


def escape(raw, plain):
    text = raw.decode('utf-8', 'surrogateescape')
    out = ''
    for c in text:
        own = c.encode('utf-8', 'surrogateescape')
        good = ord(c) > 127 and not '\udc80' <= c <= '\udcff' and \
            unicodedata.category(c)[0] not in 'CZ'
        out += c if plain(c) or good else ''.join('%%%02X' % b for b in own)
    return out


container, seen = sys.argv[1], {}
for line in sys.stdin:
    raw = bytes.fromhex(line)
    item = escape(raw, lambda c: c in KEPT)
    path = escape(raw, lambda c: ' ' <= c <= '~' and c != '%')
    seen[raw] = seen.get(raw, 0) + 1
    if seen[raw] > 1:
        item += '~%d' % seen[raw]
    path = (container + '/' + path).replace('\\', '\\\\')
    print('file:%s:%s' % (container, item), path, len(raw),
          hashlib.sha256(raw).hexdigest(), sep='\t')
END
for f in names.zip names.tar; do
	python3 "$out/want.py" $f <names.want >"$out/want"
	spill-type -q --format tsv $f >"$out/rows" 2>"$out/said"
	status=$?
	[ $status -eq 0 ] && [ ! -s "$out/said" ] || head -n 3 "$out/said" >>"$why"
	columns item path size sha256 kind <"$out/rows" |
		awk -F'\t' -v OFS='\t' '$5 == "member" { NF = 4; print }' |
		diff -a "$out/want" - >>"$why"
	tap "$f: item, path and content of each"
done
cut -f 1,4 "$out/want" | sed 's/names.tar/names.zip/' >"$out/items"
while IFS=$'\t' read -r item sha256; do
	[ "$(spill-cat -q "$item" </dev/null | sha256sum)" = "$sha256  -" ] ||
		echo "$item" >>"$why"
done <"$out/items"
tap "spill-cat finds each by its item"

spill-type -q nul.zip 2>"$out/said" | cut -d , -f 1,12 | sed 1,2d >"$out/got"
printf 'file:nul.zip:%s\n' a%00b,3 %00,1 ~1,0 ~2,0 | diff - "$out/got" >>"$why"
[ "$(spill-cat file:nul.zip:a%00b | od -An -c | tr -d ' ')" = 'a\0b' ] ||
	echo "not its bytes" >>"$why"
tap "names with NUL, and without any byte"

spill-type -q --format tsv huge.zip >"$out/rows" 2>"$out/said"
status=$?
columns item size <"$out/rows" | grep -qP '^file:huge.zip:behind\t0$' ||
	echo "what is behind them is lost" >>"$why"
# One that no locator can name is told at least.
if [ "$(columns path <"$out/rows" | grep -c '/NNNN')" != 1 ]; then
	[ "$status" -eq 1 ] || echo "status $status" >>"$why"
	grep -q 'limit of bytes of a locator' "$out/said" ||
		cut -c 1-200 "$out/said" >>"$why"
fi
tap "names of 65,535 bytes"

# --- links, devices ------------------------------------------------------------

spill-type -q --format tsv links.tar 2>"$out/said" |
	columns item kind mode sha256 | sed 1d | cut -c 1-60 >"$out/got"
h() { printf %b "$1" | sha256sum | cut -c 1-64; }
{
	printf 'out\tlink\t644\t\nout/through\tmember\t644\t%s\n' "$(h 'EXERCISE\n')"
	printf 'hard\tlink\t644\t\nnull\tspecial\t644\t\ndisk\tspecial\t644\t\n'
	printf 'pipe\tspecial\t644\t\nroot\tmember\t6755\t%s\n' "$(h '#!/bin/sh\n')"
} | sed 's/^/file:links.tar:/' | cut -c 1-60 | diff - "$out/got" >>"$why"
[ "$(spill-cat file:links.tar:out/through)" = EXERCISE ] || echo "no bytes" >>"$why"
tap "links, devices, set-uid: they are told, and nothing follows them"

# --- harmless --------------------------------------------------------------------

# No control byte but TAB and LF, and valid UTF-8.
plain() {
	python3 -c '
import sys, unicodedata
text = sys.stdin.buffer.read().decode("utf-8")
bad = {c for c in text if c not in "\t\n" and unicodedata.category(c)[0] == "C"}
if bad:
    print("raw", sorted(map(ascii, bad)))' 2>&1
}
for format in csv tsv jsonl; do
	for f in names.zip names.tar nul.zip; do
		spill-type -q --format $format $f
	done 2>&1 | plain >>"$why"
done
spill-type bad.zip >"$out/rows" 2>"$out/said"
status=$?
[ $status -eq 1 ] && [ "$(grep -c 'CRC-32' "$out/said")" = "$(wc -l <names.want)" ] ||
	head -n 3 "$out/said" >>"$why"
plain <"$out/said" >>"$why"
spill-type -q --errors "$out/errors" bad.zip >"$out/rows" 2>"$out/said"
plain <"$out/errors" >>"$why"
tap "rows and errors have no byte that a terminal acts upon"
spill-type -q names.zip 2>/dev/null >"$out/rows.csv"
spill-type -q --format tsv names.zip 2>/dev/null >"$out/rows.tsv"
python3 - "$out/rows.csv" "$out/rows.tsv" >>"$why" 2>&1 <<'END'
import csv
import sys

with open(sys.argv[1], encoding='utf-8', newline='') as f:
    ours = list(csv.reader(f, strict=True))
with open(sys.argv[2], encoding='utf-8', newline='') as f:
    theirs = [line.rstrip('\n').split('\t') for line in f]
theirs = [[c.replace('\\\\', '\\') for c in row] for row in theirs]
if ours != theirs or len(ours) < 40:
    print(len(ours), 'rows are not', len(theirs))
END
tap "csv and tsv say the same"
# (There may be the program, and no terminals to be had.)
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	script -qec "spill-type names.zip; spill-type bad.zip" /dev/null \
	    </dev/null 2>&1 | tr -d '\r' >"$out/tty"
	[ "$(wc -l <"$out/tty")" -gt 80 ] || wc -l "$out/tty" >>"$why"
	# The progress has its own control bytes; those of the names have none.
	! grep -aq $'\x1b\\[31m\|\x07\|\x7f\|\xc2\x85\|\xe2\x80\xae' "$out/tty" ||
		echo "raw names on a terminal" >>"$why"
	tap "on a terminal"
else
	skip "on a terminal" "no terminal by script(1)"
fi
there | diff "$out/before" - >>"$why"
find "$TMPDIR" -mindepth 1 >>"$why"
[ ! -e /tmp/through ] || echo "it went through the link" >>"$why"
tap "nothing was written anywhere"
tap_end
