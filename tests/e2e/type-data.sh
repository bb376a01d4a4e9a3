#!/bin/bash
# type-data.sh [MODE]: archives, mail and files of all types of the test data
# through spill-type, against the answers that stand there. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=data
export LC_ALL=C.UTF-8 TZ=UTC PATH="$B/bin:$PATH"
check=$PWD/tests/e2e/type_data_check.py
shared=$PWD/../shared/testdata
command -v python3 >/dev/null || skip_all "no python3"
for d in archives mail filetypes; do
	[ -e "$shared/$d/answers.csv" ] || skip_all "no $shared/$d"
done
mkdir "$tmp/scratch"
export TMPDIR=$tmp/scratch
cd "$shared" || exit 2
find archives mail filetypes -type f ! -name README.md ! -name answers.csv |
	sort >"$tmp/files"
xargs -d '\n' spill-type -q --format tsv <"$tmp/files" >"$tmp/rows" 2>"$tmp/said"
# xargs says 123 of 1: many are damaged on purpose.
[ $? -eq 123 ] || echo "status" >>"$why"
columns kind <"$tmp/rows" | grep -c '^file$' | grep -qx "$(wc -l <"$tmp/files")" ||
	echo "not each file has a row" >>"$why"
! grep -E 'died of it|worker-(content|fs): ' "$tmp/said" >>"$why"
tap "each of $(wc -l <"$tmp/files") files, and no worker died"

# agrees WHAT LEAST NAME: at least so many facts are compared, and agree.
agrees() {
	"$check" "$1" "$shared" "$tmp/rows" >"$tmp/out" 2>&1 || cat "$tmp/out" >>"$why"
	grep -v '^compared' "$tmp/out" >>"$why"
	count=$(sed -n 's/^compared //p' "$tmp/out")
	[ "${count:-0}" -ge "$2" ] || echo "only ${count:-none} compared" >>"$why"
	tap "$3: $count facts"
}
agrees types 1500 "size, hash and type of each file"
agrees members 600 "members of archives, and which of them are encrypted"
agrees content 150 "their size and hash, as Python unpacks them"
agrees damaged 10000 "what is damaged is told"
agrees mail 30 "messages of mailboxes, names of what is attached"

# Some of all members.
columns item sha256 <"$tmp/rows" | awk -F'\t' '$2 != "" && $1 ~ /:.*:/' |
	awk 'NR % 97 == 5' >"$tmp/some"
while IFS=$'\t' read -r item sha256; do
	got=$(spill-cat -q "$item" </dev/null 2>/dev/null | sha256sum)
	[ "$got" = "$sha256  -" ] || echo "$item" >>"$why"
done <"$tmp/some"
[ "$(wc -l <"$tmp/some")" -ge 40 ] || wc -l <"$tmp/some" >>"$why"
tap "spill-cat gives the bytes of $(wc -l <"$tmp/some") of their members"
# But for a rar that was made so that libarchive does not find its member again.
grep -v 'rar5_data_ready_pointer_leak' "$tmp/rows" >"$tmp/once"
spill-type -q --format tsv <"$tmp/once" 2>/dev/null |
	cmp - "$tmp/once" >>"$why" 2>&1
tap "typed again, what is known of them is the same"
tap_end
