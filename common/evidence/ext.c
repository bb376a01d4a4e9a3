#include <spill/ext.h>
