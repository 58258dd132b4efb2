#include "metrics/probes/probe_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "metrics/probes/displacement.h"
#include "metrics/probes/estimate_views.h"
#include "results/figures.h"
#include "results/heat_map.h"

namespace lidit::probes {
namespace {

struct SlotChart {
  std::string_view name, probe, prefix, title, y_label, caption;
};

ProbeFigure slot_figure(const ProbeReport& report, const SlotChart& asked) {
  LineChart chart{.title = std::string(asked.title),
                  .x_label = "slot of the segment in the prompt",
                  .y_label = std::string(asked.y_label),
                  .curves = {}};
  for (const ProbedEncoder& encoder : report.encoders)
    chart.curves.push_back(estimate_curve({encoder.label, encoder.estimates}, asked.probe,
                                          slot_numbers(report.options.pairs), [&](double slot) {
                                            return fmt::format("{}{}", asked.prefix,
                                                               static_cast<std::int64_t>(slot));
                                          }));
  return {std::string(asked.name), to_svg(chart), std::string(asked.caption)};
}

ProbeFigure slot_share_figure(const ProbeReport& report) {
  BarChart chart{.title = "What of a segment's state is its slot",
                 .value_label = "slot's share of the sum of squares",
                 .series = {"slots as they are", "relabelled at random"},
                 .groups = {}};
  for (const ProbedEncoder& encoder : report.encoders) {
    const auto estimate = [&](std::string_view measure) -> const Estimate& {
      return find_estimate(encoder.estimates, "order-consistency", measure);
    };
    const Estimate& share = estimate("slot_share");
    BarGroup group{encoder.label, {{share.value, {}, {}}, {}}};
    if (share.interval) group.bars[0] = {share.value, share.interval->low, share.interval->high};
    if (share.value) group.bars[1].value = *share.value - *estimate("excess").value;
    chart.groups.push_back(std::move(group));
  }
  return {"slot_share", to_svg(chart),
          "P3: the same pair in all slots; the second bar is what chance gives."};
}

HeatMapPanel leakage_panel(const ProbedEncoder& encoder, const std::string& order,
                           std::int64_t slots) {
  HeatMapPanel panel{fmt::format("{}, {}", encoder.label, order), {}};
  for (std::int64_t from = 1; from <= slots; ++from) {
    auto& row = panel.values.emplace_back();
    for (std::int64_t target = 1; target <= slots; ++target)
      row.push_back(
          find_estimate(encoder.estimates, "binding", fmt::format("{}.{}.{}", order, from, target))
              .value);
  }
  return panel;
}

ProbeFigure leakage_figure(const ProbeReport& report) {
  HeatMap map{.title = "Adjectives read off the states of nouns: accuracy above chance",
              .row_name = "noun of slot",
              .column_name = "adjective of slot; right of the diagonal: later ones",
              .panels = {}};
  for (const ProbedEncoder& encoder : report.encoders)
    map.panels.push_back({leakage_panel(encoder, "prenominal", report.options.pairs),
                          leakage_panel(encoder, "postnominal", report.options.pairs)});
  return {"leakage", to_svg(map),
          "P5: a linear probe trained on half of the nouns, tested on the others. Diagonal: the "
          "noun's own adjective."};
}

ProbeFigure displacement_figure(const ProbeReport& report, const std::string& side) {
  LineChart chart{.title = fmt::format("Drift by neutral sentences {} the pairs", side),
                  .x_label = "neutral sentences",
                  .y_label = "cosine distance",
                  .curves = {}};
  const std::vector<double> counts(Displacement::kSentences.begin(),
                                   Displacement::kSentences.end());
  for (const ProbedEncoder& encoder : report.encoders)
    chart.curves.push_back(estimate_curve(
        {encoder.label, encoder.estimates}, "displacement", counts, [&](double count) {
          return fmt::format("{}.{}", side, static_cast<std::int64_t>(count));
        }));
  return {"displacement_" + side, to_svg(chart),
          fmt::format("P6: how far segments move when sentences that say nothing stand {} them.",
                      side)};
}

constexpr SlotChart kReach = {"reach",
                              "future-influence",
                              "reach.",
                              "Words whose change moves a segment's state",
                              "words",
                              "P1: of all adjectives and nouns; a causal encoder knows 2 J in slot "
                              "J."};
constexpr SlotChart kRecoverability = {"recoverability",
                                       "recoverability",
                                       "slot.",
                                       "How near a segment stays to the pair alone",
                                       "recoverability, centred by pair",
                                       "P2: higher is easier to recognise."};
constexpr SlotChart kAblation = {"ablation",
                                 "ablation-sensitivity",
                                 "slot.",
                                 "What leaving out a segment does to the pooled prompt",
                                 "distance over the prompt's mean",
                                 "P4: 1 in every slot where all segments count alike."};

}  // namespace

std::vector<ProbeFigure> probe_figures(const ProbeReport& report) {
  const auto ran = [&](std::string_view title) {
    return std::ranges::any_of(report.probes,
                               [&](const ProbeEntry& probe) { return probe.title == title; });
  };
  std::vector<ProbeFigure> figures;
  for (const SlotChart* chart : {&kReach, &kRecoverability})
    if (ran(chart->probe)) figures.push_back(slot_figure(report, *chart));
  if (ran("order-consistency")) figures.push_back(slot_share_figure(report));
  if (ran(kAblation.probe)) figures.push_back(slot_figure(report, kAblation));
  if (ran("binding")) figures.push_back(leakage_figure(report));
  if (ran("displacement"))
    for (const std::string side : {"after", "before"})
      figures.push_back(displacement_figure(report, side));
  return figures;
}

}  // namespace lidit::probes
