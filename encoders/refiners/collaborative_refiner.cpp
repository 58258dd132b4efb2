#include "encoders/refiners/collaborative_refiner.h"

#include <ATen/ATen.h>

#include "encoders/refiners/token_modulation.h"

namespace lidit {
namespace {

// `pick` of every branch but `own`, joined along tokens.
Tensor concat_others(const std::vector<RefinerBranch>& branches, std::size_t own,
                     Tensor RefinerBranch::*pick) {
  std::vector<Tensor> others;
  for (std::size_t i = 0; i < branches.size(); ++i)
    if (i != own) others.push_back(branches[i].*pick);
  return others.size() == 1 ? others.front() : at::cat(others, 1);
}

}  // namespace

CollaborativeBranchImpl::CollaborativeBranchImpl(const CollaborativeRefinerOptions& options) {
  if (options.modulated)
    modulation = register_module(
        "modulation", Modulation(ModulationOptions{
                          .width = options.width, .sublayers = 2, .gate = options.gate}));
  attention_norm = register_module("attention_norm", layer_norm(options.width));
  others_norm = register_module("others_norm", layer_norm(options.width));
  attention = register_module(
      "attention", Attention(AttentionOptions{.width = options.width, .heads = options.heads}));
  feed_forward_norm = register_module("feed_forward_norm", layer_norm(options.width));
  feed_forward = register_module("feed_forward", FeedForward(options.width));
}

Tensor CollaborativeBranchImpl::forward(const Tensor& own, const Packing& own_packing,
                                        const Tensor& c, const Tensor& others,
                                        const Packing& others_packing, const Tensor& bias) {
  const auto m = token_modulation(modulation, c, own_packing);
  const Tensor query = m[0].enter(attention_norm(own));
  const Tensor read = attention(query, others_norm(others), bias, &own_packing, &others_packing);
  const Tensor x = m[0].leave(own, read);  // (S,D)
  return m[1].leave(x, feed_forward(m[1].enter(feed_forward_norm(x))));
}

CollaborativeRefinerImpl::CollaborativeRefinerImpl(const CollaborativeRefinerOptions& options)
    : blocks(register_module("blocks", torch::nn::ModuleList())) {
  TORCH_CHECK(options.encoders >= 2, "a collaborative refiner joins two encoders or more, got ",
              options.encoders);
  for (std::int64_t i = 0; i < options.depth; ++i) {
    torch::nn::ModuleList branches;
    for (std::int64_t j = 0; j < options.encoders; ++j)
      branches->push_back(CollaborativeBranch(options));
    blocks->push_back(branches);
  }
}

std::vector<RefinerBranch> CollaborativeRefinerImpl::forward(std::vector<RefinerBranch> branches) {
  std::vector<Packing> own, others;  // of each branch, the same in every block
  std::vector<Tensor> biases;        // of the others
  for (std::size_t i = 0; i < branches.size(); ++i) {
    const Tensor mask = concat_others(branches, i, &RefinerBranch::mask);
    own.emplace_back(branches[i].mask);
    others.emplace_back(mask);
    biases.push_back(
        attention_bias(mask, AttentionPattern::full, branches[i].tokens.scalar_type()));
  }
  for (const auto& block : *blocks) {
    const auto& parts = *block->as<torch::nn::ModuleList>();
    TORCH_CHECK(parts.size() == branches.size(), "built for ", parts.size(), " encoders, got ",
                branches.size());
    std::vector<RefinerBranch> refined = branches;
    for (std::size_t i = 0; i < branches.size(); ++i) {
      const Tensor read = others[i].pack(concat_others(branches, i, &RefinerBranch::tokens));
      refined[i].tokens = own[i].pad(parts.ptr(i)->as<CollaborativeBranch>()->forward(
          own[i].pack(branches[i].tokens), own[i], branches[i].c, read, others[i], biases[i]));
    }
    branches = std::move(refined);
  }
  return branches;
}

}  // namespace lidit
