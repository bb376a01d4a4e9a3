#include <spill/exfat.h>
