#!/bin/bash
# walk-linear.sh [MODE]: 200,000 files in one folder, 65,000 on FAT32. TAP.
SPILL_TEST_FILES=200000 exec "$(dirname "$0")/../e2e/walk-linear.sh" "$@"
