// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace CLI {
class App;
class ParseError;
} // namespace CLI

namespace spillway::ctl {

/// What is wrong with a call, all of it, in our words: a line each, safe to show whatever the arguments hold.
class UsageFaults
{
public:
    /// Notes what stopped `app` from reading `words`.
    /// @return true: the option at fault was taken out of `words`, and what is left can be read; false: all was said.
    bool note(CLI::App& app, const CLI::ParseError& error, QStringList& words);

    /// Notes options whose value is empty, in a call that could be read.
    void noteEmpty(CLI::App& app);

    [[nodiscard]] bool isEmpty() const { return m_faults.isEmpty(); }
    /// `spillwayctl: …` a line, and where help is found.
    [[nodiscard]] QString report() const;

private:
    void add(const QString& fault);
    /// What is missing, and words that mean nothing here.
    void noteRest(CLI::App& app, const QString& error);
    bool noteMissing(CLI::App& app, const QString& error);
    bool noteStrangers(CLI::App& app);

    QStringList m_faults;
    QStringList m_settled; ///< options that were told of and taken out
    QString m_command;     ///< as far as it was understood, like `dlq list`
};

/// The part of a type's name that says what may be written: `from 1 to 10`, `one of a, b`; empty: nothing is said.
[[nodiscard]] QString wantedOf(const QString& typeName);

} // namespace spillway::ctl
