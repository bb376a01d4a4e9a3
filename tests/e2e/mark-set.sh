#!/bin/bash
# mark-set.sh [MODE]: the verdicts on the marked, the unmarked and the deceptive
# documents of the test data, against their answers: how many are found, how
# many are wrongly, whose level and caveats are right. TAP.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
suite=mark-set
check=$PWD/tests/e2e/mark_check.py
data=../shared/testdata/markings
[ -e $data/answers.csv ] || skip_all "no $data"
python=$(command -v python3) || skip_all "no python3"
cd $data || exit 2
export PYTHONDONTWRITEBYTECODE=1

find . -type f ! -name README.md ! -name answers.csv | sed 's,^\./,,' |
    sort | tr '\n' '\0' | xargs -0 timeout 300 "$B/bin/spill-mark" -q \
    --format tsv --errors "$tmp/errors" -- >"$tmp/rows" 2>"$tmp/said"
"$python" "$check" "$tmp/rows" answers.csv >"$tmp/all" 2>"$why"
sed 's/^/# /' <(grep -v '^wrong' "$tmp/all")
tap "every answer was looked at"

# share NAME LEAST: so many of a thousand, at least.
share() {
	awk -v name="$1" -v least="$2" '
	$1 == name { seen = 1; if ($4 * 1000 < least) print }
	END { if (!seen) print "no " name }' "$tmp/all" >"$why"
	[ ! -s "$why" ] || grep "^wrong ${3:-class}" "$tmp/all" >>"$why"
	tap "$1"
}
share recall 990
share precision 990
share level 980 level
share caveat 980 caveat
tap_end
