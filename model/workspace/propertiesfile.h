// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace spillway {

struct PropertyLine
{
    QString key;
    QString value;
    int line = 0;   ///< of the key, from 1
    int column = 0; ///< of the key, from 1
    friend bool operator==(const PropertyLine&, const PropertyLine&) = default;
};

/// Java's `.properties` syntax: comments (# and !), separators (= : or white space), continued lines, escapes.
/// librdkafka's and kcat's files are a subset. Bytes that are not UTF-8 are read as Latin-1, as old Java wrote them.
/// Every input reads as something. Pure.
[[nodiscard]] std::vector<PropertyLine> readProperties(const QByteArray& bytes);

/// What a JAAS line (`sasl.jaas.config`) says.
struct JaasLine
{
    QString module; ///< last part of the class name: PlainLoginModule, ScramLoginModule, …
    QString username;
    bool holdsPassword = false;
    friend bool operator==(const JaasLine&, const JaasLine&) = default;
};

/// `org.….PlainLoginModule required username="u" password="p";`. The password itself is dropped here. nullopt when it
/// is no such line.
[[nodiscard]] std::optional<JaasLine> readJaasLine(const QString& text);

} // namespace spillway
