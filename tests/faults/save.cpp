// whiteline_save PATH SEED [forever]: saves an image of random counts over what is there, in the
// format of the suffix; exit status 7 when the library says why it cannot.
#include "io/files.hpp"

int main(int count, char** arguments) {
  using namespace whiteline;
  if (count < 3) return 2;
  const std::filesystem::path path = arguments[1];
  unsigned seed = unsigned(std::atoi(arguments[2]));
  SpectrumImage image = test::example_image(16, 16, 128);
  try {
    do {
      image.counts = test::random_counts(image.counts.size(), seed++);
      write_spectrum_image(path, image, Overwrite::allow);
    } while (count > 3);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 7;
  }
  return 0;
}
