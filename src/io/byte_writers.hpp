// Numbers as bytes on their way to a file, without a second copy of all.
#pragma once

#include <whiteline/io.hpp>

#include <span>

#include "io/byte_sink.hpp"

namespace whiteline::io {

// What is given must outlive the result.
template <class T>
WriteBytes bytes_of(const NumberSource<T>& source) {
  return [&source](const ByteSink& sink) {
    source([&](std::span<const T> piece) { sink(std::as_bytes(piece)); });
  };
}

// The counts of an image pixel by pixel, whatever their order.
WriteBytes spectra_of(const SpectrumImage& image);

}  // namespace whiteline::io
