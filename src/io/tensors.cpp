#include "io/tensors.hpp"

#include <algorithm>

#include "io/atomic_file.hpp"
#include "io/safetensors_header.hpp"
#include "io/sha256.hpp"

namespace whiteline::io {

namespace {

const std::string& metadata_of(const Cursor& file, const Safetensors& contents,
                               const SealedFormat& format, const std::string& key) {
  const auto found = contents.metadata.find(key);
  if (found == contents.metadata.end())
    file.fail_at(
        8, fmt::format("it is no whiteline {}: no `{}` in its metadata", format.description, key));
  return found->second;
}

}  // namespace

std::string sealing_digest(std::string_view version, std::string_view description,
                           std::vector<Tensor> tensors) {
  std::sort(tensors.begin(), tensors.end(),
            [](const Tensor& a, const Tensor& b) { return a.name < b.name; });
  Sha256 sum;
  sum.add(fmt::format("{}\n{}\n", version, description));
  for (const Tensor& tensor : tensors) {
    sum.add(fmt::format("{} {} ", tensor.name, name(tensor.element)));
    for (const std::uint64_t extent : tensor.shape) sum.add(fmt::format("{},", extent));
    sum.add("\n");
    sum.add(tensor.bytes);
  }
  return sum.hex();
}

Sealed parse_sealed(const Cursor& file, const SealedFormat& format) {
  Sealed sealed{parse_safetensors(file), {}, {}};
  const auto metadata = [&](const std::string& key) -> const std::string& {
    return metadata_of(file, sealed.contents, format, key);
  };
  if (metadata("format") != format.name)
    file.fail_at(8, fmt::format("it is no whiteline {}: another `format` in its metadata",
                                format.description));
  sealed.version = metadata("version");
  if (sealed.version.size() != 1 || sealed.version < format.first_version ||
      sealed.version > format.last_version)
    throw Unsupported(fmt::format(
        "cannot read {} (a {} of format version {}, known are {} to {}) use a newer whiteline",
        file.path(), format.description, sealed.version, format.first_version,
        format.last_version));
  sealed.description = metadata(std::string(format.description));
  if (metadata("sha256") !=
      sealing_digest(sealed.version, sealed.description, sealed.contents.tensors))
    file.fail_at(
        8, fmt::format("the {} does not agree with its checksum `sha256`", format.description));
  return sealed;
}

std::string description_text(std::string_view kept, const std::function<Json()>& describe) {
  try {
    return describe().dump();
  } catch (const JsonProblem& problem) {
    throw InvalidArgument(
        fmt::format("cannot keep the {} (its provenance is not valid JSON: {}) give a JSON object",
                    kept, problem.what()));
  } catch (const Json::exception&) {
    throw InvalidArgument(
        fmt::format("cannot keep the {} (a text in it is not UTF-8) rename the classes", kept));
  }
}

void write_sealed(AtomicFile& file, const SealedFormat& format, std::string_view version,
                  const std::string& description, const std::vector<Tensor>& tensors) {
  std::vector<TensorEntry> entries;
  for (const Tensor& tensor : tensors)
    entries.push_back({tensor.name, tensor.element, tensor.shape});
  file.write(safetensors_header({{"format", std::string(format.name)},
                                 {"version", std::string(version)},
                                 {std::string(format.description), description},
                                 {"sha256", sealing_digest(version, description, tensors)}},
                                entries));
  for (const Tensor& tensor : tensors) file.write(tensor.bytes);
}

}  // namespace whiteline::io
