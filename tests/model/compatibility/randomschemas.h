// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemachange.h"

#include <QJsonObject>
#include <QJsonValue>
#include <QRandomGenerator>

namespace spillway::test {

/// Random schemas of a draft, small changes of them, and documents that nearly fit: the same seed gives the same ones.
/// They share few names and small numbers, so that their keywords meet.
class RandomSchemas
{
public:
    enum class Draft { Seven, Of2019, Of2020 };

    RandomSchemas(quint32 seed, Draft draft)
        : m_random(seed)
        , m_draft(draft)
    {
    }

    /// A whole schema with `$schema`, some with `$defs` and references, a few of them in circles.
    [[nodiscard]] QJsonObject schema();
    /// The same with one to three things changed.
    [[nodiscard]] QJsonObject changed(const QJsonObject& schema);
    /// A document that has much in common with what the schema asks for.
    [[nodiscard]] QJsonValue document(const QJsonObject& schema);

private:
    QJsonValue part(int depth);
    QJsonValue change(const QJsonValue& schema, int depth);
    QJsonObject oneKeyword(QJsonObject schema, int depth);
    QJsonValue value(const QJsonValue& schema, const QJsonObject& root, int depth);
    QJsonValue anyValue(int depth);
    QString name() { return QString(QChar(u'a' + below(4))); }
    int below(int bound) { return m_random.bounded(bound); }
    bool perhaps(int percent) { return below(100) < percent; }

    QRandomGenerator m_random;
    Draft m_draft;
};

[[nodiscard]] QByteArray jsonOf(const QJsonValue& value);
/// The schema as a version of the event `random`.
[[nodiscard]] SchemaVersion randomVersion(const QJsonObject& schema, int number);

} // namespace spillway::test
