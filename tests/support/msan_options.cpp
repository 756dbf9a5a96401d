// MemorySanitizer watches the memory it is told about (the emulated GPU's), not all of the heap.
extern "C" __attribute__((visibility("default"))) const char* __msan_default_options() {
  return "poison_in_malloc=0";
}
