#include <whiteline/search.hpp>

#include <utility>

namespace whiteline {

namespace {

std::vector<std::string> numbered(char letter, int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(letter + std::to_string(i));
  return names;
}

SearchParameter choice(std::string name, std::vector<std::string> choices) {
  SearchParameter parameter;
  parameter.name = std::move(name);
  parameter.choices = std::move(choices);
  return parameter;
}

SearchParameter number(std::string name, std::int64_t low, std::int64_t high,
                       std::int64_t step = 1) {
  SearchParameter parameter;
  parameter.name = std::move(name);
  parameter.low = low;
  parameter.high = high;
  parameter.step = step;
  return parameter;
}

SearchParameter where(std::string parent, std::vector<std::string> values,
                      SearchParameter parameter) {
  parameter.parent = std::move(parent);
  parameter.parent_values = std::move(values);
  return parameter;
}

SearchParameter units(SearchSampler sampler) {
  return number("units", 16, 1024, sampler == SearchSampler::random ? 16 : 1);
}

// What both spaces have.
void add_training(std::vector<SearchParameter>& parameters) {
  parameters.push_back(
      choice("activation", {"relu", "sigmoid", "tanh", "selu", "elu", "exponential"}));
  parameters.push_back(choice("optimizer", {"adam", "sgd", "rmsprop"}));
  parameters.push_back(choice("learning_rate", {"1", "1e-1", "1e-2", "1e-3", "1e-4", "1e-5"}));
  parameters.push_back(choice("output", {"sigmoid", "softmax"}));
}

}  // namespace

SearchSpace dense_search_space(SearchSampler sampler) {
  std::vector<SearchParameter> parameters = {choice("structure", numbered('D', 14)),
                                             number("layers", 1, 10), units(sampler)};
  add_training(parameters);
  parameters.push_back(where("structure", {"D5", "D6", "D7", "D8", "D9", "D11"},
                             choice("dropout", {"0.2", "0.3", "0.5", "0.7", "0.9"})));
  return SearchSpace(std::move(parameters));
}

SearchSpace conv_search_space(SearchSampler sampler) {
  const std::vector<std::string> with_blocks = numbered('C', 7);
  const std::vector<std::string> with_dense = {"C3", "C4", "C5", "C6"};
  std::vector<SearchParameter> parameters = {
      choice("structure", numbered('C', 8)),
      where("structure", with_blocks, number("blocks", 1, 5)),
      number("filters", 2, 16),
      number("width", 2, 6),
      where("structure", with_blocks, choice("pooling", {"none", "max", "average"})),
      where("pooling", {"max", "average"}, number("pool_size", 2, 3)),
      where("structure", with_dense, number("layers", 1, 12)),
      where("structure", with_dense, units(sampler))};
  add_training(parameters);
  return SearchSpace(std::move(parameters));
}

}  // namespace whiteline
