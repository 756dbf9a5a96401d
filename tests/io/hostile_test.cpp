// Damaged files of every format: read as far as they are whole, or refused with one of our errors,
// soon and without taking memory that the file does not justify.
#include <chrono>
#include <functional>

#include "io/allocation_watch.hpp"
#include "io/dm.hpp"
#include "io/dm_writer.hpp"
#include "io/generator.hpp"
#include "io/helper.hpp"
#include "io/knn_graph.hpp"
#include "io/libsvm.hpp"
#include "io/model.hpp"
#include "io/msa.hpp"
#include "io/nion.hpp"
#include "io/npy.hpp"
#include "io/spectra_csv.hpp"
#include "io/umap_model.hpp"

namespace whiteline::test {
namespace {

struct Kind {
  std::string name;
  std::string valid;
  std::function<void(const std::string&)> parse;
};

void expect_consistent(const FileContents& contents) {
  for (const SpectrumImage& image : contents.images) {
    EXPECT_EQ(std::int64_t(image.counts.size()), image.pixels() * image.energy.size);
    EXPECT_GT(image.energy.dispersion, 0.0);
    EXPECT_TRUE(image.labels.empty() || std::int64_t(image.labels.size()) == image.pixels());
  }
  if (!contents.dataset) return;
  const Dataset& set = *contents.dataset;
  EXPECT_EQ(std::int64_t(set.counts.size()), set.rows * set.channels);
  EXPECT_EQ(std::int64_t(set.labels.size()), set.rows);
  for (const std::int32_t label : set.labels)
    EXPECT_TRUE(label >= no_label && label < std::int64_t(set.class_names.size()));
}

std::function<void(const std::string&)> reader(FileContents (*read)(io::InputFile&)) {
  return [read](const std::string& text) {
    io::InputFile file("hostile", bytes_of(text));
    expect_consistent(read(file));
  };
}

std::string dm_file(int version) {
  const DmWriter dm(version);
  const std::vector<DmWriter::Dimension> axes = {
      {2, 0, 1, u"nm"}, {2, 0, 1, u"nm"}, {8, -1466.667f, 0.3f, u"eV"}};
  return dm.file(
      {dm.group("ImageList",
                {dm.image(23, 5, std::vector<std::uint32_t>(4), {axes[0], axes[1]}),
                 dm.image(2, 6, random_counts(32), axes,
                          {dm.group("Microscope Info", {dm.number("Voltage", 6, 2e5f)}),
                           dm.structure("Pixel size", 0.25f, 2.0f)})}),
       dm.group("Thumbnails", {dm.group("", {dm.number("ImageIndex", 3, std::int32_t(0))})})});
}

KnnGraph small_graph() {
  KnnGraph graph;
  graph.rows = 3;
  graph.k = 2;
  graph.distances = {1, 2, 0.5f, 1, 0.5f, 2};
  graph.indices = {1, 2, 2, 0, 1, 0};
  graph.data_hash = 7;
  return graph;
}

UmapModel small_embedding() {
  UmapModel model;
  model.curve = {1.5, 0.9};
  model.rows = 3;
  model.channels = 2;
  model.embedding = random_counts(6);
  model.spectra = random_counts(6);
  return model;
}

Generator small_generator() {
  Generator generator;
  generator.network =
      gan_generator({.architecture = GanArchitecture::simple_convolutional, .latent = 1}, 16, 1);
  generator.weights = nn::initial_weights(generator.network, 1);
  return generator;
}

std::vector<Kind> kinds() {
  const TemporaryFolder folder;
  SpectrumImage image = labelled_image();
  write_spectrum_image(folder / "image.npz", image);
  write_dataset(folder / "set.npz", labelled_pixels(image));
  write_spectrum_image(folder / "one.msa", example_image(1, 1, 33));
  SvmModel model;
  model.kernel = rbf(0.5);
  model.class_names = {"a", "b"};
  model.classes = {0, 1};
  model.channels = 4;
  model.mean = {0, 0, 0, 0};
  model.support_vectors = random_counts(12);
  model.coefficients = {1, -0.5, -0.5};
  model.rho = {0.25};
  model.platt = {{-1, 0}};
  write_model(folder / "model", model);
  write_libsvm_model(folder / "model.txt", model);
  write_dataset(folder / "set.libsvm", labelled_pixels(image));
  write_knn_graph(folder / "graph", small_graph());
  write_umap_model(folder / "umap", small_embedding());
  write_generator(folder / "generator", small_generator());
  const std::uint64_t shape[] = {2, 3, 5};
  const auto counts = random_counts(30);
  const std::string npy =
      io::npy_header("<f4", shape) +
      std::string(reinterpret_cast<const char*>(counts.data()), counts.size() * sizeof(float));
  write_spectrum_image(folder / "image.ndata", example_image());
  write_spectrum_image(folder / "image.csv", image);
  return {{"npy", npy, reader(io::read_npy)},
          {"ndata", read_text(folder / "image.ndata"), reader(io::read_ndata)},
          {"csv", read_text(folder / "image.csv"), reader(io::read_csv)},
          {"npz image", read_text(folder / "image.npz"), reader(io::read_npz)},
          {"npz set", read_text(folder / "set.npz"), reader(io::read_npz)},
          {"msa", read_text(folder / "one.msa"), reader(io::read_msa)},
          {"dm3", dm_file(3), reader(io::read_dm)},
          {"dm4", dm_file(4), reader(io::read_dm)},
          {"model", read_text(folder / "model"),
           [](const std::string& text) {
             io::parse_model({"hostile", bytes_of(text)});
           }},
          {"graph", read_text(folder / "graph"),
           [](const std::string& text) {
             io::parse_knn_graph({"hostile", bytes_of(text)});
           }},
          {"umap", read_text(folder / "umap"),
           [](const std::string& text) {
             io::parse_umap_model({"hostile", bytes_of(text)});
           }},
          {"generator", read_text(folder / "generator"),
           [](const std::string& text) {
             io::parse_generator({"hostile", bytes_of(text)});
           }},
          {"libsvm", read_text(folder / "set.libsvm"), reader(io::read_libsvm)},
          {"libsvm model", read_text(folder / "model.txt"), [](const std::string& text) {
             io::parse_libsvm_model({"hostile", bytes_of(text)});
           }}};
}

// Either it is read, or one of our errors says why not; within a second, within the memory rule.
void expect_survived(const Kind& kind, const std::string& text, const std::string& how) {
  const auto begin = std::chrono::steady_clock::now();
  reset_largest_allocation();
  try {
    kind.parse(text);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("cannot"), std::string::npos) << error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << kind.name << ", " << how << ": " << error.what();
  }
  EXPECT_LE(largest_allocation(), 4 * text.size() + (std::size_t(64) << 20)) << kind.name << how;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1)) << kind.name << how;
}

TEST(Hostile, ValidFilesAreRead) {
  for (const Kind& kind : kinds()) EXPECT_NO_THROW(kind.parse(kind.valid)) << kind.name;
}

TEST(Hostile, FilesCutAtEveryByte) {
  for (const Kind& kind : kinds())
    for (std::size_t size = 0; size < kind.valid.size(); ++size)
      expect_survived(kind, kind.valid.substr(0, size), " cut at " + std::to_string(size));
}

TEST(Hostile, RandomBitsFlipped) {
  std::mt19937 generator(7);
  for (const Kind& kind : kinds())
    for (int trial = 0; trial < 3000; ++trial) {
      std::string text = kind.valid;
      for (unsigned i = 0; i <= generator() % 4; ++i)
        text[generator() % text.size()] ^= char(1 << generator() % 8);
      expect_survived(kind, text, " trial " + std::to_string(trial));
    }
}

TEST(Hostile, FieldsOfEveryWidthAtTheirExtremes) {
  for (const Kind& kind : kinds())
    for (const std::size_t width : {1, 2, 4, 8})
      for (std::size_t at = 0; at + width <= kind.valid.size(); at += 1 + kind.valid.size() / 800)
        for (const bool big : {false, true})
          for (const std::uint64_t value : {0ull, 1ull, ~0ull, ~0ull >> 1, ~0ull - 1}) {
            if (big && width == 1) continue;
            std::string text = kind.valid;
            const std::string bytes = packed(value, big);
            text.replace(at, width, big ? bytes.substr(8 - width) : bytes.substr(0, width));
            expect_survived(kind, text, " byte " + std::to_string(at));
          }
}

TEST(Hostile, ADeflateBombCostsNoMemoryBeforeItIsFound) {
  // A member of zeros that claims a terabyte: its size is checked against what deflate can hold.
  const TemporaryFolder folder;
  SpectrumImage image = example_image(8, 8, 256);
  std::fill(image.counts.begin(), image.counts.end(), 0.0f);
  write_spectrum_image(folder / "zeros.npz", image);
  std::string text = read_text(folder / "zeros.npz");
  const std::string size = packed(std::uint32_t(8 * 8 * 256 * 4 + 128));
  for (std::size_t at = text.find(size); at != std::string::npos; at = text.find(size, at + 4))
    text.replace(at, 4, packed(std::uint32_t(0xFFFFFFF0)));
  const Kind kind{"npz", text, reader(io::read_npz)};
  EXPECT_THROW(kind.parse(text), FormatError);
  expect_survived(kind, text, " bomb");
}

TEST(Hostile, DamagedHdf5FilesLeaveTheCallerUnharmed) {
  try {
    io::hdf5_helper();
  } catch (const Unsupported& reason) {
    GTEST_SKIP() << reason.what();
  }
  const TemporaryFolder folder;
  write_spectrum_image(folder / "image.hspy", labelled_image());
  const std::string valid = read_text(folder / "image.hspy");
  const Kind kind{"hspy", valid, [&](const std::string& text) {
                    write_text(folder / "damaged.hspy", text);
                    expect_consistent(read_file(folder / "damaged.hspy"));
                  }};
  const auto survive = [&](const std::string& text) {
    try {
      kind.parse(text);
      return true;
    } catch (const Error&) {
      return false;
    }
  };
  std::mt19937 generator(11);
  int refused = 0;
  for (int trial = 0; trial < 60; ++trial) {
    std::string text = valid;
    const std::size_t at = generator() % text.size();
    if (trial % 3 == 0)
      text.resize(at);
    else if (trial % 3 == 1)
      text[at] ^= char(1 << generator() % 8);
    else
      for (std::size_t i = at; i < std::min(at + 8, text.size()); ++i) text[i] = char(generator());
    if (!text.empty()) refused += !survive(text);
  }
  EXPECT_GT(refused, 10);
  EXPECT_TRUE(survive(valid));
}

}  // namespace
}  // namespace whiteline::test
