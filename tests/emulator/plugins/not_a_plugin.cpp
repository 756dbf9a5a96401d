// A shared library that is no plugin.
extern "C" int whiteline_is_elsewhere() { return 0; }
