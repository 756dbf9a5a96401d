// LIBSVM's text files: labelled sets (`label index:value ...` a line) and models.
#pragma once

#include <whiteline/io.hpp>

#include "io/input_file.hpp"

namespace whiteline::io {

class AtomicFile;

// That the file begins with `number index:`, or with `svm_type`.
WHITELINE_EXPORT bool is_libsvm_data(std::span<const std::byte> head);
WHITELINE_EXPORT bool is_libsvm_model(std::span<const std::byte> head);

WHITELINE_EXPORT FileContents read_libsvm(InputFile& file);
WHITELINE_EXPORT SvmModel parse_libsvm_model(Cursor file);

// Throws InvalidArgument for rows without a label, and for NaN and infinity.
void write_libsvm(AtomicFile& file, const Dataset& set);
// Throws InvalidArgument for coefficients that no one-vs-one model of LIBSVM has.
void write_libsvm_model(AtomicFile& file, const SvmModel& model);

}  // namespace whiteline::io
