#include "network_loss.cuh"

#include "cuda/network_ops.cuh"

namespace whiteline::cuda {

namespace {

kernels::LossCounts counts(core::DeviceSpan<core::TrainingState> state) {
  core::TrainingState* const to = state.data;
  return {&to->diverged, &to->rows, &to->hits, &to->loss};
}

}  // namespace

void CudaNetwork::loss_gradient(core::Loss loss, ConstMatrixView z, const core::Targets& targets,
                                core::DeviceSpan<core::TrainingState> state, MatrixView dz) {
  launch(queue_, {1, kernels::loss_threads}, kernels::add_losses<kernels::ClassLosses>,
         kernels::ClassLosses{
             loss == core::Loss::softmax_cross_entropy, table(z), targets.labels.data,
             targets.class_weights.size > 0 ? targets.class_weights.data : nullptr, table(dz)},
         counts(state));
}

void CudaNetwork::adversarial_loss(ConstMatrixView z, const core::AdversarialTargets& targets,
                                   core::DeviceSpan<core::TrainingState> state, MatrixView dz) {
  launch(queue_, {1, kernels::loss_threads}, kernels::add_losses<kernels::AdversarialLosses>,
         kernels::AdversarialLosses{table(z),
                                    z.rows / targets.minibatches,
                                    {targets.targets[0], targets.targets[1]},
                                    table(dz)},
         counts(state));
}

void CudaNetwork::class_probabilities(core::Loss loss, ConstMatrixView z, MatrixView out) {
  launch(queue_, thread_grid(z.rows), kernels::class_probabilities,
         loss == core::Loss::softmax_cross_entropy, table(z), table(out));
}

}  // namespace whiteline::cuda
