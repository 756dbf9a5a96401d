// What we write, read by NumPy and HyperSpy where this machine has them.
#include "io/python.hpp"
#include "io/helper.hpp"
#include "support/folders.hpp"

namespace whiteline::test {
namespace {

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

TEST(Python, NumPyReadsOurDataItems) {
  if (!has_module("numpy")) GTEST_SKIP() << "no NumPy for " << python;
  const TemporaryFolder folder;
  write_spectrum_image(folder / "item.ndata", energy_major(example_image()));
  expect_python_agrees(folder, R"(
import io, json, numpy as np, zipfile
with zipfile.ZipFile("item.ndata") as z:
    assert z.testzip() is None and set(z.namelist()) == {"data.npy", "metadata.json"}
    assert all(i.compress_type == zipfile.ZIP_STORED for i in z.infolist())
    a = np.load(io.BytesIO(z.read("data.npy")), allow_pickle=False)
    d = json.loads(z.read("metadata.json"))
assert a.shape == (3, 4, 33) and a.dtype == np.float32
assert (d["collection_dimension_count"], d["datum_dimension_count"], d["is_sequence"]) == (2, 1, False)
assert d["spatial_calibrations"][2] == {"offset": 460.0, "scale": 0.25, "units": "eV"}
assert d["spatial_calibrations"][0] == {"offset": 0.0, "scale": 0.5, "units": "nm"}
assert d["metadata"]["instrument"]["high_tension"] == 300000.0
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
  const auto theirs = source_folder() / "tests/golden/hyperspy/cube.hspy";
  write_spectrum_image(folder / "carried.hspy", read_spectrum_image(theirs));
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
    c = hs.load("carried.hspy", lazy=lazy)
    assert sorted(c.metadata.Sample.elements) == ["Fe", "O"], c.metadata.Sample.elements
    assert c.metadata.Sample.notes == ["Größe", "b"], c.metadata.Sample.notes
    assert c.metadata.Sample.thickness == [0.5] and c.metadata.Sample.nothing == []
    assert list(c.metadata.Sample.counts) == [1, 2, 3] and c.metadata.Sample.unknown is None
    assert c.original_metadata.ImageList.TagGroup0.as_dictionary() == {"flag": True, "text": "°"}
hs.load("plain.hspy").save("again.hspy")
m = hs.load("one.msa")
assert m.axes_manager[0].offset == 460.0 and m.axes_manager[0].size == 64
)");
  // And back: what HyperSpy saved.
  expect_same_spectra(read_spectrum_image(folder / "again.hspy"), plain);
}

}  // namespace
}  // namespace whiteline::test
