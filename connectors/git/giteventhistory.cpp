// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/git/giteventhistory.h"

#include "connectors/git/gitobjects.h"
#include "model/schema/schemafolder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <map>
#include <queue>
#include <set>

namespace spillway {
using namespace git;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostLookedAt = 20'000; // commits
constexpr git_object_size_t largestFile = 16 << 20;
constexpr int deepestFolder = 8;

struct OidLess
{
    bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_cmp(&a, &b) < 0; }
};

QString hexOf(const git_oid& id)
{
    std::array<char, GIT_OID_HEXSZ + 1> text{};
    git_oid_tostr(text.data(), text.size(), &id);
    return QString::fromLatin1(text.data());
}

using Schemas = std::map<QString, git_oid>; // path within the schemas folder -> content

/// All that a commit says of the event.
struct State
{
    std::optional<QByteArray> owned;  // its entry in ownership.yaml
    std::optional<QByteArray> listed; // in the catalog
    Schemas schemas;
};

bool isSame(const Schemas& a, const Schemas& b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](const auto& x, const auto& y) {
               return x.first == y.first && git_oid_equal(&x.second, &y.second) != 0;
           });
}

bool isSame(const State& a, const State& b)
{
    return a.owned == b.owned && a.listed == b.listed && isSame(a.schemas, b.schemas);
}

QString versionWord(const QString& path)
{
    const auto file = schemaFileOf(path);
    return file ? u"schema v%1"_s.arg(file->version) : u"schema %1"_s.arg(shown(path));
}

void addSchemaChanges(const Schemas& before, const Schemas& after, QStringList& changes)
{
    std::map<QString, git_oid> gone;
    for (const auto& [path, content] : before) {
        if (!after.contains(path))
            gone.emplace(path, content);
    }
    for (const auto& [path, content] : after) {
        const auto was = before.find(path);
        if (was != before.end()) {
            if (git_oid_equal(&was->second, &content) == 0)
                changes += versionWord(path) + u" edited"_s;
            continue;
        }
        const auto moved = std::find_if(gone.begin(), gone.end(), [id = &content](const auto& left) {
            return git_oid_equal(&left.second, id) != 0;
        });
        if (moved == gone.end()) {
            changes += versionWord(path) + u" added"_s;
        } else {
            changes += u"%1 moved from %2 to %3"_s.arg(versionWord(path), shown(moved->first), shown(path));
            gone.erase(moved);
        }
    }
    for (const auto& [path, content] : gone)
        changes += versionWord(path) + u" removed"_s;
}

QStringList changesBetween(const State& before, const State& after)
{
    QStringList changes;
    addSchemaChanges(before.schemas, after.schemas, changes);
    for (const QString& change : entryChanges(before.owned, after.owned))
        changes += u"ownership: "_s + change;
    for (const QString& change : entryChanges(before.listed, after.listed))
        changes += u"catalog: "_s + change;
    return changes;
}

/// One question asked of one repository.
class Walking
{
public:
    Walking(const EventHistoryQuestion& question, std::stop_token stop)
        : m_question(question)
        , m_stop(std::move(stop))
    {
    }

    Result<EventHistory> run()
    {
        if (const Status opened = open(); !opened)
            return tl::unexpected(opened.error());
        git_oid head;
        if (git_reference_name_to_id(&head, m_repository.get(), "HEAD") != 0)
            return fail(ErrorCode::NotFound, u"the Git repository has no commit yet; commit the files first"_s);
        if (const Status walked = walk(head); !walked)
            return tl::unexpected(walked.error());
        if (const Status compared = compareWithFiles(head); !compared)
            return tl::unexpected(compared.error());
        return std::move(m_history);
    }

private:
    struct Waiting
    {
        git_time_t at = 0;
        std::size_t order = 0; // of commits of the same second, as they were met
        git_oid id{};
        friend bool operator<(const Waiting& a, const Waiting& b)
        {
            return a.at != b.at ? a.at < b.at : a.order > b.order;
        }
    };

    Status open()
    {
        git_repository* repository = nullptr;
        const QString folder = QFileInfo(m_question.folder).canonicalFilePath();
        const int code = folder.isEmpty()
                             ? GIT_ENOTFOUND
                             : git_repository_open_ext(&repository, QFile::encodeName(folder).constData(), 0, nullptr);
        m_repository.reset(repository);
        if (code == GIT_ENOTFOUND)
            return fail(ErrorCode::NotFound,
                        u"%1 lies in no Git repository; put the workspace into one to see its history"_s.arg(
                            shown(m_question.folder)));
        if (code != 0)
            return fail(ErrorCode::Unreachable,
                        u"the Git repository of %1 cannot be opened: %2"_s.arg(shown(folder), reason()));
        const char* root = git_repository_workdir(m_repository.get());
        if (!root)
            return fail(ErrorCode::NotFound, u"the Git repository has no working tree; check it out first"_s);
        m_root = QFileInfo(QFile::decodeName(root)).canonicalFilePath();
        m_owned = withinRoot(m_question.ownershipFile);
        m_listed = withinRoot(m_question.catalogFile);
        m_schemas = withinRoot(m_question.schemasFolder);
        m_schemaFile = withinRoot(m_question.schemaFile);
        m_schemaName = m_schemaFile.value_or(QString());
        if (m_schemas && !m_schemas->isEmpty() && m_schemaName.startsWith(*m_schemas + u'/'))
            m_schemaName.remove(0, m_schemas->size() + 1);
        return {};
    }

    /// Relative to the working tree; nullopt: it lies elsewhere, or is not named.
    [[nodiscard]] std::optional<QString> withinRoot(const QString& path) const
    {
        if (path.isEmpty())
            return std::nullopt;
        const QFileInfo info(path);
        // The folder's true place, for a path that leads through links; the file itself may be gone.
        const QString folder = QFileInfo(info.path()).canonicalFilePath();
        const QString whole = folder.isEmpty() ? QDir::cleanPath(path) : folder + u'/' + info.fileName();
        const QString relative = QDir(m_root).relativeFilePath(whole);
        if (relative == u".")
            return QString();
        return relative.startsWith(u"../") ? std::nullopt : std::optional(relative);
    }

    Status walk(const git_oid& head)
    {
        std::priority_queue<Waiting> waiting;
        std::set<git_oid, OidLess> met{head};
        std::size_t order = 0;
        waiting.push({.at = 0, .order = order++, .id = head});
        std::size_t looked = 0;
        while (!waiting.empty()) {
            if (m_stop.stop_requested())
                return fail(ErrorCode::Cancelled, u"the history was not read to its end"_s);
            if (m_history.commits.size() >= m_question.mostCommits || ++looked > mostLookedAt) {
                m_history.note = u"older commits are left out; git log has them all"_s;
                return {};
            }
            const git_oid id = waiting.top().id;
            waiting.pop();
            git_commit* raw = nullptr;
            if (git_commit_lookup(&raw, m_repository.get(), &id) != 0)
                return fail(ErrorCode::Unreachable, u"a commit cannot be read: %1"_s.arg(reason()));
            const Commit commit(raw);
            const auto parents = parentsOf(commit.get());
            if (!parents)
                continue; // where a shallow clone ends, nobody can tell what the commit changed
            const auto state = stateOf(commit.get());
            if (!state)
                return tl::unexpected(state.error());
            const auto next = tell(commit.get(), **state, *parents);
            if (!next)
                return tl::unexpected(next.error());
            for (const git_commit* parent : *next) {
                const git_oid parentId = *git_commit_id(parent);
                if (met.insert(parentId).second)
                    waiting.push({.at = git_commit_time(parent), .order = order++, .id = parentId});
            }
        }
        return {};
    }

    /// nullopt: one of them is not in this clone.
    std::optional<std::vector<Commit>> parentsOf(const git_commit* commit)
    {
        std::vector<Commit> parents;
        for (unsigned int i = 0; i < git_commit_parentcount(commit); ++i) {
            git_commit* parent = nullptr;
            if (git_commit_parent(&parent, commit, i) != 0) {
                m_history.note =
                    u"this clone is shallow and ends here; git fetch --unshallow brings the rest (GitHub Actions: fetch-depth: 0)"_s;
                return std::nullopt;
            }
            parents.emplace_back(parent);
        }
        return parents;
    }

    /// Notes what the commit changed. @return  where to go on: as git log does, the one side that says the same where
    /// there is one, so that what a merge did not take is passed over.
    Result<std::vector<const git_commit*>> tell(const git_commit* commit, const State& state,
                                                const std::vector<Commit>& parents)
    {
        std::vector<const git_commit*> next;
        std::optional<QStringList> changes; // against the first parent
        for (const Commit& parent : parents) {
            const auto before = stateOf(parent.get());
            if (!before)
                return tl::unexpected(before.error());
            if (isSame(**before, state))
                return std::vector<const git_commit*>{parent.get()};
            if (!changes)
                changes = changesBetween(**before, state);
            next.push_back(parent.get());
        }
        if (!changes)
            changes = changesBetween({}, state);
        if (!changes->isEmpty())
            m_history.commits.push_back(told(commit, std::move(*changes)));
        return next;
    }

    static EventCommit told(const git_commit* commit, QStringList changes)
    {
        const git_signature* author = git_commit_author(commit);
        const char* subject = git_commit_summary(const_cast<git_commit*>(commit)); // keeps what it found in it
        return {.commit = hexOf(*git_commit_id(commit)),
                .at = UtcTime(std::chrono::seconds(git_commit_time(commit))),
                .author = author && author->name ? shown(QString::fromUtf8(author->name)) : QString(),
                .subject = subject ? visibleText(QString::fromUtf8(subject)).left(200) : QString(),
                .changes = std::move(changes)};
    }

    Result<const State*> stateOf(const git_commit* commit)
    {
        const git_oid root = *git_commit_tree_id(commit);
        if (const auto known = m_states.find(root); known != m_states.end())
            return &known->second;
        git_tree* raw = nullptr;
        if (git_commit_tree(&raw, commit) != 0)
            return fail(ErrorCode::Unreachable, u"files of a commit cannot be read: %1"_s.arg(reason()));
        const Tree tree(raw);
        State state;
        state.owned = entryIn(tree.get(), m_owned);
        state.listed = entryIn(tree.get(), m_listed);
        if (m_schemas) {
            git_oid folder = root;
            bool isThere = m_schemas->isEmpty();
            if (const auto entry = entryAt(tree.get(), *m_schemas);
                entry && git_tree_entry_type(entry.get()) == GIT_OBJECT_TREE) {
                folder = *git_tree_entry_id(entry.get());
                isThere = true;
            }
            if (isThere)
                addSchemas(schemasIn(folder, 0), {}, state.schemas);
        }
        if (m_schemaFile) {
            if (const auto entry = entryAt(tree.get(), *m_schemaFile);
                entry && git_tree_entry_type(entry.get()) == GIT_OBJECT_BLOB) {
                state.schemas.emplace(m_schemaName, *git_tree_entry_id(entry.get()));
            }
        }
        return &m_states.emplace(root, std::move(state)).first->second;
    }

    static TreeEntry entryAt(const git_tree* tree, const QString& path)
    {
        git_tree_entry* entry = nullptr;
        if (path.isEmpty() || git_tree_entry_bypath(&entry, tree, path.toUtf8().constData()) != 0)
            return {};
        return TreeEntry(entry);
    }

    std::optional<QByteArray> entryIn(const git_tree* tree, const std::optional<QString>& path)
    {
        if (!path)
            return std::nullopt;
        const TreeEntry entry = entryAt(tree, *path);
        if (!entry || git_tree_entry_type(entry.get()) != GIT_OBJECT_BLOB)
            return std::nullopt;
        const git_oid content = *git_tree_entry_id(entry.get());
        if (const auto known = m_entries.find(content); known != m_entries.end())
            return known->second;
        git_blob* raw = nullptr;
        std::optional<QByteArray> found;
        if (git_blob_lookup(&raw, m_repository.get(), &content) == 0) {
            const Blob blob(raw);
            if (git_blob_rawsize(raw) <= largestFile)
                found = eventEntry(QByteArray::fromRawData(static_cast<const char*>(git_blob_rawcontent(raw)),
                                                           static_cast<qsizetype>(git_blob_rawsize(raw))),
                                   m_question.eventType);
            if (found)
                found->detach(); // the blob goes
        }
        m_entries.emplace(content, found);
        return found;
    }

    static void addSchemas(const Schemas& from, const QString& below, Schemas& into)
    {
        for (const auto& [path, content] : from)
            into.emplace(below + path, content);
    }

    /// The event's schema files of a folder, by path within it; each folder's content is looked through once.
    const Schemas& schemasIn(const git_oid& folder, int depth)
    {
        const auto known = m_folders.find(folder);
        if (known != m_folders.end())
            return known->second;
        Schemas found;
        git_tree* raw = nullptr;
        if (depth < deepestFolder && git_tree_lookup(&raw, m_repository.get(), &folder) == 0) {
            const Tree tree(raw);
            for (std::size_t i = 0; i < git_tree_entrycount(raw); ++i) {
                const git_tree_entry* entry = git_tree_entry_byindex(raw, i);
                const QString name = QString::fromUtf8(git_tree_entry_name(entry));
                if (git_tree_entry_type(entry) == GIT_OBJECT_TREE && !name.startsWith(u'_'))
                    addSchemas(schemasIn(*git_tree_entry_id(entry), depth + 1), name + u'/', found);
                else if (name.startsWith(m_question.eventType))
                    addSchema(name, *git_tree_entry_id(entry), found);
            }
        }
        return m_folders.emplace(folder, std::move(found)).first->second;
    }

    void addSchema(const QString& name, const git_oid& content, Schemas& into) const
    {
        const auto file = schemaFileOf(name);
        if (file && file->eventType == m_question.eventType)
            into.emplace(name, content);
    }

    Status compareWithFiles(const git_oid& head)
    {
        git_commit* raw = nullptr;
        if (git_commit_lookup(&raw, m_repository.get(), &head) != 0)
            return fail(ErrorCode::Unreachable, u"a commit cannot be read: %1"_s.arg(reason()));
        const Commit commit(raw);
        const auto committed = stateOf(raw);
        if (!committed)
            return tl::unexpected(committed.error());
        State now;
        now.owned = entryOnDisk(m_owned);
        now.listed = entryOnDisk(m_listed);
        if (m_schemas) {
            const SchemaFolder folder(m_question.schemasFolder);
            for (const SchemaFile& file : folder.files()) {
                if (file.eventType == m_question.eventType)
                    addFile((m_schemas->isEmpty() ? QString() : *m_schemas + u'/') + file.path, file.path, now.schemas);
            }
        }
        if (m_schemaFile)
            addFile(*m_schemaFile, m_schemaName, now.schemas);
        m_history.uncommitted = changesBetween(**committed, now);
        return {};
    }

    [[nodiscard]] std::optional<QByteArray> entryOnDisk(const std::optional<QString>& path) const
    {
        if (!path)
            return std::nullopt;
        QFile file(m_root + u'/' + *path);
        if (file.size() > static_cast<qint64>(largestFile) || !file.open(QIODevice::ReadOnly))
            return std::nullopt;
        return eventEntry(file.readAll(), m_question.eventType);
    }

    /// As Git would store it, so that a checkout's own line ends are no change.
    void addFile(const QString& path, const QString& name, Schemas& into) const
    {
        git_oid content;
        if (git_repository_hashfile(&content, m_repository.get(), path.toUtf8().constData(), GIT_OBJECT_BLOB,
                                    nullptr) == 0)
            into.emplace(name, content);
    }

    EventHistoryQuestion m_question;
    std::stop_token m_stop;
    Repository m_repository;
    QString m_root;
    std::optional<QString> m_owned; // paths within the working tree
    std::optional<QString> m_listed;
    std::optional<QString> m_schemas;
    std::optional<QString> m_schemaFile;
    QString m_schemaName;                       // as it is told: within the schemas folder where it lies there
    std::map<git_oid, State, OidLess> m_states; // by root folder
    std::map<git_oid, std::optional<QByteArray>, OidLess> m_entries; // by file content
    std::map<git_oid, Schemas, OidLess> m_folders;                   // by folder content
    EventHistory m_history;
};

} // namespace

GitEventHistory::GitEventHistory()
{
    git_libgit2_init();
    allowForeignOwners();
}

GitEventHistory::~GitEventHistory()
{
    git_libgit2_shutdown();
}

Result<EventHistory> GitEventHistory::historyOf(const EventHistoryQuestion& question, std::stop_token stop) const
{
    return Walking(question, std::move(stop)).run();
}

} // namespace spillway
