// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/jsonwriter.h"

#include <QJsonArray>
#include <QJsonValue>
#include <QStringList>

namespace spillway {

/// The texts of a JSON array, in its order; an element that is no text is an empty one. Empty for what is no array.
/// Pure; any thread.
[[nodiscard]] inline QStringList textsFrom(const QJsonValue& value)
{
    QStringList texts;
    const QJsonArray array = value.toArray();
    for (const QJsonValue& text : array)
        texts += text.toString();
    return texts;
}

/// A field with an array of texts.
inline void writeTexts(JsonWriter& json, QStringView name, const QStringList& texts)
{
    json.key(name).beginArray();
    for (const QString& text : texts)
        json.value(text);
    json.endArray();
}

} // namespace spillway
