// LIBSVM's texts: what is read, what is written, and what is refused with its place.
#include "io/libsvm.hpp"

#include <algorithm>

#include "algorithms/svm_data.hpp"
#include "io/files.hpp"

namespace whiteline::test::libsvm_test {
namespace {

Dataset parsed(const std::string& text) {
  io::InputFile file("test.libsvm", bytes_of(text));
  return *io::read_libsvm(file).dataset;
}

SvmModel parsed_model(const std::string& text) {
  return io::parse_libsvm_model({"test.model", bytes_of(text)});
}

void expect_refused(const std::string& text, const std::string& part) {
  const std::string message = message_of<FormatError>([&] { parsed(text); });
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

void expect_model_refused(const std::string& text, const std::string& part) {
  const std::string message = message_of<FormatError>([&] { parsed_model(text); });
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

// Three classes that first appear as 7, -2, 3; rows of class 3 are not neighbours of the others.
const std::string three_classes =
    "svm_type c_svc\nkernel_type rbf\ngamma 0.5\nnr_class 3\ntotal_sv 4\nrho 0.1 0.2 0.3\n"
    "label 7 -2 3\nprobA -1 -2 -3\nprobB 0.5 0.25 0.125\nnr_sv 2 1 1\nSV\n"
    "1 2 1:1 3:0.5\n"    // class 7: against -2, against 3
    "0 1.5 2:2 \n"       // class 7
    "-1 4 1:-1\n"        // class -2: against 7, against 3
    "-3.5 -4 3:0.25\n";  // class 3: against 7, against -2

TEST(Libsvm, LabelsAndValuesAreReadWhateverIsLeftOut) {
  const Dataset set = parsed("+1 1:0.5 3:-2e-1\n\n# a comment\n-1\n3 2:4 # 3:5\r\n-1.0 \t1:1e-60");
  EXPECT_EQ(set.rows, 4);
  EXPECT_EQ(set.channels, 3);
  EXPECT_EQ(set.counts, (std::vector<float>{0.5f, 0, -0.2f, 0, 0, 0, 0, 4, 0, 0, 0, 0}));
  EXPECT_EQ(set.class_names, (std::vector<std::string>{"-1", "1", "3"}));
  EXPECT_EQ(set.labels, (std::vector<std::int32_t>{1, 0, 2, 0}));
  EXPECT_FALSE(set.energy);
  validate(set);
}

TEST(Libsvm, RefusalsNameLineAndColumn) {
  expect_refused("1 1:1\n1 2:1 1:1\n",
                 "line 2, column 7: index 1 after 2, but indices ascend, at byte 12");
  expect_refused("1 1:1 1:2\n", "line 1, column 7: index 1 after 1");
  expect_refused("1 0:1 1:2\n", "line 1, column 3: index 0");
  expect_refused("a 1:1\n", "line 1, column 1: the label `a` is no number");
  expect_refused("1.5 1:1\n", "no set of classes");
  expect_refused("1 1:1\n1e10 1:1\n", "line 2, column 1");
  expect_refused("1,2 1:1\n", "line 1, column 1");
  expect_refused("1 1:1 x\n", "line 1, column 7: `x` is no index:value");
  expect_refused("1 qid:4 1:1\n", "line 1, column 3: `qid` is no index");
  expect_refused("1 1:\n", "line 1, column 5: `` is no finite number");
  expect_refused("1 1:nan\n", "`nan` is no finite number");
  expect_refused("1 1:inf\n", "`inf` is no finite number");
  expect_refused("1 1:1e39\n", "`1e39` is no finite number");
  expect_refused("1 1:1:2\n", "`1:2` is no finite number");
  expect_refused("1 -1:1 2:2\n", "`-1` is no index");
  expect_refused("1 99999999999999999999:1 3:1\n", "is no index");
  expect_refused("1\n2\n", "no line has an index:value");
  expect_refused("1 5:1 3:1\n", "index 3 after 5");
}

TEST(Libsvm, ATableFarLargerThanItsFileIsRefusedBeforeItIsMade) {
  const std::string message =
      message_of<Unsupported>([] { parsed("1 4000000000:1\n2 1:1\n3 1:1\n"); });
  EXPECT_NE(message.find("3 rows of 4000000000 columns"), std::string::npos) << message;
  EXPECT_EQ(parsed("1 100000:1\n2 1:1\n").channels, 100000);
}

TEST(Libsvm, ASetComesBackWithTheSameBits) {
  const TemporaryFolder folder;
  const Labelled peaks_set = peaks(257, 33, 3, 0.5, 1);
  Dataset set;
  set.rows = 257;
  set.channels = 33;
  set.counts = peaks_set.x;
  for (const std::int32_t label : peaks_set.labels) set.labels.push_back(label - 3);
  set.class_names = {"-4", "0", "12"};
  write_dataset(folder / "set.libsvm", set);
  const Dataset back = read_dataset(folder / "set.libsvm");
  EXPECT_EQ(back.counts, set.counts);
  EXPECT_EQ(back.labels, set.labels);
  EXPECT_EQ(back.class_names, set.class_names);
}

TEST(Libsvm, NamesThatAreNoNumbersBecomePositions) {
  EXPECT_EQ(libsvm_labels({"FeO", "Fe3O4"}, {0, 1}), (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(libsvm_labels({"+1", "-1"}, {0, 1}), (std::vector<std::int32_t>{1, -1}));
  EXPECT_EQ(libsvm_labels({"+1", "1"}, {0, 1}), (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(libsvm_labels({"1", "2+"}, {5, 6}), (std::vector<std::int32_t>{5, 6}));
}

TEST(Libsvm, TheFormatIsKnownByItsContentUnderAnyName) {
  const TemporaryFolder folder;
  write_text(folder / "heart", "# made by hand\n+1 1:0.5\n-1 2:1\n");
  EXPECT_EQ(read_file(folder / "heart").format, "libsvm");
  write_text(folder / "zeros.libsvm", "1\n-1 2:1\n");
  EXPECT_EQ(read_dataset(folder / "zeros.libsvm").rows, 2);
  write_text(folder / "prose", "1 spectrum: of iron\n");
  EXPECT_THROW(read_file(folder / "prose"), Unsupported);
}

TEST(Libsvm, RowsThatTheTextCannotHoldAreRefused) {
  const TemporaryFolder folder;
  Dataset set;
  set.rows = 2;
  set.channels = 2;
  set.counts = {1, 2, 3, 4};
  set.class_names = {"a"};
  set.labels = {0, no_label};
  EXPECT_NE(message_of<InvalidArgument>([&] {
              write_dataset(folder / "set.libsvm", set);
            }).find("row 1 has no label"),
            std::string::npos);
  set.labels = {0, 0};
  set.counts[3] = NAN;
  EXPECT_NE(message_of<InvalidArgument>([&] {
              write_dataset(folder / "set.libsvm", set);
            }).find("channel 1 of row 1"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder / "set.libsvm"));
}

TEST(LibsvmModel, ClassesAreSortedAndTurnedPairsChangeSign) {
  const SvmModel model = parsed_model(three_classes);
  EXPECT_EQ(model.kernel.type, KernelType::rbf);
  EXPECT_EQ(model.kernel.gamma, 0.5);
  EXPECT_EQ(model.classes, (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_EQ(model.class_names, (std::vector<std::string>{"-2", "3", "7"}));
  EXPECT_EQ(model.channels, 3);
  EXPECT_EQ(model.support_vectors,
            (std::vector<float>{-1, 0, 0, 0, 0, 0.25f, 1, 0, 0.5f, 0, 2, 0}));
  // Pairs -2|3, -2|7 (turned), 3|7 (turned).
  EXPECT_EQ(model.coefficients, (std::vector<double>{4, -4, 0, 0, 1, 0, -1, 0, 0, 3.5, -2, -1.5}));
  EXPECT_EQ(model.rho, (std::vector<double>{0.3, -0.1, -0.2}));
  EXPECT_EQ(model.platt[0].A, -3);
  EXPECT_EQ(model.platt[0].B, 0.125);
  EXPECT_EQ(model.platt[1].A, -1);
  EXPECT_EQ(model.platt[1].B, -0.5);
  EXPECT_EQ(model.platt[2].A, -2);
  EXPECT_EQ(model.platt[2].B, -0.25);
  EXPECT_EQ(model.mean, (std::vector<float>{0, 0.5f, 0.1875f}));
}

TEST(LibsvmModel, TheSortedModelDecidesAsTheFileSays) {
  const SvmModel model = parsed_model(three_classes);
  const Context ctx("cpu", {.threads = 1});
  const std::vector<float> x = {0.3f, -0.4f, 0.9f};
  const auto found = svm_predict(ctx, model, Matrix::from_host(ctx, {x.data(), 1, 3}),
                                 {.probability = true, .decision = true});
  const auto K = [&](double a, double b, double c) {
    return std::exp(-0.5 * (std::pow(x[0] - a, 2) + std::pow(x[1] - b, 2) + std::pow(x[2] - c, 2)));
  };
  const double first = K(1, 0, 0.5), second = K(0, 2, 0), third = K(-1, 0, 0),
               fourth = K(0, 0, .25);
  EXPECT_NEAR(found.decision[0], 4 * third - 4 * fourth - 0.3, 1e-6);
  EXPECT_NEAR(-found.decision[1], first - third - 0.1, 1e-6);  // the file's pair 7|-2
  EXPECT_NEAR(-found.decision[2], 2 * first + 1.5 * second - 3.5 * fourth - 0.2, 1e-6);
}

TEST(LibsvmModel, EveryKernelComesBackFromTheText) {
  const TemporaryFolder folder;
  const Context ctx("cpu", {.threads = 1});
  const Labelled set = peaks(90, 20, 3, 0.6, 2);
  const Matrix x = set.on(ctx);
  for (const Kernel& kernel :
       {linear(), polynomial(2, 0.1, 1.0), rbf(0.3), sigmoid(0.02, -0.1), cosine()}) {
    const SvmParams params{.kernel = kernel, .C = 3};
    const SvmModel model =
        svm_calibrate(ctx, svm_train(ctx, params, x, set.labels).model, params, {}, x, set.labels);
    const auto path = folder / (std::string(name(kernel.type)) + ".model");
    write_libsvm_model(path, model);
    const SvmModel back = read_model(path);
    EXPECT_EQ(back.class_names, model.class_names);
    EXPECT_EQ(back.coefficients, model.coefficients) << name(kernel.type);
    EXPECT_EQ(back.rho, model.rho);
    ASSERT_EQ(back.platt.size(), 3u);
    for (std::size_t p = 0; p < 3; ++p) EXPECT_EQ(back.platt[p].B, model.platt[p].B);
    if (kernel.type == KernelType::cosine) {
      EXPECT_EQ(back.kernel.type, KernelType::linear);
    } else {
      EXPECT_EQ(back.kernel.type, kernel.type);
      EXPECT_EQ(back.kernel.gamma, model.kernel.gamma);
      EXPECT_EQ(back.kernel.coef0, model.kernel.coef0);
      EXPECT_EQ(back.support_vectors, model.support_vectors);
      EXPECT_LT(largest_difference(decisions(ctx, back, x), decisions(ctx, model, x)), 1e-4);
    }
  }
}

TEST(LibsvmModel, ACosineModelIsLinearOnNormalisedSpectra) {
  const TemporaryFolder folder;
  const Context ctx("cpu", {.threads = 1});
  const Labelled set = peaks(90, 20, 3, 0.6, 3);
  Labelled unit = set;
  for (std::size_t r = 0; r < 90; ++r) {
    double squares = 0.0;
    for (std::size_t c = 0; c < 20; ++c) squares += std::pow(double(set.x[r * 20 + c]), 2);
    for (std::size_t c = 0; c < 20; ++c)
      unit.x[r * 20 + c] = float(double(set.x[r * 20 + c]) / std::sqrt(squares));
  }
  const SvmModel model =
      svm_train(ctx, {.kernel = cosine(), .C = 10}, set.on(ctx), set.labels).model;
  write_libsvm_model(folder / "cosine.model", model);
  EXPECT_LT(largest_difference(decisions(ctx, read_model(folder / "cosine.model"), unit.on(ctx)),
                               decisions(ctx, model, set.on(ctx))),
            1e-4);
}

// `three_classes` with one line put in place of another.
std::string with(const std::string& line, const std::string& other) {
  std::string text = three_classes;
  const std::size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return text.replace(at, line.size(), other);
}

TEST(LibsvmModel, CountsAreCheckedAgainstEachOtherAndTheFile) {
  expect_model_refused(with("nr_sv 2 1 1", "nr_sv 9 1 1"), "nr_sv adds up to 11, total_sv is 4");
  expect_model_refused(with("nr_sv 2 1 1", "nr_sv 2 1"), "`nr_sv` has 2 numbers, not 3");
  expect_model_refused(with("nr_sv 2 1 1", "nr_sv 2 1 -1"), "`-1` of `nr_sv`");
  expect_model_refused(with("total_sv 4", "total_sv 5"), "4 support vectors follow");
  expect_model_refused(with("nr_class 3", "nr_class 2"),
                       "line 10, column 12: `nr_sv` has 3 numbers, not 2, at byte 139");
  expect_model_refused(with("nr_class 3", "nr_class 1"), "1 classes");
  expect_model_refused(with("nr_class 3", "nr_class 4000000000"), "4000000000 classes");
  expect_model_refused(with("rho 0.1 0.2 0.3", "rho 0.1 0.2"), "`rho` has 2 numbers, not 3");
  expect_model_refused(with("0 1.5 2:2 ", "0 2:2"), "line 13, column 3: `2:2` is no coefficient");
  expect_model_refused(with("0 1.5 2:2 ", "0 1.5 2 2:2"), "line 13, column 7");
  expect_model_refused(with("0 1.5 2:2 \n", ""), "3 support vectors follow");
}

TEST(LibsvmModel, WhatIsNoClassifierOrNoNumberIsRefused) {
  EXPECT_THROW(parsed_model(with("c_svc", "epsilon_svr")), Unsupported);
  EXPECT_THROW(parsed_model(with("c_svc", "one_class")), Unsupported);
  expect_model_refused(with("kernel_type rbf", "kernel_type precomputed"),
                       "`1:1` is no 0:serial, a training row counted from 1");
  EXPECT_NO_THROW(parsed_model(with("c_svc", "nu_svc")));
  expect_model_refused(with("kernel_type rbf", "kernel_type laplace"), "`laplace` is no kernel");
  expect_model_refused(with("kernel_type rbf", "kernel_type polynomial"), "there is no `degree`");
  expect_model_refused(with("gamma 0.5", "gamma nan"), "line 3, column 7: `nan` of `gamma`");
  expect_model_refused(with("gamma 0.5", "gamma 0"), "gamma is not above 0");
  expect_model_refused(with("gamma 0.5", "gamma 0.5 1"), "`gamma` has 2 numbers, not 1");
  expect_model_refused(with("gamma 0.5", "gamma 0,5"), "`0,5` of `gamma`");
  expect_model_refused(with("rho 0.1", "rho inf"), "`inf` of `rho`");
  expect_model_refused(with("gamma 0.5", "colour red"), "line 3, column 1: `colour` is no field");
  expect_model_refused(with("gamma 0.5", "gamma 0.5\ngamma 0.5"),
                       "line 4, column 1: `gamma` comes");
  expect_model_refused(with("probB 0.5 0.25 0.125\n", ""), "there is no `probB`");
  expect_model_refused(with("label 7 -2 3", "label 7 -2 7"), "same label");
  expect_model_refused(with("1 2 1:1 3:0.5", "1 2 3:1 1:0.5"),
                       "line 12, column 9: index 1 after 3");
  expect_model_refused(with("1 2 1:1", "1 nan 1:1"), "`nan` is no coefficient");
  expect_model_refused(with("SV\n", "S\n"), "`S` is no field");
  expect_model_refused(three_classes.substr(0, three_classes.find("SV")), "there is no line `SV`");
}

TEST(LibsvmModel, CoefficientsOfNoOneVersusOneModelAreNotWritten) {
  const TemporaryFolder folder;
  SvmModel model = parsed_model(three_classes);
  model.coefficients[2] = 1;  // a vector of class 7 takes part in -2|3
  EXPECT_NE(message_of<InvalidArgument>([&] {
              write_libsvm_model(folder / "bad.model", model);
            }).find("support vector 2"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder / "bad.model"));
}

}  // namespace
}  // namespace whiteline::test::libsvm_test
