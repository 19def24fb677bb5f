// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

namespace spillway {

/// Non-negative least squares: x >= 0 that makes |A x - y| smallest, by the active sets of Lawson and Hanson (Solving
/// Least Squares Problems, 1974, chapter 23). For a few columns.
/// @param rows  A by rows, each as long as the others
/// @return  nullopt when the columns cannot be told apart (A has not full rank, or fewer rows than columns)
[[nodiscard]] std::optional<std::vector<double>> nonNegativeLeastSquares(const std::vector<std::vector<double>>& rows,
                                                                         const std::vector<double>& y);

} // namespace spillway
