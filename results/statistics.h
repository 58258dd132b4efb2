// Means with honest uncertainty: all of results/statistics/. Nothing there turns "no data" into a
// number: what cannot be computed is std::nullopt, and a value that is not finite is a
// std::invalid_argument.
#pragma once
#include "results/statistics/agreement.h"
#include "results/statistics/bootstrap.h"
#include "results/statistics/bradley_terry.h"
#include "results/statistics/distributions.h"
#include "results/statistics/estimates.h"
#include "results/statistics/hypothesis_tests.h"
#include "results/statistics/interval.h"
#include "results/statistics/judge_error.h"
#include "results/statistics/power.h"
#include "results/statistics/rank_correlation.h"
#include "results/statistics/variance_components.h"
#include "results/statistics/win_rate.h"
