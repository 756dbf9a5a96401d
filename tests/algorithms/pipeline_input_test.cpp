// What pipelines refuse, their JSON, and the mask of pixels with a signal.
#include <gtest/gtest.h>
#include <whiteline/preprocess.hpp>

#include <limits>
#include <string>

namespace whiteline::pipeline_input_test {
namespace {

using Kind = Normalise::Kind;
const EnergyAxis axis{460.0, 0.25, 1360};
constexpr auto line = Background::Method::log_least_squares;

void refused(std::vector<PreparationStep> steps, std::optional<EnergyAxis> input,
             std::int64_t channels, const std::string& words) {
  try {
    Pipeline(std::move(steps), input, channels);
    ADD_FAILURE() << "not refused: " << words;
  } catch (const InvalidArgument& error) {
    EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
  }
}

TEST(PipelineInputTest, RefusesStepsThatTheAxisDoesNotAllow) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refused({Crop{300, 400}}, axis, 1360, "outside the energy axis");
  refused({Crop{700, 600}}, axis, 1360, "no channel lies in");
  refused({Crop{nan, 600}}, axis, 1360, "no channel lies in");
  refused({Background{line, 485, 485.1}}, axis, 1360, "a power law needs 2");
  refused({Background{line, 485, 485}}, axis, 1360, "no channel lies in");
  refused({Crop{600, 700}, Background{line, 485, 515}}, axis, 1360, "outside the energy axis");
  refused({Normalise{Kind::area, 100, 200}}, axis, 1360, "outside the energy axis");
  refused({Normalise{Kind::max, 500, 600}}, axis, 1360, "only an area has a window");
  refused({Resample{{400, 0.25, 1360}}}, axis, 1360, "reaches beyond");
  refused({Resample{{460, 0.0, 10}}}, axis, 1360, "dispersion above 0");
  refused({Resample{{460, 1e-9, std::int64_t(1) << 40}}}, axis, 1360, "at most 16777216");
  refused({Background{line, 5, 10}}, EnergyAxis{-5.0, 0.1, 400}, 400, "energies above 0");
  refused({}, axis, 1000, "must be equal");
  refused({}, std::nullopt, 0, "at least 1");
  refused({}, EnergyAxis{460.0, -1.0, 5}, 5, "dispersion above 0");
  refused({Normalise{static_cast<Kind>(9), 1, 2}}, axis, 1360, "no such choice");
  for (const PreparationStep& step : std::vector<PreparationStep>{
           Crop{500, 600}, Background{line, 485, 515}, Normalise{Kind::area}, Resample{axis}})
    refused({step}, std::nullopt, 700, "energy axis is unknown");
  EXPECT_NO_THROW(Pipeline({Normalise{Kind::l2}}, std::nullopt, 700));
  // A crop before it keeps the power law away from 0 eV.
  EXPECT_NO_THROW(
      Pipeline({Background{line, 5, 10}, Crop{8, 20}}, EnergyAxis{-5.0, 0.1, 400}, 400));
}

TEST(PipelineInputTest, RefusesSpectraThatDoNotFit) {
  const Context ctx("cpu", {.threads = 1});
  const std::vector<float> zeros(1360, 0.0f);
  const auto apply = [&](const Pipeline& pipeline, std::int64_t channels,
                         std::optional<EnergyAxis> energy) -> std::string {
    try {
      pipeline.apply(ctx, {zeros.data(), 1, channels}, energy);
    } catch (const InvalidArgument& error) {
      return error.what();
    }
    return "fine";
  };
  const Pipeline bound({Background{line, 485, 515}, Crop{600, 800}}, axis, 1360);
  EXPECT_EQ(apply(bound, 1360, axis), "fine");
  EXPECT_EQ(apply(bound, 1360, std::nullopt), "fine") << "as many channels, axis unknown";
  EXPECT_NE(apply(bound, 1000, std::nullopt).find("energy axis is unknown"), std::string::npos);
  EXPECT_NE(apply(bound, 1000, axis).find("must be equal"), std::string::npos);
  const std::string far = apply(bound, 1024, EnergyAxis{440.0, 0.3, 1024});
  EXPECT_NE(far.find("440 to 746.9 eV (1024 channels of 0.3 eV)"), std::string::npos) << far;
  EXPECT_NE(far.find("485 to 799.75 eV (1260 channels of 0.25 eV)"), std::string::npos) << far;
  EXPECT_NE(far.find("shift their axis"), std::string::npos) << far;
  EXPECT_EQ(apply(bound, 1100, EnergyAxis{480.0, 0.3, 1100}), "fine") << "480 to 809.7 eV";
  const Pipeline unbound({Normalise{Kind::max}}, std::nullopt, 700);
  EXPECT_EQ(apply(unbound, 700, EnergyAxis{615.0, 0.1, 700}), "fine");
  EXPECT_NE(apply(unbound, 701, EnergyAxis{615.0, 0.1, 701}), "fine");
}

TEST(PipelineJsonTest, ComesBackTheSame) {
  const double odd = 0.1 + 0.2;  // not the double of any short decimal
  const Pipeline pipeline(
      {Resample{{460.0 + odd, odd, 1000}},
       Background{Background::Method::two_area, 485.0 + odd, 515.0}, Crop{525.5, 600.0},
       Normalise{Kind::area, 530.0, 580.0}, Normalise{Kind::l2}},
      axis, 1360);
  const std::string json = pipeline.to_json();
  const Pipeline back = Pipeline::from_json(json);
  EXPECT_EQ(back.to_json(), json);
  EXPECT_EQ(back.steps().size(), 5u);
  EXPECT_EQ(std::get<Background>(back.steps()[1]).low, 485.0 + odd);
  EXPECT_EQ(back.output_channels(), pipeline.output_channels());
  EXPECT_EQ(Pipeline({Crop{500, 510}}, axis, 1360).to_json(),
            R"({"input":{"offset":460.0,"dispersion":0.25,"size":1360},"channels":1360,)"
            R"("steps":[{"kind":"crop","low":500.0,"high":510.0}]})");
  const Pipeline unbound({Normalise{Kind::max}}, std::nullopt, 700);
  EXPECT_EQ(Pipeline::from_json(unbound.to_json()).to_json(), unbound.to_json());
  EXPECT_EQ(Pipeline::from_json(Pipeline().to_json()).to_json(), Pipeline().to_json());
}

TEST(PipelineInputTest, RefusesNewerStepsThatTheAxisDoesNotAllow) {
  const auto polynomial = [](double low, double high, int degree) {
    return Background{line, low, high, Background::Curve::polynomial, degree};
  };
  refused({polynomial(485, 515, 6)}, axis, 1360, "degree 6");
  refused({polynomial(485, 515, -1)}, axis, 1360, "degree -1");
  refused({polynomial(485, 485.5, 2)}, axis, 1360, "the polynomial needs 3");
  EXPECT_NO_THROW(Pipeline({polynomial(-4, -2, 1)}, EnergyAxis{-5.0, 0.1, 400}, 400));
  refused({RemoveSpikes{0, 8.0}}, axis, 1360, "within 0 channels");
  refused({RemoveSpikes{17, 8.0}}, axis, 1360, "within 17 channels");
  refused({RemoveSpikes{4, 0.0}}, axis, 1360, "0 deviations high");
  refused({AlignPeak{300, 310, 305}}, axis, 1360, "outside the energy axis");
  refused({AlignPeak{500, 510, 505, 0.0}}, axis, 1360, "at most 0 eV");
  refused({AlignPeak{500, 510, 505}}, std::nullopt, 700, "energy axis is unknown");
  refused({Rebin{0}}, axis, 1360, "cannot sum 0 channels");
  refused({Rebin{1361}}, axis, 1360, "cannot sum 1361 channels");
  refused({PcaFilter{}}, axis, 1360, "components are of 0");
  refused({PcaFilter{{1, 1}, {0, 0}, {1, 0, 0}}}, std::nullopt, 2, "components are of 2");
  refused({PcaFilter{{1, 0}, {0, 0}, {1, 0}}}, std::nullopt, 2, "not above 0");
  EXPECT_EQ(Pipeline({Rebin{3}}, std::nullopt, 700).output_channels(), 233);
}

TEST(PipelineJsonTest, KeepsEveryStepAndWritesOldOnesAsBefore) {
  Background exponential{Background::Method::likelihood, 485.0, 515.0};
  exponential.curve = Background::Curve::exponential;
  exponential.zero_fill = true;
  Background cubic{line, 485.0, 515.0, Background::Curve::polynomial, 3};
  const Pipeline pipeline(
      {RemoveSpikes{3, 7.5}, AlignPeak{520, 540, 530.25, 2.5, AlignPeak::Refine::centroid, 0.75},
       exponential, cubic, Resample{{465.0, 0.5, 600}, Resample::Keep::counts}, Rebin{200},
       PcaFilter{{1.0f, 0.1f, 2.5f}, {0.0f, -1.25f, 3e-20f}, {0.6f, 0.8f, 0.0f}}},
      axis, 1360);
  const std::string json = pipeline.to_json();
  const Pipeline back = Pipeline::from_json(json);
  EXPECT_EQ(back.to_json(), json);
  ASSERT_EQ(back.steps().size(), 7u);
  EXPECT_EQ(std::get<Background>(back.steps()[2]).method, Background::Method::likelihood);
  EXPECT_TRUE(std::get<Background>(back.steps()[2]).zero_fill);
  EXPECT_EQ(std::get<Background>(back.steps()[3]).degree, 3);
  EXPECT_EQ(std::get<PcaFilter>(back.steps()[6]).weights[1], 0.1f);
  for (const PreparationStep& step : back.steps()) EXPECT_FALSE(description(step).empty());
  EXPECT_EQ(Pipeline({Background{line, 485, 515}, Resample{axis}}, axis, 1360).to_json(),
            R"({"input":{"offset":460.0,"dispersion":0.25,"size":1360},"channels":1360,"steps":[)"
            R"({"kind":"background","method":"log_least_squares","low":485.0,"high":515.0},)"
            R"({"kind":"resample","axis":{"offset":460.0,"dispersion":0.25,"size":1360}}]})");
}

TEST(PipelineJsonTest, RefusesWhatItDoesNotKnow) {
  const std::string head = R"({"input":{"offset":460,"dispersion":0.25,"size":1360},)"
                           R"("channels":1360,"steps":[)";
  for (const std::string& text : {
           std::string(""),
           std::string("[]"),
           std::string(R"({"input":null,"channels":1})"),
           std::string(R"({"input":null,"channels":1.5,"steps":[]})"),
           std::string(R"({"input":null,"channels":18446744073709551615,"steps":[]})"),
           std::string(R"({"input":null,"channels":7,"steps":{}})"),
           std::string(R"({"input":null,"channels":7,"steps":[],"more":1})"),
           std::string(R"({"input":{"offset":0,"size":7},"channels":7,"steps":[]})"),
           head + R"({"low":500,"high":510}]})",
           head + R"({"kind":"polish"}]})",
           head + R"({"kind":7}]})",
           head + R"(["crop"]]})",
           head + R"({"kind":"crop","low":500}]})",
           head + R"({"kind":"crop","low":"500","high":510}]})",
           head + R"({"kind":"crop","low":1e999,"high":510}]})",
           head + R"({"kind":"crop","low":500,"high":510,"soft":true}]})",
           head + R"({"kind":"crop","low":300,"high":310}]})",
           head + R"({"kind":"normalise","by":"loudness","low":0,"high":0}]})",
           head + R"({"kind":"background","method":"guess","low":485,"high":515}]})",
           head + R"({"kind":"resample","axis":[1,2,3]}]})",
           head +
               R"({"kind":"background","method":"two_area","low":485,"high":515,"degree":1e3}]})",
           head + R"({"kind":"background","method":"two_area","low":485,"high":515,"curve":"s"}]})",
           head +
               R"({"kind":"background","method":"two_area","low":485,"high":515,"zero_fill":1}]})",
           head + R"({"kind":"remove_spikes","half_window":99999999999,"threshold":8}]})",
           head + R"({"kind":"rebin"}]})",
           head + R"({"kind":"pca_filter","weights":[1e300],"centre":[0],"loadings":[1]}]})",
           head + R"({"kind":"pca_filter","weights":["1"],"centre":[0],"loadings":[1]}]})",
       })
    EXPECT_THROW(Pipeline::from_json(text), InvalidArgument) << text;
}

SpectrumImage cube(SpectrumImage::Order order) {
  SpectrumImage image;
  image.height = 10;
  image.width = 20;
  image.energy = {460.0, 1.0, 5};
  image.order = order;
  for (std::int64_t i = 0; i < 1000; ++i) {
    const std::int64_t pixel =
        order == SpectrumImage::Order::pixel_major ? i / 5 : i % image.pixels();
    image.counts.push_back(pixel % 20 < 8 ? 0.5f : 20.0f + float(pixel % 3));
  }
  return image;
}

TEST(SignalMaskTest, SeparatesVacuumFromTheParticle) {
  for (const auto order : {SpectrumImage::Order::pixel_major, SpectrumImage::Order::energy_major}) {
    const SpectrumImage image = cube(order);
    const std::vector<std::uint8_t> mask = signal_mask(image);
    ASSERT_EQ(mask.size(), 200u);
    for (std::size_t pixel = 0; pixel < 200; ++pixel)
      EXPECT_EQ(mask[pixel], pixel % 20 < 8 ? 0 : 1) << pixel;
    for (const std::uint8_t pixel : signal_mask(image, 0.01)) EXPECT_EQ(pixel, 1);
  }
}

TEST(SignalMaskTest, IsNotMisledByASpike) {
  SpectrumImage image = cube(SpectrumImage::Order::pixel_major);
  image.counts[100 * 5] = 1e6f;  // one pixel of 200 is outside the 99th percentile
  const std::vector<std::uint8_t> mask = signal_mask(image);
  EXPECT_EQ(mask[19], 1);
  EXPECT_EQ(mask[0], 0);
}

TEST(SignalMaskTest, HandlesEmptyImagesAndBadInput) {
  SpectrumImage image = cube(SpectrumImage::Order::pixel_major);
  for (const double threshold : {0.0, 1.0, -0.5, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(signal_mask(image, threshold), InvalidArgument);
  image.counts[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(signal_mask(image), InvalidArgument);
  image.counts.assign(1000, 0.0f);
  for (const std::uint8_t pixel : signal_mask(image)) EXPECT_EQ(pixel, 0);
  image.counts.pop_back();
  EXPECT_THROW(signal_mask(image), InvalidArgument);
}

}  // namespace
}  // namespace whiteline::pipeline_input_test
