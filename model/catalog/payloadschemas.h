// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/exchangenames.h"

#include <QJsonObject>
#include <QStringList>

#include <map>
#include <optional>
#include <vector>

namespace spillway {

/// Schema files brought together as components of one AsyncAPI document, in the dialect it takes without being told
/// (draft 7 and what came after): references, to places in the same file and to other files, become references within
/// the document. Reads files below the given folder only. Blocking; one thread.
class PayloadSchemas
{
public:
    explicit PayloadSchemas(const QString& folder);

    /// The component of this file's schema, with all it refers to. nullopt: a note says why.
    [[nodiscard]] std::optional<QString> add(const QString& file);

    [[nodiscard]] const std::map<QString, QJsonValue>& components() const { return m_components; }
    /// What could not be taken along; English, each once.
    [[nodiscard]] const QStringList& notes() const { return m_notes; }

private:
    struct Loaded
    {
        QString component;
        QString folder;
        QJsonObject schema;
        bool ignoresBesideReference = false; ///< drafts up to 7 do
    };
    const Loaded* load(const QString& file);
    void note(const QString& file, const QString& what);
    QJsonValue rewrite(const QJsonValue& schema, const QString& file, int depth);
    QJsonObject rewriteKeywords(const QJsonObject& schema, const QString& file, int depth);
    std::optional<QString> rewriteReference(const QString& reference, const QString& file);

    QString m_folder; // canonical, ends with /
    SlugMaker m_names;
    std::map<QString, Loaded> m_loaded; // by canonical path
    std::vector<QString> m_queue;
    std::map<QString, QJsonValue> m_components;
    QStringList m_notes;
};

} // namespace spillway
