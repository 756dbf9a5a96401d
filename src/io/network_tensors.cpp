#include "io/network_tensors.hpp"

#include <iterator>

namespace whiteline::io {

nn::Weights weights_of(const Cursor& file, const Safetensors& contents, const nn::Network& network,
                       const TableNames& names) {
  nn::Weights weights;
  for (const nn::Parameter& parameter : network.parameters())
    weights.values.push_back(numbers_of<float>(file, contents, names.of(parameter)));
  return weights;
}

std::vector<Tensor> tensors_of(const nn::Network& network, const nn::Weights& weights,
                               const TableNames& names) {
  std::vector<Tensor> tensors;
  for (std::size_t p = 0; p < weights.values.size(); ++p) {
    const nn::Parameter& parameter = network.parameters()[p];
    tensors.push_back(tensor_of(names.of(parameter), weights.values[p],
                                {std::uint64_t(parameter.rows), std::uint64_t(parameter.columns)}));
  }
  return tensors;
}

nn::Weights sized_weights_of(const Cursor& file, const Safetensors& contents,
                             const nn::Network& network, const TableNames& names) {
  nn::Weights weights = weights_of(file, contents, network, names);
  for (std::size_t p = 0; p < weights.values.size(); ++p)
    require(std::ssize(weights.values[p]) == network.parameters()[p].size(),
            "a table has another size than the network's");
  return weights;
}

Json checkpoint_of_key(const Cursor& file, const Sealed& sealed, const SealedFormat& format,
                       std::string_view key) {
  Json json = described_by(file, format, [&] { return parse_json(sealed.description); });
  if (!json.is_object() || json.value("key", "") != key)
    throw InvalidArgument(fmt::format(
        "cannot go on from {} (it is of a training with other spectra or options) give those, or "
        "remove it",
        file.path()));
  return json;
}

}  // namespace whiteline::io
