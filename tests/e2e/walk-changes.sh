#!/bin/bash
# walk-changes.sh [MODE]: evidence that somebody changes while it is read is
# told, in one line and with status 3; evidence that was read is as it was
# before: its bytes, its times, its folder. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=walk-changes
export LC_ALL=C TZ=UTC PATH="$PATH:/sbin:/usr/sbin"
walk=$B/bin/spill-walk cat=$B/bin/spill-cat
command -v mke2fs >/dev/null || skip_all "no mke2fs"
${CC:-cc} -std=gnu17 -O1 -D_GNU_SOURCE -o "$tmp/ewf" fixtures/ewf.c \
    fixtures/fix.c fixtures/key.c -lcrypto -lz 2>"$tmp/log" ||
	skip_all "fixtures/ewf.c does not compile here"
cd "$tmp" || exit 2

# More rows and more bytes than fit between two processes and their reader,
# so that a tool whose output is not read is in the middle of its work. And as
# an E01 set of several segments.
make_evidence() {
	local long
	long=$(printf 'n%.0s' {1..160})
	mkdir whole tree && (cd tree && seq -f 'd%02g' 0 49 | xargs mkdir &&
	    seq 0 9999 |
	    awk -v l="$long" '{ printf "d%02d/%s%d\n", $1 % 50, l, $1 }' |
	    xargs touch && seq 1 700000 >large)
	truncate -s 24M whole/c.raw
	mke2fs -q -t ext2 -F -N 12000 -d tree whole/c.raw
	./ewf whole/c.raw whole/e
	rm -r tree
}
make_evidence >log 2>&1 || bail "no evidence: $(head -n 1 log)"
large=$("$walk" -q whole/c.raw | grep -m 1 ',/large,' | cut -d , -f 1)
[ -n "$large" ] && [ -e whole/e.E03 ] || bail "the evidence is not as meant"
last=(whole/e.E*)
last=${last[-1]##*.E}

# --- changes ------------------------------------------------------------

# change CHANGE TOOL ARG...: run the tool on fresh evidence, and CHANGE when it
# is in the middle; $code is its status, "said" what it said.
change() {
	local how=$1
	shift
	rm -rf work pipe
	cp -R --sparse=always whole work
	mkfifo pipe
	timeout -k 5 60 "$@" >pipe 2>said &
	exec 3<pipe
	head -c 100000 <&3 >out
	(cd work && eval "$how") || echo "cannot change it" >>"$why"
	cat <&3 >>out
	exec 3<&-
	wait $!
	code=$?
}
# told LINE LIMIT: status 3, that line once, LIMIT lines at most.
told() {
	[ "$code" -eq 3 ] || echo "status $code" >>"$why"
	[ "$(grep -cxF "$1" said)" -eq 1 ] || echo "it does not say: $1" >>"$why"
	[ "$(wc -l <said)" -le "$2" ] || echo "$(wc -l <said) lines" >>"$why"
	[ ! -s "$why" ] || head -n 12 said >>"$why"
}

# Without a change, the same way.
change true "$walk" work/c.raw
[ $code -eq 0 ] || { echo "status $code"; cat said; } >>"$why"
[ "$(wc -l <out)" -gt 10000 ] || echo "$(wc -l <out) rows only" >>"$why"
tap "no change, and it is read slowly: nothing is told"

while IFS='|' read -r name how; do
	change "$how" "$walk" work/c.raw
	# In noise each record that there was is damaged, and is told to be.
	case $name in *noise) lines=20000 ;; *) lines=8 ;; esac
	told "spill-walk: evidence 'work/c.raw' changed while it was read" $lines
	tap "spill-walk: $name"
	change "$how" "$cat" -e work/c.raw "$large"
	told "spill-cat: evidence 'work/c.raw' changed while it was read" 4
	tap "spill-cat: $name"
done <<'EOF'
an image that grows|printf x >>c.raw
an image with one other byte|printf x | dd of=c.raw bs=1 seek=5000 conv=notrunc status=none
an image that is cut to a third|truncate -s 8M c.raw
an image that is cut to nothing|truncate -s 0 c.raw
an image that is replaced by a copy|cp -p c.raw d.raw && mv d.raw c.raw
an image whose times are set back|touch -r e.E01 c.raw
an image that is overwritten with noise|dd if=/dev/urandom of=c.raw bs=1M count=24 conv=notrunc status=none
EOF
gone="evidence 'work/c.raw' changed while it was read: it is gone"
change 'rm c.raw' "$walk" work/c.raw
told "spill-walk: $gone" 1
tap "spill-walk: an image that is removed"

while IFS='|' read -r name segment how; do
	change "$how" "$walk" work/e.E01
	told "spill-walk: evidence 'work/$segment' changed while it was read" 8
	tap "spill-walk: $name"
	change "$how" "$cat" -e work/e.E01 "e${large#c}"
	told "spill-cat: evidence 'work/$segment' changed while it was read" 4
	tap "spill-cat: $name"
done <<EOF
a segment that is cut in half|e.E02|truncate -s 250000 e.E02
the first segment is cut to nothing|e.E01|truncate -s 0 e.E01
the last segment grows|e.E$last|printf x >>e.E$last
EOF

# --- nothing is touched -------------------------------------------------

rm -rf work
cp -R --sparse=always whole work
(cd work && sha256sum ./*) >sums
# So old that reading would show, also where relatime is in force.
echo probe >probe
touch -a -d 2001-02-03T04:05:06 work/* probe
before=$(stat -c %x probe)
cat probe >log
[ "$(stat -c %x probe)" != "$before" ] && keeps_atime=
# state: what can be seen of it without reading it.
state() {
	stat -c '%n %i %s %x %y %z %a %u %h' work/*
	stat -c '%y %z' work
}
run() {
	"$@" >log 2>said || { echo "status $?: $*"; cat said; } >>"$why"
}
state >state.before
for f in c.raw e.E01; do
	item=${f%.*}${large#c}
	run "$walk" -q work/$f
	run "$walk" -q -rsa --seal work/$f
	run "$walk" -q --list work/$f
	run "$walk" -q --evidence-record work/$f
	run "$walk" -q --no-sandbox work/$f
	run "$cat" -q -e work/$f "$item"
	sum=$(sha256sum <log)
	run "$cat" -q --verify "${sum%% *}" -e work/$f "$item"
	run "$cat" -q -r 100000+5 -e work/$f "$item"
	run "$cat" -q -e work/$f "${f%.*}::@0+1000000"
done
state >state.after
diff state.before state.after >>"$why"
tap "nothing is touched: size, times, mode, folder"
(cd work && sha256sum --quiet -c ../sums) >>"$why" 2>&1
tap "nothing is touched: bytes"
[ -n "${keeps_atime-yes}" ] &&
	skip "the time of the last access would show" "this folder keeps none"
tap_end
