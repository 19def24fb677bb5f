// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace spillway::test {

/// What one dead letter of a maker tells, and so what Spillway may know of it. Names of topics and groups without the
/// run's prefix. What is not set is not told.
struct ExpectedLetter
{
    enum class Time {
        Record, ///< the letter's own timestamp is the time of dead-lettering
        Untold,
    };
    enum class OriginTime { Source, Untold };

    QString name;  ///< of the case, for the test's row
    QString topic; ///< where the letter lies
    int nth = 0;   ///< of the letters there with this origin, by partition and offset
    QString dialect;
    std::optional<QString> origin; ///< topic of the record that failed first
    std::optional<QString> group{};
    std::optional<QString> errorClass{};
    std::optional<QString> rootCause{};
    std::optional<QString> message{}; ///< a `*` at the end: begins with
    std::optional<QString> stage{};
    std::optional<int> attempts{};
    Time deadLettered = Time::Record;
    OriginTime originTime = OriginTime::Source;
    bool hasStack = true;
    bool isPointer = false;
    bool isInternal = false;
    std::optional<QByteArray> rewritten{}; ///< value where the framework wrote it anew
};

/// The folders of tests/frameworks that make letters.
[[nodiscard]] std::vector<QString> makers();
[[nodiscard]] std::vector<ExpectedLetter> lettersOf(const QString& maker);

} // namespace spillway::test
