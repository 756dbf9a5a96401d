// What we write, read by NumPy and HyperSpy where this machine has them.
#include <sys/wait.h>

#include <cstdlib>

#include "io/files.hpp"
#include "io/helper.hpp"

namespace whiteline::test {
namespace {

constexpr const char* python = "/usr/bin/python3";

int status_of(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool has_module(const std::string& name) {
  return status_of(std::string(python) + " -c 'import " + name + "' >/dev/null 2>&1") == 0;
}

// Runs the script in the folder; its asserts are ours.
void expect_python_agrees(const TemporaryFolder& folder, const std::string& script) {
  write_text(folder / "check.py", script);
  EXPECT_EQ(status_of("cd " + folder.path().string() + " && " + python +
                      " -W ignore check.py >output.txt 2>&1"),
            0)
      << read_text(folder / "output.txt");
}

TEST(Python, NumPyReadsOurArchives) {
  if (!has_module("numpy")) GTEST_SKIP() << "no NumPy for " << python;
  const TemporaryFolder folder;
  write_spectrum_image(folder / "image.npz", labelled_image());
  Dataset set = labelled_pixels(labelled_image());
  write_dataset(folder / "set.npz", set);
  expect_python_agrees(folder, R"(
import numpy as np, zipfile
assert zipfile.ZipFile("image.npz").testzip() is None
z = np.load("image.npz", allow_pickle=False)
assert z["spectra"].dtype == np.float32 and z["spectra"].shape == (3, 4, 33)
assert z["labels"].tolist() == [[0, 1, -1, 1], [0, 0, 1, 1], [-1, 0, 1, 0]]
assert z["class_names"].tolist() == ["FeO", "Fe₃O₄"] and z["class_names"].dtype.kind == "U"
assert np.allclose(z["energy"], 460 + 0.25 * np.arange(33), atol=1e-9)
assert z["truth_phase_fraction"].shape == (3, 4, 2) and z["truth_shift"].dtype == np.float64
assert z["scale"].tolist() == [0.5, 0.75] and str(z["scale_units"]) == "nm"
assert str(z["title"]) == "Fe cube, 60 °"
s = np.load("set.npz", allow_pickle=False)
assert s["spectra"].shape == (10, 33) and s["labels"].dtype == np.int32
assert (s["spectra"] == z["spectra"].reshape(12, 33)[z["labels"].ravel() >= 0]).all()
)");
}

TEST(Python, HyperSpyOpensOurFilesEagerlyAndLazily) {
  try {
    io::hdf5_helper();
  } catch (const Unsupported& reason) {
    GTEST_SKIP() << reason.what();
  }
  if (!has_module("hyperspy.api")) GTEST_SKIP() << "no HyperSpy for " << python;
  const TemporaryFolder folder;
  const SpectrumImage image = labelled_image();
  write_spectrum_image(folder / "labelled.hspy", image);
  SpectrumImage plain = example_image(2, 5, 257);
  write_spectrum_image(folder / "plain.hspy", energy_major(plain));
  write_spectrum_image(folder / "plain.npz", plain);
  write_spectrum_image(folder / "one.msa", example_image(1, 1, 64));
  expect_python_agrees(folder, R"(
import numpy as np, hyperspy.api as hs
z = np.load("plain.npz")["spectra"]
for lazy in (False, True):
    s = hs.load("plain.hspy", lazy=lazy)
    assert type(s).__name__ == ("LazyEELSSpectrum" if lazy else "EELSSpectrum"), type(s)
    assert s.axes_manager.navigation_shape == (5, 2) and s.axes_manager.signal_shape == (257,)
    E = s.axes_manager.signal_axes[0]
    assert (E.offset, E.scale, E.units) == (460.0, 0.25, "eV")
    x = s.axes_manager.navigation_axes[0]
    assert (x.name, x.scale, x.units) == ("x", 0.75, "nm")
    assert (np.asarray(s.data) == z).all()
    assert s.metadata.Acquisition_instrument.TEM.beam_energy == 300.0
    assert s.metadata.Acquisition_instrument.TEM.Detector.EELS.collection_angle == 21.5
    found = {x.metadata.General.title: x for x in hs.load("labelled.hspy", lazy=lazy)}
    assert set(found) == {"Fe cube, 60 °", "labels", "phase_fraction", "shift"}, set(found)
    assert found["labels"].data.shape == (3, 4)
hs.load("plain.hspy").save("again.hspy")
m = hs.load("one.msa")
assert m.axes_manager[0].offset == 460.0 and m.axes_manager[0].size == 64
)");
  // And back: what HyperSpy saved.
  expect_same_spectra(read_spectrum_image(folder / "again.hspy"), plain);
}

}  // namespace
}  // namespace whiteline::test
