// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/nnls.h"

#include <algorithm>
#include <cmath>

namespace spillway {

namespace {

using Matrix = std::vector<std::vector<double>>; // by columns

double dot(const std::vector<double>& a, const std::vector<double>& b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

/// Least squares over some columns by modified Gram-Schmidt; nullopt when one depends on the others.
std::optional<std::vector<double>> leastSquares(const Matrix& columns, const std::vector<std::size_t>& chosen,
                                                std::vector<double> y)
{
    constexpr double dependent = 1e-6; // of a column's length; what is less cannot be told from rounding
    const std::size_t n = chosen.size();
    Matrix q;
    std::vector<std::vector<double>> r(n, std::vector<double>(n, 0));
    std::vector<double> projected(n, 0);
    for (std::size_t c = 0; c < n; ++c) {
        std::vector<double> column = columns[chosen[c]];
        const double length = std::sqrt(dot(column, column));
        for (std::size_t k = 0; k < c; ++k) {
            r[k][c] = dot(q[k], column);
            for (std::size_t i = 0; i < column.size(); ++i)
                column[i] -= r[k][c] * q[k][i];
        }
        r[c][c] = std::sqrt(dot(column, column));
        if (length == 0 || r[c][c] < dependent * length)
            return std::nullopt;
        for (double& value : column)
            value /= r[c][c];
        projected[c] = dot(column, y);
        for (std::size_t i = 0; i < column.size(); ++i)
            y[i] -= projected[c] * column[i];
        q.push_back(std::move(column));
    }
    std::vector<double> x(n, 0);
    for (std::size_t c = n; c-- > 0;) {
        double sum = projected[c];
        for (std::size_t k = c + 1; k < n; ++k)
            sum -= r[c][k] * x[k];
        x[c] = sum / r[c][c];
    }
    return x;
}

} // namespace

std::optional<std::vector<double>> nonNegativeLeastSquares(const std::vector<std::vector<double>>& rows,
                                                           const std::vector<double>& y)
{
    const std::size_t n = rows.empty() ? 0 : rows.front().size();
    if (n == 0 || rows.size() < n || rows.size() != y.size())
        return std::nullopt;
    Matrix columns(n, std::vector<double>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t c = 0; c < n; ++c)
            columns[c][i] = rows[i][c];
    }
    std::vector<std::size_t> all(n);
    for (std::size_t c = 0; c < n; ++c)
        all[c] = c;
    if (!leastSquares(columns, all, y))
        return std::nullopt;

    std::vector<double> x(n, 0);
    std::vector<bool> isFree(n, false);
    const double tolerance = 1e-10 * std::max(1.0, std::sqrt(dot(y, y)));
    for (std::size_t round = 0; round < 3 * n + 3; ++round) {
        std::vector<double> rest = y;
        for (std::size_t c = 0; c < n; ++c) {
            for (std::size_t i = 0; i < rest.size(); ++i)
                rest[i] -= columns[c][i] * x[c];
        }
        // the column that would help most
        std::size_t best = n;
        double most = tolerance;
        for (std::size_t c = 0; c < n; ++c) {
            const double gain = dot(columns[c], rest) / std::sqrt(dot(columns[c], columns[c]));
            if (!isFree[c] && gain > most) {
                most = gain;
                best = c;
            }
        }
        if (best == n)
            return x;
        isFree[best] = true;
        while (true) {
            std::vector<std::size_t> chosen;
            for (std::size_t c = 0; c < n; ++c) {
                if (isFree[c])
                    chosen.push_back(c);
            }
            const auto solved = leastSquares(columns, chosen, y);
            if (!solved)
                return std::nullopt;
            // as far towards the solution as everything stays positive
            double step = 1;
            for (std::size_t k = 0; k < chosen.size(); ++k) {
                if ((*solved)[k] <= 0)
                    step = std::min(step, x[chosen[k]] / (x[chosen[k]] - (*solved)[k]));
            }
            const bool isWhole = std::all_of(solved->begin(), solved->end(), [](double value) { return value > 0; });
            for (std::size_t k = 0; k < chosen.size(); ++k) {
                double& value = x[chosen[k]];
                value = isWhole ? (*solved)[k] : value + step * ((*solved)[k] - value);
                if (!isWhole && (value <= 1e-14 || (*solved)[k] <= 0) && value <= 1e-12) {
                    value = 0;
                    isFree[chosen[k]] = false;
                }
            }
            if (isWhole || std::none_of(isFree.begin(), isFree.end(), [](bool is) { return is; }))
                break;
        }
    }
    return x;
}

} // namespace spillway
