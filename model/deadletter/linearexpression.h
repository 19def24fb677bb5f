// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>

#include <memory>
#include <optional>

namespace spillway {

/// A regular expression for texts on which PCRE's backtracking takes too long: matched in time linear in the text, with
/// the answer that PCRE would give if it had the time. Any thread, also several at once.
class LinearExpression
{
public:
    /// @param pattern  as QRegularExpression takes it, without options.
    /// @return nullopt where there is no such expression (`linearPattern` says which), or it grows too large.
    /// Up to some tens of milliseconds, once.
    [[nodiscard]] static std::optional<LinearExpression> of(QStringView pattern);

    /// Whether it fits anywhere in the text, which is valid UTF-16.
    [[nodiscard]] bool isIn(const QString& text) const;

private:
    struct Engine;
    explicit LinearExpression(std::shared_ptr<const Engine> engine);

    std::shared_ptr<const Engine> m_engine; // shared: copies of this value
};

} // namespace spillway
