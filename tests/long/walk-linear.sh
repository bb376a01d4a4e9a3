#!/bin/bash
# walk-linear.sh [MODE]: 200,000 files in one folder. TAP.
SPILL_TEST_FILES=200000 exec "$(dirname "$0")/../e2e/walk-linear.sh" "$@"
