// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace spillway {

enum class SchemaLanguage { JsonSchema, Avro, Protobuf };

/// One file of the schemas folder.
struct SchemaFile
{
    QString path; ///< relative to the folder, `order/order.created.v3.json`
    QString eventType;
    int version = 0; ///< from the name's `.vN`; 0 for files named by a registry's id
    SchemaLanguage language = SchemaLanguage::JsonSchema;
    friend bool operator==(const SchemaFile&, const SchemaFile&) = default;
};

/// What a path within a schemas folder says of its file; nullopt: it is no version of an event and bears no registry's
/// id.
[[nodiscard]] std::optional<SchemaFile> schemaFileOf(const QString& path);

/// The workspace's schemas: `<anything>/<event type>.vN.json`, `.avsc`, `.proto` or `.desc` (a descriptor set), and
/// `_ids/<registry id or GUID>.<the same>` for what a registry calls by number. Other folders that begin with an
/// underscore are none of ours. Versions are numbers: v10 comes after v9. A list of names; files are read when they are
/// asked for. Immutable; any thread.
class SchemaFolder
{
public:
    SchemaFolder() = default;
    /// Looks through the folder; an empty path or a folder that is not there has no schemas. At most 20 000 files,
    /// eight folders deep; links to folders are not followed. Blocking.
    explicit SchemaFolder(const QString& folder);

    [[nodiscard]] const QString& folder() const { return m_folder; }
    /// Of an event: this version, or without one the newest. nullptr: not there.
    [[nodiscard]] const SchemaFile* find(const QString& eventType, std::optional<int> version = {}) const;
    /// How many versions an event has.
    [[nodiscard]] std::size_t versionsOf(const QString& eventType) const;
    /// The same event's versions before this one, newest first.
    [[nodiscard]] std::vector<const SchemaFile*> olderThan(const SchemaFile& file) const;
    /// By a registry's number or GUID in its usual spelling.
    [[nodiscard]] const SchemaFile* findId(const QString& id) const;
    [[nodiscard]] const std::vector<SchemaFile>& files() const { return m_files; } ///< by path

    /// The file's bytes, at most 8 MiB, without a byte-order mark. Blocking.
    [[nodiscard]] std::optional<QByteArray> read(const QString& path) const;
    /// `file:` address of a file of the folder.
    [[nodiscard]] QString uriOf(const QString& path) const;
    /// The file that a `$ref` to `uri` means: a `file:` address within the folder, whether or not something lies there,
    /// or the `$id` of one of its JSON files, whatever it is called and in whichever of its folders: what events share
    /// is no version of one. Of two with one `$id`, a version of an event, then the first by path. nullopt: none.
    /// Blocking: the first time that an `$id` is asked for, all JSON files are read.
    [[nodiscard]] std::optional<QString> pathOf(const QString& uri) const;
    /// Its bytes. Blocking.
    [[nodiscard]] std::optional<QByteArray> load(const QString& uri) const;

private:
    struct ById
    {
        std::once_flag looked;
        std::map<QString, QString> paths;
    };
    QString m_folder;
    std::vector<SchemaFile> m_files;
    QStringList m_sharedJson; // paths of other JSON files
    std::map<std::pair<QString, int>, std::size_t> m_byVersion;
    std::map<QString, std::size_t> m_byId;
    std::shared_ptr<ById> m_byJsonId = std::make_shared<ById>(); // copies look once together
};

/// Faults of all schema files: no JSON, not what its draft's meta-schema wants, keywords that are not understood,
/// references to nowhere, two files of one version. Blocking, and reads every file.
[[nodiscard]] std::vector<FileIssue> checkSchemaFolder(const SchemaFolder& folder);

} // namespace spillway
