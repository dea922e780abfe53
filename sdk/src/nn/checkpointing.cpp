#include "medvlm/sdk/nn/checkpointing.hpp"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace medvlm::sdk::nn {
namespace {

thread_local bool checkpointing_wanted = false;

using Block = std::function<at::Tensor(const at::Tensor&)>;

/// A block, and the precision in which its forward pass ran: the backward pass may run on a thread that does not know it.
struct Remembered final : torch::CustomClassHolder {
  Block block;
  bool autocast = at::autocast::is_autocast_enabled(at::kCUDA);
  at::ScalarType dtype = at::autocast::get_autocast_dtype(at::kCUDA);

  explicit Remembered(Block run) : block(std::move(run)) {}

  at::Tensor again(const at::Tensor& x) const {
    const bool autocast_here = at::autocast::is_autocast_enabled(at::kCUDA);
    const at::ScalarType dtype_here = at::autocast::get_autocast_dtype(at::kCUDA);
    at::autocast::set_autocast_enabled(at::kCUDA, autocast);
    at::autocast::set_autocast_dtype(at::kCUDA, dtype);
    at::Tensor output = block(x);
    at::autocast::set_autocast_enabled(at::kCUDA, autocast_here);
    at::autocast::set_autocast_dtype(at::kCUDA, dtype_here);
    return output;
  }
};

/// Runs the block again with gradients. Those of parameters are added where they belong, that of x is handed on.
struct Checkpoint final : torch::autograd::Function<Checkpoint> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                            c10::intrusive_ptr<Remembered> remembered) {
    context->save_for_backward({x});
    context->saved_data["block"] = c10::IValue::make_capsule(remembered);
    return remembered->block(x);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto capsule = context->saved_data["block"].toCapsule();
    const auto& remembered = static_cast<const Remembered&>(*capsule);
    const at::Tensor x = context->get_saved_variables()[0].detach().requires_grad_(true);
    const c10::AutoGradMode with_gradients(true);
    remembered.again(x).backward(gradients[0]);
    return {x.grad(), at::Tensor()};
  }
};

}  // namespace

GradientCheckpointing::GradientCheckpointing(bool wanted) : before_(checkpointing_wanted) { checkpointing_wanted = wanted; }
GradientCheckpointing::~GradientCheckpointing() { checkpointing_wanted = before_; }
bool GradientCheckpointing::wanted() { return checkpointing_wanted; }

at::Tensor checkpointed(Block block, const at::Tensor& x) {
  const bool kept = checkpointing_wanted && c10::GradMode::is_enabled() && x.requires_grad();
  if (!kept) return block(x);
  return Checkpoint::apply(x, c10::make_intrusive<Remembered>(std::move(block)));
}

}  // namespace medvlm::sdk::nn
