// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QString>

namespace spillway::test {

/// What the FinOps Foundation's validator said of a FOCUS 1.2 file.
struct FoundationVerdict
{
    int rules = 0;        ///< how many it knows
    QSet<QString> failed; ///< single requirements, without those known to fail whatever the file says
    QString failure;      ///< why it said nothing
};

/// Runs it (packaging/peers focus). Blocking.
[[nodiscard]] FoundationVerdict askFoundation(const QString& file);

/// What focus-data-toolkit (packaging/peers focus-toolkit) prints about a file: `detect` says which version it is by
/// its columns, `validate` holds it against FOCUS 1.4. Empty, and said why, when it could not be run. Blocking.
[[nodiscard]] QString askToolkit(const QString& question, const QString& file);

/// The column a requirement is about: its name, or for the presence of columns what is missing in the file.
[[nodiscard]] QString columnOfRule(const QString& rule, const QByteArray& file);

} // namespace spillway::test
