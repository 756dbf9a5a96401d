// Spectra of the host on the device, checked.
#pragma once

#include <whiteline/preprocess.hpp>

namespace whiteline::preprocess {

// The given channels on the device. Throws InvalidArgument, naming spectrum and channel, where one
// of them is NaN or infinite.
Matrix upload(const Context& ctx, const HostView& spectra, ChannelRange range);

}  // namespace whiteline::preprocess
