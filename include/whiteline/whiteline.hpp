// All of whiteline.
#pragma once

#include <whiteline/align.hpp>
#include <whiteline/augment.hpp>
#include <whiteline/charts.hpp>
#include <whiteline/context.hpp>
#include <whiteline/embedding_metrics.hpp>
#include <whiteline/error.hpp>
#include <whiteline/hdbscan.hpp>
#include <whiteline/io.hpp>
#include <whiteline/kernel_matrix.hpp>
#include <whiteline/maps.hpp>
#include <whiteline/matrix.hpp>
#include <whiteline/metrics.hpp>
#include <whiteline/model_selection.hpp>
#include <whiteline/neighbors.hpp>
#include <whiteline/pca.hpp>
#include <whiteline/preprocess.hpp>
#include <whiteline/progress.hpp>
#include <whiteline/spectra.hpp>
#include <whiteline/svm.hpp>
#include <whiteline/synth.hpp>
#include <whiteline/umap.hpp>
#include <whiteline/version.hpp>
