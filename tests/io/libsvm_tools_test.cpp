// Models and sets that go to LIBSVM's own programs, and come from them.
#include <algorithm>
#include <cstdlib>

#include "algorithms/svm_data.hpp"
#include "io/files.hpp"

namespace whiteline::test {
namespace {

constexpr std::int64_t channels = 20;

class LibsvmTools : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v svm-train svm-predict >/dev/null 2>&1") != 0)
      GTEST_SKIP() << "no svm-train and svm-predict (install libsvm-tools)";
  }

  void run(const std::string& command) const {
    const std::string all = "cd '" + folder_.path().string() + "' && " + command + " >log 2>&1";
    ASSERT_EQ(std::system(all.c_str()), 0) << command << "\n" << read_text(folder_ / "log");
  }
  // Class names are the labels that LIBSVM sees.
  void write_set(const std::string& name, const Labelled& set) const {
    Dataset data{set.rows, set.channels, set.x, {}, {"5", "-1", "12"}, std::nullopt, {}, "{}"};
    for (const std::int32_t label : set.labels) data.labels.push_back(label - 3);
    write_dataset(folder_ / name, data);
  }
  std::vector<std::int32_t> predicted(const std::string& name) const {
    std::vector<std::int32_t> labels;
    std::ifstream file(folder_ / name);
    for (std::int32_t label = 0; file >> label;) labels.push_back(label);
    return labels;
  }
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  // The labels that the model's class names are.
  std::vector<std::int32_t> our_labels(const SvmModel& model, const Labelled& set) const {
    std::vector<std::int32_t> labels = svm_predict(ctx_, model, set.on(ctx_)).labels;
    const std::vector<std::int32_t> named = libsvm_labels(model.class_names, model.classes);
    for (std::int32_t& label : labels) {
      const auto at = std::find(model.classes.begin(), model.classes.end(), label);
      label = named[std::size_t(at - model.classes.begin())];
    }
    return labels;
  }

  const Context ctx_{"cpu", {.threads = 1}};
  const Labelled training_ = peaks(240, channels, 3, 0.9, 11);
  const Labelled probes_ = peaks(400, channels, 3, 0.9, 12);

 private:
  TemporaryFolder folder_;
};

Labelled divided_by_norm(Labelled set) {
  for (std::int64_t r = 0; r < set.rows; ++r) {
    float* row = set.x.data() + r * set.channels;
    double squares = 0.0;
    for (std::int64_t c = 0; c < set.channels; ++c) squares += double(row[c]) * double(row[c]);
    for (std::int64_t c = 0; c < set.channels; ++c)
      row[c] = float(double(row[c]) / std::sqrt(squares));
  }
  return set;
}

TEST_F(LibsvmTools, SvmPredictGivesOurLabelsAndProbabilitiesForEveryKernel) {
  const Matrix x = training_.on(ctx_);
  write_set("probes.libsvm", probes_);
  write_set("unit.libsvm", divided_by_norm(probes_));
  for (const Kernel& kernel :
       {linear(), polynomial(2, 0.1, 1.0), rbf(0.3), sigmoid(0.02, -0.1), cosine()}) {
    const std::string type(name(kernel.type));
    const SvmParams params{.kernel = kernel, .C = 3};
    SvmModel model = svm_calibrate(ctx_, svm_train(ctx_, params, x, training_.labels).model, params,
                                   {}, x, training_.labels);
    model.class_names = {"5", "-1", "12"};
    write_libsvm_model(file(type + ".model"), model);
    const std::string set = kernel.type == KernelType::cosine ? "unit.libsvm " : "probes.libsvm ";
    run("svm-predict " + set + type + ".model " + type + ".labels");
    EXPECT_EQ(predicted(type + ".labels"), our_labels(model, probes_)) << type;

    run("svm-predict -b 1 " + set + type + ".model " + type + ".p");
    std::ifstream theirs(file(type + ".p"));
    std::string line;
    std::getline(theirs, line);
    EXPECT_EQ(line, "labels 5 -1 12");
    const auto ours = svm_predict(ctx_, model, probes_.on(ctx_), {.probability = true}).probability;
    for (std::int64_t r = 0; r < probes_.rows; ++r) {
      double label = 0.0, p = 0.0;
      theirs >> label;
      for (std::int64_t c = 0; c < 3; ++c) {
        theirs >> p;
        // LIBSVM stops the coupling of pairs early, at 0.005 / classes.
        EXPECT_NEAR(double(ours[std::size_t(3 * r + c)]), p, 5e-3) << type << ", row " << r;
      }
    }
  }
}

TEST_F(LibsvmTools, ModelsOfSvmTrainGiveTheirLabels) {
  write_set("training.libsvm", training_);
  write_set("probes.libsvm", probes_);
  for (const char* options : {"-t 0 -c 3", "-t 1 -d 2 -g 0.1 -r 1 -c 3", "-t 2 -g 0.3 -c 3",
                              "-t 3 -g 0.02 -r -0.1 -c 3", "-s 1 -n 0.3 -t 2 -g 0.3"}) {
    run(std::string("svm-train -q ") + options + " training.libsvm theirs.model");
    run("svm-predict probes.libsvm theirs.model theirs.labels");
    const SvmModel model = read_model(file("theirs.model"));
    EXPECT_EQ(model.class_names, (std::vector<std::string>{"-1", "5", "12"}));
    EXPECT_EQ(our_labels(model, probes_), predicted("theirs.labels")) << options;
  }
}

TEST_F(LibsvmTools, AModelOfSvmTrainComesBackFromUsUnchangedInWhatItDecides) {
  write_set("training.libsvm", training_);
  write_set("probes.libsvm", probes_);
  run("svm-train -q -b 1 -t 2 -g 0.3 -c 3 training.libsvm theirs.model");
  write_libsvm_model(file("ours.model"), read_model(file("theirs.model")));
  run("svm-predict probes.libsvm theirs.model theirs.labels");
  run("svm-predict probes.libsvm ours.model ours.labels");
  EXPECT_EQ(predicted("ours.labels"), predicted("theirs.labels"));
}

}  // namespace
}  // namespace whiteline::test
