#!/bin/bash
# hostile.sh: what the suites of hostile file systems share. It is sourced. They
# change the file img, whose sound state is the file sound; $walk is the tool.

# walked: img, within limits; the files rows and said, and the status.
walked() {
	(
		ulimit -t 20
		[ "$mode" = san ] || ulimit -v 1500000
		exec timeout 60 "$walk" -q -r -m 256M --format tsv img
	) >rows 2>said
}
# gives NAME: what seen prints of img differs from the file clean as standard
# input says; then img is sound again.
gives() {
	cat >want
	seen >got
	diff clean got | grep '^[<>]' | diff want - >"$why"
	cp sound img
	tap "$1"
}
