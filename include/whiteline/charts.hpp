// Charts as SVG text: curves, heat maps, points. The same chart gives the same bytes everywhere.
#pragma once

#include <whiteline/maps.hpp>
#include <whiteline/metrics.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace whiteline {

// Text is UTF-8; what XML cannot hold is replaced. Sizes are in CSS pixels.

struct ChartAxis {
  std::string label;  // with its unit: "energy loss (eV)"
  enum class Scale { linear, logarithmic } scale = Scale::linear;
  std::optional<double> low, high;  // ends of the axis; not given: round numbers around the data
};

// One curve. Points that are not finite, or not above 0 on a logarithmic axis, are gaps.
struct ChartSeries {
  std::string name;               // in the legend; empty: not there
  std::vector<double> x, y;       // of equal length
  std::vector<double> low, high;  // edges of an error band, one a point; empty: no band
  enum class Mark { line, line_with_points, points, steps, dashes } mark = Mark::line;
  std::optional<Colour> colour;  // not given: of the series' position, as in maps, but darkened
};

struct LineChart {
  std::string title;
  ChartAxis x, y;
  std::vector<ChartSeries> series;
  double width = 560, height = 360;  // of the frame; labels, title and legend come on top
};

// A table of numbers as coloured cells, first row at the top. NaN: a grey cell.
struct HeatMap {
  std::string title, row_label, column_label;
  std::vector<std::string> rows, columns;  // names
  std::vector<double> values;              // rows x columns
  std::vector<std::string> texts;          // in the cells, `\n` parts two lines; empty: the values
  std::string value_label;                 // beside the colour bar
  std::optional<double> low, high;         // ends of the colour bar; not given: of the data
  std::optional<std::int64_t> marked;      // number of a cell to frame, for example the best
};

// Points in groups, as an embedding with its classes. Not finite: left out.
struct ScatterChart {
  std::string title;
  ChartAxis x, y;
  std::vector<float> points;         // x, y of each
  std::vector<std::int32_t> labels;  // one a point; empty: all alike; no_label: grey, underneath
  std::vector<std::string> class_names;  // of labels 0, 1, ...
  double width = 480, height = 480;      // of the frame
};

// How often what was claimed came true, with 95 % intervals, above the numbers of rows.
struct ReliabilityDiagram {
  std::string title;
  struct Curve {
    std::string name;  // in the legend, with the expected calibration error
    ReliabilityCurve reliability;
  };
  std::vector<Curve> curves;
  double width = 400;  // of the frame
};

// Numbers with what is known of them, one below the other, in named groups: a share with its 95 %
// interval, say.
struct IntervalChart {
  std::string title;
  ChartAxis x;
  struct Row {
    std::string name;         // on the left
    double value, low, high;  // low <= value <= high
    std::string note = {};    // on the right: "12 of 30"
  };
  struct Group {
    std::string name;  // above its rows; empty: not there
    std::vector<Row> rows;
  };
  std::vector<Group> groups;
  double width = 360;  // of the frame
};

// They throw InvalidArgument for lengths that do not belong together, labels without a name, axis
// ends that are not finite, in the wrong order or, on a logarithmic axis, not above 0; intervals
// that do not hold their value.
WHITELINE_EXPORT std::string svg(const LineChart& chart);
WHITELINE_EXPORT std::string svg(const HeatMap& map);
WHITELINE_EXPORT std::string svg(const ScatterChart& chart);
WHITELINE_EXPORT std::string svg(const ReliabilityDiagram& diagram);
WHITELINE_EXPORT std::string svg(const IntervalChart& chart);

// Counts of a confusion matrix (true classes are rows), coloured by the share of their row.
WHITELINE_EXPORT HeatMap confusion_chart(const std::vector<std::int64_t>& counts,
                                         const std::vector<std::string>& class_names);

}  // namespace whiteline
