// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/basecheck.h"

#include "model/schema/jsontape.h"
#include "model/workspace/issuelist.h"

#include <QDir>
#include <QFileInfo>
#include <QUrl>

#include <algorithm>
#include <memory>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// References of a published version lead to what was published beside it.
SchemaLoader baseLoader(const std::shared_ptr<const std::map<QString, QByteArray>>& files, const SchemaFolder& folder)
{
    return [files, root = folder.folder()](const QString& uri) -> std::optional<QByteArray> {
        const QUrl url(uri);
        if (url.isLocalFile()) {
            const QString path = QDir(root).relativeFilePath(QDir::cleanPath(url.toLocalFile()));
            const auto found = files->find(path);
            return found == files->end() ? std::nullopt : std::optional(found->second);
        }
        for (const auto& [path, text] : *files) {
            JsonTape tape;
            if (!path.endsWith(u".json") || !text.contains(uri.toUtf8()) || !tape.parse(text))
                continue;
            for (const std::string_view word : {std::string_view("$id"), std::string_view("id")}) {
                const auto id = tape.member(0, word);
                if (id && tape[*id].kind == JsonKind::String &&
                    QString::fromUtf8(tape.text(*id).data(), static_cast<qsizetype>(tape.text(*id).size()))
                            .section(u'#', 0, 0) == uri)
                    return text;
            }
        }
        return std::nullopt;
    };
}

class Comparison
{
public:
    Comparison(const FolderBase& base, const SchemaFolder& folder, const QString& shownFolder,
               const std::vector<SchemaVersion>& working)
        : m_base(base)
        , m_folder(folder)
        , m_shownFolder(shownFolder)
        , m_load(baseLoader(std::make_shared<const std::map<QString, QByteArray>>(base.files), folder))
    {
        // As `shown` puts it in front; QDir makes nothing relative to a folder that is relative itself.
        const qsizetype before = shown(u"x"_s).size() - 1;
        for (const SchemaVersion& version : working)
            m_working.emplace(version.file.sliced(before), &version);
        for (const auto& [path, text] : base.files)
            m_hasEdits = m_hasEdits || folder.read(path) != text;
    }

    BaseComparison run()
    {
        for (const auto& [path, text] : m_base.files) {
            const auto file = schemaFileOf(path);
            if (file && !file->eventType.isEmpty())
                published(*file, text);
        }
        for (const auto& [path, version] : m_working) {
            if (!m_known.contains(path))
                add(*version, path, true);
        }
        pairNewOnes();
        m_found.notes.append(
            u"compared with commit %1, the last that HEAD and %2 share"_s.arg(m_base.commit.left(12), m_base.revision));
        if (!m_base.uncommitted.empty())
            m_found.notes.append(m_base.uncommitted.size() == 1
                                     ? u"1 schema file is not committed: %1"_s.arg(m_base.uncommitted.front())
                                     : u"%1 schema files are not committed"_s.arg(m_base.uncommitted.size()));
        return std::move(m_found);
    }

private:
    struct Entry
    {
        QString folder; ///< where it lies now
        bool isNew = false;
    };

    [[nodiscard]] QString shown(const QString& path) const
    {
        return m_shownFolder.isEmpty() ? path : QDir(m_shownFolder).filePath(path);
    }

    std::size_t add(SchemaVersion version, const QString& path, bool isNew)
    {
        m_found.versions.push_back(std::move(version));
        m_entries.push_back({QFileInfo(path).path(), isNew});
        return m_found.versions.size() - 1;
    }

    void tell(const SchemaFile& file, int to, const QString& place, const QString& kind, const QString& message,
              ChangeVerdict verdict, const QString& otherName = {})
    {
        SchemaChange change{.eventType = file.eventType,
                            .from = file.version,
                            .to = to,
                            .difference = {.path = u"#"_s,
                                           .kind = kind,
                                           .place = {.file = shown(place)},
                                           .oldPlace = {.file = shown(file.path)},
                                           .message = message,
                                           .otherName = otherName},
                            .verdict = verdict};
        if (verdict != ChangeVerdict::Compatible) {
            change.difference.backward = change.difference.forward = DirectionVerdict::Breaks;
            for (const CompatibilityLevel level : allCompatibilityLevels) {
                if (level != CompatibilityLevel::None)
                    change.levels.push_back(level);
            }
        }
        m_found.fileChanges.push_back(std::move(change));
    }

    /// One version that the base had.
    void published(const SchemaFile& file, const QByteArray& text)
    {
        const auto now = m_working.find(file.path);
        const QString path = now != m_working.end() ? file.path : whereTo(file);
        const SchemaVersion before{.eventType = file.eventType,
                                   .version = file.version,
                                   .file = shown(path.isEmpty() ? file.path : path),
                                   .language = file.language,
                                   .text = text,
                                   .uri = m_folder.uriOf(file.path),
                                   .load = m_load};
        const std::size_t index = add(before, path.isEmpty() ? file.path : path, false);
        if (path.isEmpty()) {
            gone(file);
            return;
        }
        m_known.insert(path);
        if (path != file.path)
            tell(file, file.version, path, u"fileMoved"_s, u"%1 moved to %2"_s.arg(file.path, path),
                 ChangeVerdict::Compatible, path);
        const SchemaVersion& after = *m_working.at(path);
        // The same text may read differently, where a file that it refers to was edited.
        const bool isSameText = after.text == text;
        if (isSameText && (!m_hasEdits || !refersElsewhere(file, text)))
            return;
        // Two things under one number: who has the first never learns of the second.
        const bool isOnlyWords = after.language == file.language && reads(after) && reads(before) &&
                                 compareSchemaVersions(before, after, CompatibilityPolicy::ConfluentStrict).empty();
        if (isSameText && isOnlyWords)
            return;
        tell(file, file.version, path, u"publishedVersionEdited"_s,
             isSameText
                 ? u"version %1 was published and reads differently now, because a file it refers to was edited"_s.arg(
                       file.version)
             : isOnlyWords
                 ? u"version %1 was published and its text was edited, in words or spaces only"_s.arg(file.version)
                 : u"version %1 was published and was edited; make a new version instead"_s.arg(file.version),
             isOnlyWords ? ChangeVerdict::Compatible : ChangeVerdict::Breaking);
        const std::size_t edited = add(after, path, false);
        m_found.pairs.push_back({index, edited, true});
        m_edited.insert(edited);
    }

    static bool refersElsewhere(const SchemaFile& file, const QByteArray& text)
    {
        return file.language == SchemaLanguage::JsonSchema
                   ? text.contains("Ref\"") || text.contains("$ref\"")
                   : file.language == SchemaLanguage::Protobuf && text.contains("import");
    }

    static bool reads(const SchemaVersion& version) { return schemaVersionIssues(version).empty(); }

    /// The path that a version has now under its own event and number; empty: none.
    [[nodiscard]] QString whereTo(const SchemaFile& file) const
    {
        for (const auto& [path, version] : m_working) {
            if (version->eventType == file.eventType && version->version == file.version &&
                version->language == file.language && !m_base.files.contains(path) && !m_known.contains(path))
                return path;
        }
        return {};
    }

    void gone(const SchemaFile& file)
    {
        for (const MovedFile& moved : m_base.moved) {
            const auto to = schemaFileOf(moved.to);
            if (moved.from != file.path || !to || to->eventType.isEmpty())
                continue;
            if (to->eventType == file.eventType)
                tell(file, to->version, moved.to, u"versionRenamed"_s,
                     u"version %1 was published and is now called version %2; keep the old file beside it"_s
                         .arg(file.version)
                         .arg(to->version),
                     ChangeVerdict::Breaking, moved.to);
            else
                tell(
                    file, to->version, moved.to, u"eventRenamed"_s,
                    u"%1 v%2 is now %3 v%4; its consumers go on asking for the old name, so keep both until they moved"_s
                        .arg(file.eventType, QString::number(file.version), to->eventType,
                             QString::number(to->version)),
                    ChangeVerdict::Breaking, to->eventType);
            return;
        }
        const bool hasOthers = std::any_of(m_working.begin(), m_working.end(), [&](const auto& other) {
            return other.second->eventType == file.eventType;
        });
        tell(file, file.version, file.path, u"publishedVersionDeleted"_s,
             hasOthers ? u"version %1 was published and its file is gone; data written with it may still be read"_s.arg(
                             file.version)
                       : u"the last schema of %1, version %2, is gone"_s.arg(file.eventType).arg(file.version),
             ChangeVerdict::Breaking);
    }

    void pairNewOnes()
    {
        std::map<std::tuple<QString, QString, SchemaLanguage>, std::vector<std::size_t>> series;
        for (std::size_t i = 0; i < m_found.versions.size(); ++i) {
            const SchemaVersion& version = m_found.versions[i];
            if (!m_edited.contains(i))
                series[{version.eventType, m_entries[i].folder, version.language}].push_back(i);
        }
        std::vector<VersionPair> far;
        for (auto& [name, places] : series) {
            std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
                return m_found.versions[a].version < m_found.versions[b].version;
            });
            for (std::size_t newer = 1; newer < places.size(); ++newer) {
                for (std::size_t older = newer; older-- > 0;) {
                    if (!m_entries[places[newer]].isNew && !m_entries[places[older]].isNew)
                        continue;
                    const bool isNeighbour = older + 1 == newer;
                    (isNeighbour ? m_found.pairs : far).push_back({places[older], places[newer], isNeighbour});
                }
            }
        }
        m_found.pairs.insert(m_found.pairs.end(), far.begin(), far.end());
    }

    const FolderBase& m_base;
    const SchemaFolder& m_folder;
    QString m_shownFolder;
    SchemaLoader m_load;
    std::map<QString, const SchemaVersion*> m_working; // by path within the folder
    std::set<QString> m_known;                         // paths of working files that the base had
    std::set<std::size_t> m_edited;
    bool m_hasEdits = false;      ///< any file of the base is not what it was
    std::vector<Entry> m_entries; // beside m_found.versions
    BaseComparison m_found;
};

} // namespace

BaseComparison compareWithBase(const FolderBase& base, const SchemaFolder& folder, const QString& shownFolder,
                               const std::vector<SchemaVersion>& working)
{
    return Comparison(base, folder, shownFolder, working).run();
}

Result<CompatibilityReport> checkCompatibilitySince(const SchemaHistory& history, const QString& folder,
                                                    const QString& revision, CompatibilityOptions options)
{
    std::vector<FileIssue> issues;
    if (!QFileInfo(folder).isDir() || !takeFolderRules(folder, options, issues))
        return checkCompatibilityOfFolder(folder, std::move(options)); // says what is wrong
    const auto base = history.baseOf(folder, revision);
    if (!base)
        return tl::unexpected(base.error());
    const SchemaFolder schemas(folder);
    const std::vector<SchemaVersion> working = versionsOfFolder(schemas, QDir::cleanPath(folder), issues);
    BaseComparison compared = compareWithBase(*base, schemas, QDir::cleanPath(folder), working);
    // A file that does not read fails the check even where nothing is there to compare it with.
    std::set<QString> paired;
    for (const VersionPair& pair : compared.pairs)
        paired.insert(compared.versions[pair.newer].file);
    for (const SchemaVersion& version : working) {
        const auto own = paired.contains(version.file) ? std::vector<FileIssue>{} : schemaVersionIssues(version);
        issues.insert(issues.end(), own.begin(), own.end());
    }
    CompatibilityReport report = checkCompatibility(compared.versions, compared.pairs, options);
    report.issues.insert(report.issues.begin(), issues.begin(), issues.end());
    for (SchemaChange& change : compared.fileChanges) {
        // Where nothing has to hold, a file that was edited or deleted is told and breaks nothing.
        const SchemaVersion changed{.eventType = change.eventType, .file = change.difference.place.file};
        if (levelFor(changed, options) == CompatibilityLevel::None)
            change.verdict = ChangeVerdict::Compatible;
        addConsumers(change, options);
        if (change.verdict == ChangeVerdict::Breaking)
            waiveChange(change, options);
        if (change.verdict == ChangeVerdict::Breaking)
            report.compatible = false;
        report.changes.push_back(std::move(change));
    }
    std::stable_sort(report.changes.begin(), report.changes.end(), [](const SchemaChange& a, const SchemaChange& b) {
        return std::tie(a.eventType, a.to, b.from) < std::tie(b.eventType, b.to, a.from);
    });
    if (hasErrors(report.issues))
        report.compatible = false;
    report.notes.append(compared.notes);
    return report;
}

} // namespace spillway
