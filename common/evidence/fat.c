#include <spill/fat.h>
