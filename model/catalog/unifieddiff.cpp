// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/unifieddiff.h"

#include <QByteArrayView>

#include <algorithm>
#include <vector>

namespace spillway {

namespace {

using Lines = std::vector<QByteArrayView>;
constexpr std::ptrdiff_t around = 3;
constexpr std::ptrdiff_t mostChanges = 2'000;

/// Each with its line end.
Lines linesOf(const QByteArray& text)
{
    Lines lines;
    for (qsizetype at = 0; at < text.size();) {
        const qsizetype end = text.indexOf('\n', at);
        const qsizetype next = end < 0 ? text.size() : end + 1;
        lines.push_back(QByteArrayView(text).sliced(at, next - at));
        at = next;
    }
    return lines;
}

/// One step from the one text to the other: a line that both have, or one of only the first or the second.
struct Step
{
    enum class Kind { Both, Removed, Added };
    Kind kind = Kind::Both;
    std::ptrdiff_t before = 0; ///< lines of the first text until here
    std::ptrdiff_t after = 0;
};

/// Myers' shortest way, or everything anew where it is long.
std::vector<Step> stepsBetween(const Lines& a, const Lines& b)
{
    const auto sizeA = std::ssize(a);
    const auto sizeB = std::ssize(b);
    std::ptrdiff_t head = 0;
    while (head < sizeA && head < sizeB && a[static_cast<std::size_t>(head)] == b[static_cast<std::size_t>(head)])
        ++head;
    std::ptrdiff_t tail = 0;
    while (tail < sizeA - head && tail < sizeB - head &&
           a[static_cast<std::size_t>(sizeA - 1 - tail)] == b[static_cast<std::size_t>(sizeB - 1 - tail)])
        ++tail;
    const std::ptrdiff_t n = sizeA - head - tail;
    const std::ptrdiff_t m = sizeB - head - tail;
    const auto same = [&](std::ptrdiff_t x, std::ptrdiff_t y) {
        return a[static_cast<std::size_t>(head + x)] == b[static_cast<std::size_t>(head + y)];
    };
    std::vector<Step> steps;
    const auto step = [&](Step::Kind kind, std::ptrdiff_t x, std::ptrdiff_t y) { steps.push_back({kind, x, y}); };
    for (std::ptrdiff_t i = 0; i < head; ++i)
        step(Step::Kind::Both, i, i);

    // furthest[d] holds, by diagonal, how far one comes with d changes
    const std::ptrdiff_t most = std::min(n + m, mostChanges);
    std::vector<std::vector<std::ptrdiff_t>> furthest;
    std::vector<std::ptrdiff_t> reach(static_cast<std::size_t>(2 * most + 3), 0);
    const auto at = [&](std::vector<std::ptrdiff_t>& of, std::ptrdiff_t k) -> std::ptrdiff_t& {
        return of[static_cast<std::size_t>(k + most + 1)];
    };
    std::ptrdiff_t found = -1;
    for (std::ptrdiff_t d = 0; d <= most && found < 0; ++d) {
        furthest.push_back(reach);
        for (std::ptrdiff_t k = -d; k <= d; k += 2) {
            const bool isDown = k == -d || (k != d && at(reach, k - 1) < at(reach, k + 1));
            std::ptrdiff_t x = isDown ? at(reach, k + 1) : at(reach, k - 1) + 1;
            while (x < n && x - k < m && x - k >= 0 && same(x, x - k))
                ++x;
            at(reach, k) = x;
            if (x >= n && x - k >= m) {
                found = d;
                break;
            }
        }
    }
    std::vector<Step> middle;
    if (found < 0) {
        for (std::ptrdiff_t x = 0; x < n; ++x)
            step(Step::Kind::Removed, head + x, head);
        for (std::ptrdiff_t y = 0; y < m; ++y)
            step(Step::Kind::Added, head + n, head + y);
    } else {
        std::ptrdiff_t x = n;
        std::ptrdiff_t y = m;
        for (std::ptrdiff_t d = found; d >= 0; --d) {
            auto& then = furthest[static_cast<std::size_t>(d)];
            const std::ptrdiff_t k = x - y;
            const bool isDown = k == -d || (k != d && at(then, k - 1) < at(then, k + 1));
            const std::ptrdiff_t fromK = isDown ? k + 1 : k - 1;
            const std::ptrdiff_t fromX = d == 0 ? 0 : at(then, fromK);
            const std::ptrdiff_t fromY = d == 0 ? 0 : fromX - fromK;
            while (x > fromX && y > fromY) {
                --x;
                --y;
                middle.push_back({Step::Kind::Both, head + x, head + y});
            }
            if (d == 0)
                break;
            middle.push_back({isDown ? Step::Kind::Added : Step::Kind::Removed, head + fromX, head + fromY});
            x = fromX;
            y = fromY;
        }
        std::reverse(middle.begin(), middle.end());
        steps.insert(steps.end(), middle.begin(), middle.end());
    }
    for (std::ptrdiff_t i = 0; i < tail; ++i)
        step(Step::Kind::Both, head + n + i, head + m + i);
    return steps;
}

void addLine(QByteArray& out, char sign, QByteArrayView line)
{
    out.append(sign).append(line.toByteArray());
    if (!line.endsWith('\n'))
        out.append("\n\\ No newline at end of file\n");
}

QByteArray rangeOf(std::ptrdiff_t first, std::ptrdiff_t count)
{
    // an empty range stands behind the line before it
    return QByteArray::number(static_cast<qint64>(count == 0 ? first : first + 1)) + ',' +
           QByteArray::number(static_cast<qint64>(count));
}

} // namespace

QByteArray unifiedDiff(const QString& path, const QByteArray& before, const QByteArray& after)
{
    if (before == after)
        return {};
    const Lines a = linesOf(before);
    const Lines b = linesOf(after);
    const std::vector<Step> steps = stepsBetween(a, b);
    const QByteArray name = path.toUtf8();
    QByteArray out = "diff --git a/" + name + " b/" + name + "\n--- a/" + name + "\n+++ b/" + name + '\n';
    const auto isChange = [&](std::ptrdiff_t i) { return steps[static_cast<std::size_t>(i)].kind != Step::Kind::Both; };
    const auto count = std::ssize(steps);
    for (std::ptrdiff_t i = 0; i < count;) {
        if (!isChange(i)) {
            ++i;
            continue;
        }
        const std::ptrdiff_t first = std::max<std::ptrdiff_t>(0, i - around);
        std::ptrdiff_t last = i; // the hunk's last change: changes less than six lines apart stand together
        for (std::ptrdiff_t j = i + 1; j < count && j <= last + 2 * around; ++j) {
            if (isChange(j))
                last = j;
        }
        const std::ptrdiff_t end = std::min(count, last + 1 + around);
        std::ptrdiff_t removed = 0;
        std::ptrdiff_t added = 0;
        QByteArray lines;
        for (std::ptrdiff_t j = first; j < end; ++j) {
            const Step& step = steps[static_cast<std::size_t>(j)];
            removed += step.kind != Step::Kind::Added ? 1 : 0;
            added += step.kind != Step::Kind::Removed ? 1 : 0;
            if (step.kind == Step::Kind::Added)
                addLine(lines, '+', b[static_cast<std::size_t>(step.after)]);
            else
                addLine(lines, step.kind == Step::Kind::Removed ? '-' : ' ', a[static_cast<std::size_t>(step.before)]);
        }
        const Step& start = steps[static_cast<std::size_t>(first)];
        out.append("@@ -")
            .append(rangeOf(start.before, removed))
            .append(" +")
            .append(rangeOf(start.after, added))
            .append(" @@\n")
            .append(lines);
        i = end;
    }
    return out;
}

} // namespace spillway
