#!/bin/bash
# walk-mutants.sh [MODE]: 2,000 damaged ones of each file system. TAP.
SPILL_TEST_MUTANTS=2000 SPILL_TEST_FIRST=1001 \
    exec "$(dirname "$0")/../e2e/walk-mutants.sh" "$@"
