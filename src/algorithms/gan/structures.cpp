// Generators and discriminators as graphs. Widths are half-to-even roundings of double products.
#include <whiteline/gan.hpp>

#include <fmt/format.h>

#include <cmath>
#include <initializer_list>

namespace whiteline {

namespace {

using nn::Network;

std::int64_t rounded(double width) { return std::int64_t(std::nearbyint(width)); }

void require_at_least(std::string_view what, std::int64_t value, std::int64_t least) {
  if (value < least)
    throw InvalidArgument(fmt::format(
        "cannot build the generative network ({} is {}) choose {} or more", what, value, least));
}

void check(const GanStructure& s, std::int64_t channels) {
  require_at_least("the number of latent numbers", s.latent, 1);
  require_at_least("the divisor of segments", s.segment_divisor, 1);
  require_at_least("the number of minibatch discriminations", s.minibatch_layers, 1);
  require(s.minibatch_layers <= 2,
          "cannot build the generative network (it has more than 2 minibatch discriminations a "
          "branch) choose 1 or 2");
  require_at_least("the number of channels", channels, 16);
}

// Layers one behind the other, and branches that begin at the input.
class Builder {
 protected:
  Builder(const GanStructure& s, Network network) : s_(s), network_(std::move(network)) {}

  void begin_branch() { from_ = 0; }
  void end_branch() { ends_.push_back(from_); }
  void join_branches() { from_ = network_.add(nn::Concat{}, ends_); }
  void add(nn::Layer layer) { from_ = network_.add(std::move(layer), {from_}); }

  const GanStructure& s_;
  Network network_;
  std::int32_t from_ = 0;  // what the next layer takes

 private:
  std::vector<std::int32_t> ends_;
};

class GeneratorBuilder : Builder {
 public:
  GeneratorBuilder(const GanStructure& s, std::int64_t channels, std::int64_t translation)
      : Builder(s, Network(s.latent, nn::Output::spectrum)),
        channels_(channels),
        translation_(translation) {}

  Network simple_dense() && {
    join_segments([&](double s) {
      for (const double width : {double(s_.latent), .85 * s, .75 * s, .5 * s}) {
        dense(rounded(width));
        both_noises();
      }
      dense(rounded(s));
      translate();
    });
    dense(channels_);
    add(nn::PoissonNoise{.15, 1.0});
    translate();
    return spectrum();
  }

  Network large_dense() && {
    join_segments([&](double s) {
      dense(s_.latent);
      both_noises();
      dense(s_.latent);
      for (const double width : {.85 * s, .85 * s, .75 * s, .75 * s, .5 * s, .5 * s})
        dense(rounded(width));
      both_noises();
      dense(rounded(s));
      dense(rounded(s));
      translate();
    });
    dense(channels_);
    dense(channels_);
    add(nn::PoissonNoise{.15, 1.0});
    translate();
    return spectrum();
  }

  Network convolutional() && {
    const std::int64_t quarter = (channels_ + 3) / 4;
    constexpr std::int64_t wide = 16, narrow = 8, width = 5;
    dense(wide * quarter);
    add(nn::Unflatten{wide});
    add(nn::Conv1DTranspose{wide, width, 2, s_.activation});
    both_noises();
    add(nn::Conv1DTranspose{narrow, width, 2, s_.activation});
    add(nn::GaussianNoise{.15});
    translate();
    if (4 * quarter > channels_) add(nn::Crop{channels_});
    add(nn::Conv1D{narrow, width, 1, nn::Padding::same, s_.activation});
    add(nn::PoissonNoise{.15, 1.0});
    add(nn::Conv1D{1, width, 1, nn::Padding::same, nn::Activation::tanh});
    add(nn::Flatten{});
    return std::move(network_);
  }

 private:
  void dense(std::int64_t units) { add(nn::Dense{units, s_.activation}); }
  void both_noises() {
    add(nn::PoissonNoise{.5, 1.0});
    add(nn::GaussianNoise{.15});
  }
  void translate() { add(nn::Translation{translation_}); }
  // Six of them side by side on the latent vector; `segment` makes one of their width.
  template <class Segment>
  void join_segments(Segment&& segment) {
    const double s = double(rounded(double(channels_) / double(s_.segment_divisor)));
    for (int i = 0; i < 6; ++i) {
      begin_branch();
      segment(s);
      end_branch();
    }
    join_branches();
  }
  Network spectrum() {
    add(nn::Dense{channels_, nn::Activation::tanh});
    return std::move(network_);
  }

  std::int64_t channels_, translation_;
};

class DiscriminatorBuilder : Builder {
 public:
  DiscriminatorBuilder(const GanStructure& s, std::int64_t channels)
      : Builder(s, Network(channels, nn::Output::sigmoid)), channels_(channels) {}

  Network simple_dense() && {
    const std::int64_t s = rounded(double(channels_) / 5.0);
    for (const Minibatch& minibatch : minibatches) {
      begin_branch();
      dense(channels_);
      dense(4 * s);
      if (s_.minibatch_layers == 2) discriminate(minibatch);
      dense(3 * s);
      discriminate(minibatch);
      dense(s);
      end_branch();
    }
    return judgement();
  }

  Network large_dense() && {
    const std::int64_t s = rounded(double(channels_) / 8.0);
    for (const Minibatch& minibatch : minibatches) {
      begin_branch();
      dense(channels_);
      dense(7 * s);
      if (s_.minibatch_layers == 2) discriminate(minibatch);
      for (const std::int64_t times : {6, 5, 4}) dense(times * s);
      discriminate(minibatch);
      dense(2 * s);
      dense(s);
      end_branch();
    }
    return judgement();
  }

  Network convolutional() && {
    const std::int64_t s = rounded(double(channels_) / 5.0);
    constexpr std::int64_t filters[] = {16, 8}, widths[] = {5, 7};
    for (int branch = 0; branch < 2; ++branch) {
      begin_branch();
      add(nn::Unflatten{});
      for (int block = 0; block < 3; ++block) {
        add(nn::Conv1D{filters[branch], widths[branch], 2, nn::Padding::same, s_.activation});
        add(nn::Dropout{.5});
      }
      add(nn::Flatten{});
      dense(3 * s);
      discriminate(minibatches[branch]);
      dense(s);
      if (s_.minibatch_layers == 2) discriminate(minibatches[branch]);
      end_branch();
    }
    return judgement();
  }

 private:
  struct Minibatch {
    std::int64_t kernels, depth;
  };
  static constexpr Minibatch minibatches[] = {{100, 5}, {150, 8}};  // of the two branches

  void dense(std::int64_t units) {
    add(nn::Dense{units, s_.activation});
    add(nn::Dropout{.5});
  }
  // The features so far, with what tells how alike the batch is.
  void discriminate(const Minibatch& minibatch) {
    const std::int32_t features = from_;
    add(nn::Dense{minibatch.kernels * minibatch.depth, nn::Activation::linear, false});
    add(nn::MinibatchDiscrimination{minibatch.kernels, minibatch.depth});
    from_ = network_.add(nn::Concat{}, {features, from_});
  }
  Network judgement() {
    join_branches();
    add(nn::Dense{1});
    return std::move(network_);
  }

  std::int64_t channels_;
};

// What either builder makes of an architecture.
template <class Made>
Network built(Made builder, GanArchitecture architecture) {
  switch (architecture) {
    case GanArchitecture::large_dense:
      return std::move(builder).large_dense();
    case GanArchitecture::simple_convolutional:
      return std::move(builder).convolutional();
    case GanArchitecture::simple_dense:
      break;
  }
  return std::move(builder).simple_dense();
}

}  // namespace

nn::Network gan_generator(const GanStructure& structure, std::int64_t channels,
                          std::int64_t translation) {
  check(structure, channels);
  return built(GeneratorBuilder(structure, channels, translation), structure.architecture);
}

nn::Network gan_discriminator(const GanStructure& structure, std::int64_t channels) {
  check(structure, channels);
  return built(DiscriminatorBuilder(structure, channels), structure.architecture);
}

}  // namespace whiteline
