// Models and the container they are kept in.
#include "io/model.hpp"

#include <cmath>

#include "io/files.hpp"
#include "io/input_file.hpp"
#include "io/safetensors.hpp"
#include "io/sha256.hpp"
#include "io/tensors.hpp"

namespace whiteline::test {
namespace {

SvmModel example_model(bool calibrated = true) {
  SvmModel model;
  model.kernel = rbf(0.012345678901234567);
  model.class_names = {"FeO", "Fe₃O₄", "Mn²⁺"};
  model.classes = {0, 1, 4};
  model.channels = 31;
  model.mean = random_counts(31, 2);
  model.support_vectors = random_counts(31 * 7, 3);
  for (int i = 0; i < 21; ++i) model.coefficients.push_back(i / 7.0 - 1.0);
  model.rho = {0.1, -0.2, 1.0 / 3.0};
  if (calibrated) model.platt = {{-1.5, 0.25}, {-2.0, 0.0}, {-0.75, 1e-17}};
  model.pipeline = Pipeline({Background{Background::Method::log_least_squares, 612.5, 613.5},
                             Normalise{Normalise::Kind::max}},
                            EnergyAxis{612.5, 0.1, 31}, 31);
  model.provenance = R"({"C":10.0,"data":{"file":"fe.npz","rows":4094},"seed":1})";
  return model;
}

SvmModel isotonic_model() {
  SvmModel model = example_model(false);
  model.isotonic = {{{{-1.0, 0.0}, {-0.5, 0.25}, {1.0 / 3.0, 0.25}, {2.0, 1.0}}},
                    {{{0.125, 0.5}}},
                    {{{-3.0, 0.1}, {1e-17, 0.9}}}};
  return model;
}

void expect_same(const SvmModel& a, const SvmModel& b) {
  EXPECT_EQ(a.kernel.type, b.kernel.type);
  EXPECT_EQ(a.kernel.gamma, b.kernel.gamma);
  EXPECT_EQ(a.kernel.coef0, b.kernel.coef0);
  EXPECT_EQ(a.kernel.degree, b.kernel.degree);
  EXPECT_EQ(a.class_names, b.class_names);
  EXPECT_EQ(a.classes, b.classes);
  EXPECT_EQ(a.channels, b.channels);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.support_vectors, b.support_vectors);
  EXPECT_EQ(a.coefficients, b.coefficients);
  EXPECT_EQ(a.rho, b.rho);
  ASSERT_EQ(a.platt.size(), b.platt.size());
  for (std::size_t i = 0; i < a.platt.size(); ++i) {
    EXPECT_EQ(a.platt[i].A, b.platt[i].A);
    EXPECT_EQ(a.platt[i].B, b.platt[i].B);
  }
  ASSERT_EQ(a.isotonic.size(), b.isotonic.size());
  for (std::size_t i = 0; i < a.isotonic.size(); ++i) {
    ASSERT_EQ(a.isotonic[i].knots.size(), b.isotonic[i].knots.size());
    for (std::size_t k = 0; k < a.isotonic[i].knots.size(); ++k) {
      EXPECT_EQ(a.isotonic[i].knots[k].decision, b.isotonic[i].knots[k].decision);
      EXPECT_EQ(a.isotonic[i].knots[k].probability, b.isotonic[i].knots[k].probability);
    }
  }
  EXPECT_EQ(a.pipeline.to_json(), b.pipeline.to_json());
  EXPECT_EQ(a.provenance, b.provenance);
}

SvmModel parsed(const std::string& text) {
  return io::parse_model({"test.safetensors", bytes_of(text)});
}

std::string written(const SvmModel& model) {
  const TemporaryFolder folder;
  write_model(folder / "model.safetensors", model);
  return read_text(folder / "model.safetensors");
}

TEST(Model, IsotonicCurvesComeBackAndAreFormatVersion2) {
  const std::string text = written(isotonic_model());
  expect_same(parsed(text), isotonic_model());
  EXPECT_NE(text.find(R"("version":"2")"), std::string::npos);
  EXPECT_NE(written(example_model()).find(R"("version":"1")"), std::string::npos)
      << "models that older readers understand stay as they were";
}

TEST(Model, IsotonicCurvesThatDoNotRiseAreRefused) {
  const auto refused = [](auto&& spoil) {
    SvmModel model = isotonic_model();
    spoil(model);
    EXPECT_THROW(written(model), InvalidArgument);
  };
  refused([](SvmModel& m) { m.isotonic.pop_back(); });
  refused([](SvmModel& m) { m.isotonic[1].knots.clear(); });
  refused([](SvmModel& m) { m.isotonic[0].knots[1].decision = -1.0; });
  refused([](SvmModel& m) { m.isotonic[0].knots[1].probability = 0.9; });
  refused([](SvmModel& m) { m.isotonic[0].knots[3].probability = 1.5; });
  refused([](SvmModel& m) { m.isotonic[0].knots[0].decision = std::nan(""); });
  refused([](SvmModel& m) { m.platt = {{-1, 0}, {-1, 0}, {-1, 0}}; });
}

// With the checksum that belongs to it.
TEST(Model, KnotCountsThatDoNotFitTheTensorAreRefused) {
  const std::string text = written(isotonic_model());
  const io::Safetensors contents = io::parse_safetensors({"test.safetensors", bytes_of(text)});
  const std::string model = contents.metadata.at("model");
  for (const std::string counts :
       {"[4,1,2]", "[4,1,1]", "[4,2,2]", "[9,1,2]", "[7,0,0]", "[4,3,0]", "[4,1  ]", "[4,1,.]"}) {
    std::string changed = text, other = model;
    other.replace(other.find("[4,1,2]"), 7, counts);
    changed.replace(changed.find("[4,1,2]"), 7, counts);
    changed.replace(changed.find(contents.metadata.at("sha256")), 64,
                    io::sealing_digest("2", other, contents.tensors));
    if (counts == "[4,1,2]")
      EXPECT_NO_THROW(parsed(changed));
    else
      EXPECT_THROW(parsed(changed), FormatError) << counts;
  }
}

TEST(Model, EveryFieldComesBackBitForBit) {
  const TemporaryFolder folder;
  for (const bool calibrated : {false, true}) {
    const SvmModel model = example_model(calibrated);
    write_model(folder / "model.safetensors", model, Overwrite::allow);
    expect_same(read_model(folder / "model.safetensors"), model);
  }
}

TEST(Model, EveryKernelComesBack) {
  for (const Kernel& kernel :
       {linear(), cosine(), rbf(0.1), sigmoid(0.001, -0.1), polynomial(4, 0.5, 1.0)}) {
    SvmModel model = example_model();
    model.kernel = kernel;
    expect_same(parsed(written(model)), model);
  }
}

TEST(Model, TheSameModelGivesTheSameBytes) {
  EXPECT_TRUE(written(example_model()) == written(example_model()));
}

TEST(Model, TheFileIsASafetensorsFileWithAlignedNumbers) {
  const std::string text = written(example_model());
  std::uint64_t length = 0;
  std::memcpy(&length, text.data(), 8);
  EXPECT_EQ((8 + length) % 8, 0u);
  EXPECT_EQ(text[8], '{');
  EXPECT_NE(text.find(R"("format":"whiteline-model")"), std::string::npos);
  EXPECT_NE(text.find(R"("support_vectors":{"data_offsets")"), std::string::npos);
}

TEST(Model, AModelThatDoesNotHangTogetherIsNotWritten) {
  const TemporaryFolder folder;
  const auto refused = [&](auto change) {
    SvmModel model = example_model();
    change(model);
    message_of<InvalidArgument>([&] { write_model(folder / "bad.safetensors", model); });
  };
  refused([](SvmModel& model) { model.rho.pop_back(); });
  refused([](SvmModel& model) { model.coefficients.pop_back(); });
  refused([](SvmModel& model) { model.class_names.pop_back(); });
  refused([](SvmModel& model) { model.classes = {0, 4, 1}; });
  refused([](SvmModel& model) { model.support_vectors[3] = NAN; });
  refused([](SvmModel& model) { model.kernel.gamma_rule = GammaRule::scale; });
  refused([](SvmModel& model) { model.provenance = "not JSON"; });
  EXPECT_FALSE(std::filesystem::exists(folder / "bad.safetensors"));
}

TEST(Model, AnyOneBitOfDamageIsFoundOrHarmless) {
  const SvmModel model = example_model();
  std::string text = written(model);
  std::size_t harmless = 0;
  for (std::size_t at = 0; at < text.size(); ++at)
    for (const int bit : {int(at % 8), int((at + 3) % 8)}) {
      text[at] = char(text[at] ^ (1 << bit));
      try {
        expect_same(parsed(text), model);
        ++harmless;
      } catch (const Error&) {
      }
      text[at] = char(text[at] ^ (1 << bit));
    }
  EXPECT_LT(harmless, 16u);  // only the header's padding may change unnoticed
  expect_same(parsed(text), model);
}

TEST(Model, EveryTruncationIsRefused) {
  const std::string text = written(example_model());
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_THROW(parsed(text.substr(0, size)), FormatError) << size;
  EXPECT_THROW(parsed(text + "x"), FormatError);
}

TEST(Model, ANewerFormatIsUnsupportedNotDamaged) {
  std::string text = written(example_model());
  const std::size_t at = text.find(R"("version":"1")");
  ASSERT_NE(at, std::string::npos);
  text[at + 11] = '5';
  EXPECT_NE(message_of<Unsupported>([&] { parsed(text); }).find("version 5"), std::string::npos);
}

std::string container(const std::string& header, const std::string& data = "") {
  return packed(std::uint64_t(header.size())) + header + data;
}

TEST(Safetensors, OnlyTheStrictFormIsTaken) {
  const auto problem = [](const std::string& text) {
    return message_of<FormatError>([&] { parsed(text); });
  };
  const std::string four(4, '\0');
  const std::string one = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  EXPECT_NE(problem(container("{" + one + "}", four)).find("no whiteline model"),
            std::string::npos);
  EXPECT_NE(problem(container("{" + one + "," + one + "}", four)).find("twice"), std::string::npos);
  EXPECT_NE(problem(container(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", four))
                .find("do not agree"),
            std::string::npos);
  EXPECT_NE(
      problem(container(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", four + four))
          .find("begins at byte 4"),
      std::string::npos);
  EXPECT_NE(problem(container("{" + one + "}", four + four)).find("follow"), std::string::npos);
  EXPECT_NE(problem(container(R"({"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}})", four))
                .find("F31"),
            std::string::npos);
  EXPECT_NE(problem(packed(std::uint64_t(200'000'000)) + "{}").find("100 MB"), std::string::npos);
  EXPECT_NE(problem(packed(~std::uint64_t(0)) + "{}").find("100 MB"), std::string::npos);
  problem(container("[]"));
  problem(container(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", four));
  problem(
      container(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})"));
  problem(container(std::string(100'000, '[')));
}

TEST(Sha256, AgreesWithThePublishedVectors) {
  const auto hash = [](const std::string& text) {
    io::Sha256 sum;
    sum.add(text);
    return sum.hex();
  };
  EXPECT_EQ(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hash(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  io::Sha256 pieces;
  const std::string text(1'000'000, 'a');
  for (std::size_t at = 0, step = 1; at < text.size(); at += step, step = step % 131 + 1)
    pieces.add(std::string_view(text).substr(at, step));
  EXPECT_EQ(pieces.hex(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace whiteline::test
