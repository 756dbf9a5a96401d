#include "io/choose.hpp"

#include <fmt/format.h>

namespace whiteline::io {

std::size_t chosen_image(const std::filesystem::path& path,
                         const std::vector<const SpectrumImage*>& images, bool has_set) {
  if (images.empty())
    throw ReadError(
        fmt::format("cannot read {} as a spectrum image (it holds {}) name another "
                    "file",
                    path.string(), has_set ? "a labelled set" : "no spectra"));
  const auto size = [](const SpectrumImage* image) {
    return image->energy.size > 1 ? image->pixels() * image->energy.size : 0;
  };
  std::size_t largest = 0;
  for (std::size_t i = 1; i < images.size(); ++i)
    if (size(images[i]) > size(images[largest])) largest = i;
  if (size(images[largest]) == 0)
    throw ReadError(
        fmt::format("cannot read {} as a spectrum image (it holds a picture without "
                    "an energy axis) name another file",
                    path.string()));
  return largest;
}

}  // namespace whiteline::io
