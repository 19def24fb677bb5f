// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/schema/schemasource.h"

#include <functional>
#include <map>

/// The folder of schemas as a registry that others may ask, in the words of Confluent's REST interface. Read-only: a
/// schema is registered by a commit.
namespace spillway {

/// How a schema goes with earlier ones.
struct RegistryCompatibility
{
    bool isCompatible = false;
    QStringList messages; ///< why not, one sentence each
};

/// Judges a proposed text of an event against one of its versions, or (nullopt) as the folder's rules demand. A missing
/// function: nobody judges, and that is answered.
using RegistryJudge = std::function<Result<RegistryCompatibility>(const SchemaFolder& folder, const QString& eventType,
                                                                  std::optional<int> version, SchemaLanguage language,
                                                                  const QByteArray& text)>;

struct RegistryRequest
{
    QByteArray method;                      ///< GET, POST, …
    QByteArray path;                        ///< as on the wire, percent-encoded, without the query
    std::map<QByteArray, QByteArray> query; ///< decoded
    QByteArray body;
};

struct RegistryAnswer
{
    int status = 200;
    QByteArray json; ///< always one document
    friend bool operator==(const RegistryAnswer&, const RegistryAnswer&) = default;
};

/// One state of the folder, read whole. Subjects are event types; `<topic>-value` of a topic with one event, and
/// `<event type>-value`, are answered too. Versions are the files'. The id of a schema depends on what it says and on
/// nothing else, so it is the same on every machine and after every change around it: the id of a file in `_ids` that
/// says the same, else 31 bits of a hash of its meaning (schematext.h). Two texts with one hash: the later one in the
/// order of their whole hashes takes the next free number. Immutable; any thread.
class FolderRegistry
{
public:
    /// Reads all files; those that do not read are left out and named in `issues`. Blocking.
    FolderRegistry(SchemaFolder folder, Catalog catalog, QString level, RegistryJudge judge = {});

    [[nodiscard]] RegistryAnswer answer(const RegistryRequest& request) const;
    [[nodiscard]] const std::vector<FileIssue>& issues() const { return m_issues; }
    [[nodiscard]] std::size_t subjectCount() const { return m_subjects.size(); }

private:
    struct Entry
    {
        QString subject;
        int version = 0;
        std::int64_t id = 0;
        QByteArray meaning;
        RegistrySchema schema;
    };
    using Segments = std::vector<QString>;

    void giveIds();
    [[nodiscard]] std::vector<SchemaReference> referencesOf(const SchemaFile& file, const QByteArray& text) const;
    [[nodiscard]] QString subjectOf(const QString& asked) const; ///< empty: there is none
    [[nodiscard]] const Entry* entryOf(const QString& subject, const QString& version, RegistryAnswer& refusal) const;
    [[nodiscard]] const Entry* entryOfId(std::int64_t id) const;
    [[nodiscard]] RegistryAnswer get(const Segments& segments, const RegistryRequest& request) const;
    [[nodiscard]] RegistryAnswer getSubject(const Segments& segments) const;
    [[nodiscard]] RegistryAnswer getSchemas(const Segments& segments, const RegistryRequest& request) const;
    [[nodiscard]] RegistryAnswer lookUp(const QString& asked, const RegistryRequest& request, bool isWrite) const;
    [[nodiscard]] RegistryAnswer judge(const Segments& segments, const RegistryRequest& request) const;

    SchemaFolder m_folder;
    Catalog m_catalog;
    QString m_level;
    RegistryJudge m_judge;
    std::vector<FileIssue> m_issues;
    std::vector<Entry> m_entries; ///< by subject, then version
    std::map<QString, std::vector<std::size_t>> m_subjects;
    std::map<std::int64_t, std::size_t> m_byId; ///< first entry of each id
};

} // namespace spillway
