# Sources of the CUDA backend, for nvcc (CMakeLists.txt here) and for the emulator (tests/emulator).
set(WHITELINE_CUDA_SOURCES
  architectures.cpp blas.cpp check.cpp cublas.cpp cuda_backend.cpp cuda_queue.cpp library.cpp
  plugin.cpp staging.cpp)
set(WHITELINE_CUDA_KERNEL_SOURCES
  kernel_matrix.cu layout.cu load.cu neighbors.cu network.cu network_conv1d.cu network_dense.cu
  network_loss.cu network_minibatch.cu network_norm.cu network_perturb.cu network_pointwise.cu
  network_pool.cu preprocess.cu reduce.cu smo.cu svm_decide.cu svm_predict.cu)
list(TRANSFORM WHITELINE_CUDA_SOURCES PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
list(TRANSFORM WHITELINE_CUDA_KERNEL_SOURCES PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
