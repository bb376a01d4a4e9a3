#!/bin/bash
# mark.sh: what it costs to find the marked documents of an image, members
# included, in CPU seconds, beside grep over its bytes; plain text by the second;
# one small document. The median of BENCH_ROUNDS runs (3).
#
# MARK_IMAGE=IMAGE and MARK_FILES=FOLDER: an image and its files as they are in
# it. MARK_KEY=CSV: its answer key, with columns path, role (marked, decoy,
# plain), carrier, deleted and recoverable: then it is scored, too, by path.
# Else image and files are made: MARK_COUNT (2,000) documents.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need python3 mke2fs awk grep
rounds=${BENCH_ROUNDS:-3}
# shellcheck disable=SC2034 # once() has it
allowed=1 # evidence may be damaged
count=${MARK_COUNT:-2000}

make_files() {
	local i=0
	mkdir "$tmp/files"
	fixtures/make-marks "$tmp/marks"
	while [ $i -lt $((count / 100)) ]; do
		cp -r "$tmp/marks" "$tmp/files/$i"
		i=$((i + 1))
	done
	truncate -s $((count * 20000 + 64000000)) "$tmp/image.raw"
}
image_of MARK $((count / 10000 + 2)) make_files

# score KEY VERDICTS: documents found, by role and by carrier. Paths of verdicts
# begin with a slash.
score() {
	python3 - "$1" "$2" <<'PY'
import collections
import csv
import sys

key = {r['path']: r for r in csv.DictReader(open(sys.argv[1], newline=''))}
best = {}
for r in csv.DictReader(open(sys.argv[2], newline='')):
    p = r['path'].lstrip('/')
    if p in key and (p not in best or r['class'] != 'mention'):
        best[p] = r['class']
above = ('marked', 'labelled', 'portion')
n, hit, by = collections.Counter(), collections.Counter(), {}
for p, r in key.items():
    if r.get('recoverable', '1') != '1':
        continue
    role, got = r['role'], best.get(p, 'none')
    n[role] += 1
    good = got in above if role == 'marked' else got in ('none', 'mention')
    hit[role] += good
    c = by.setdefault((role, r.get('carrier', '')), [0, 0])
    c[0] += good
    c[1] += 1
    if not good:
        print('  wrong: %s %s %s: %s' % (role, r.get('carrier', ''), p, got))
for role in sorted(n):
    print('%s: %d of %d %s' % (role, hit[role], n[role], 'found' if role ==
                               'marked' else 'no more than a mention'))
for k in sorted(by):
    if by[k][0] != by[k][1]:
        print('  %s %s: %d of %d' % (*k, *by[k]))
PY
}

q() { printf %q "$1"; }
walk="$(q "$B/bin/spill-walk") -q $(q "$image")"
mark="$(q "$B/bin/spill-mark") -q"
cost() { once "$1" null bash -c "set -o pipefail; $2"; }
words='NATO (SECRET|CONFIDENTIAL|RESTRICTED|UNCLASSIFIED)|COSMIC TOP SECRET|OTAN'
yes 'The convoy of the third week leaves the depot at first light, and Ana waits.' |
	head -c 1000000000 >"$tmp/prose.txt"
fixtures/make-marks "$tmp/one" >/dev/null
for ((round = 1; round <= rounds; round++)); do
	echo "round $round of $rounds"
	cost walk "$walk"
	cost mark-1 "$walk | $mark -j 1"
	cost mark-2 "$walk | $mark -j 2"
	cost grep "grep -acE '$words' $(q "$image") || :"
	cost prose "$mark -j 1 $(q "$tmp/prose.txt")"
	cost grep-prose "grep -acE '$words' $(q "$tmp/prose.txt") || :"
	cost memo "$mark $(q "$tmp/one/office/header.docx")"
done
n=$(find "$files" -type f | wc -l)
result "walk and mark, $n files and their members:" \
    "$(median mark-2 2) CPU seconds (wanted for the office image: 70);" \
    "grep -aE of the raw image: $(median grep 2)"
result "plain text: $(ratio 1000 "$(median prose 2)") MB a CPU second (wanted:" \
    "400); grep -E: $(ratio 1000 "$(median grep-prose 2)")"
result "one small document: $(median memo 2) CPU seconds (wanted: 0.05)"
if [ -n "${MARK_KEY:-}" ]; then
	bash -c "$walk | $mark -o $(q "$tmp/verdicts.csv")" || [ $? -eq 1 ] ||
		failed=1
	score "$MARK_KEY" "$tmp/verdicts.csv" | tee "$tmp/score"
	result "marked documents: $(grep -v '^ ' "$tmp/score" | paste -sd ';')"
fi
table
bench_end
