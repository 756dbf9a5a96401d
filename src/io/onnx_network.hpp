// Networks and the preparation of spectra as operators of ONNX. A vector of each spectrum is a
// table rows x features; features at several positions are rows x features x positions.
#pragma once

#include <whiteline/nn/network.hpp>
#include <whiteline/preprocess.hpp>

#include <string>

#include "io/onnx_graph.hpp"

namespace whiteline::io {

// Of inference: returns the name of the logits. Throws Unsupported for layers of generators.
std::string add_network(OnnxGraph& graph, const nn::Network& network, const nn::Weights& weights,
                        const std::string& spectra);

// Whether all steps are windows, sums of channels and norms.
bool preparation_has_operators(const Pipeline& pipeline);
// Returns the name of the prepared spectra.
std::string add_preparation(OnnxGraph& graph, const Pipeline& pipeline, const std::string& spectra);

}  // namespace whiteline::io
