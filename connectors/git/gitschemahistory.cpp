// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/git/gitschemahistory.h"

#include "connectors/git/gitobjects.h"
#include "model/base/byteordermark.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <memory>
#include <set>

namespace spillway {
using namespace git;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostFiles = 20'000;
constexpr git_object_size_t largestFile = 8 << 20;
constexpr std::uint16_t similarEnough = 60; ///< percent; versions of one event are alike without being renames

bool isSchema(const QString& path)
{
    return path.endsWith(u".json") || path.endsWith(u".avsc") || path.endsWith(u".proto") || path.endsWith(u".desc");
}

/// One question asked of one checkout.
class Asking
{
public:
    Asking(const QString& folder, const QString& revision)
        : m_folder(QFileInfo(folder).canonicalFilePath())
        , m_revision(revision)
    {
    }

    Result<FolderBase> run()
    {
        if (auto opened = open(); !opened)
            return tl::unexpected(opened.error());
        const auto base = mergeBase();
        if (!base)
            return tl::unexpected(base.error());
        FolderBase found{.revision = m_revision, .commit = textOf(*base), .files = {}, .moved = {}, .uncommitted = {}};
        const auto tree = treeOf(*base);
        if (!tree)
            return tl::unexpected(tree.error());
        if (auto read = readFiles(tree->get(), found); !read)
            return tl::unexpected(read.error());
        if (auto compared = findMoved(tree->get(), found); !compared)
            return tl::unexpected(compared.error());
        if (auto looked = findUncommitted(found); !looked)
            return tl::unexpected(looked.error());
        return found;
    }

private:
    Status open()
    {
        git_repository* repository = nullptr;
        const int code =
            m_folder.isEmpty()
                ? GIT_ENOTFOUND
                : git_repository_open_ext(&repository, QFile::encodeName(m_folder).constData(), 0, nullptr);
        m_repository.reset(repository);
        if (code == GIT_ENOTFOUND)
            return fail(ErrorCode::InvalidConfig,
                        u"--base: %1 lies in no Git repository; run it in a checkout, or leave --base out"_s.arg(
                            shown(m_folder)));
        if (code != 0)
            return fail(ErrorCode::Unreachable,
                        u"the Git repository of %1 cannot be opened: %2"_s.arg(shown(m_folder), reason()));
        const char* root = git_repository_workdir(m_repository.get());
        if (!root)
            return fail(ErrorCode::InvalidConfig,
                        u"--base: the Git repository has no working tree; check it out first"_s);
        const QString top = QFileInfo(QFile::decodeName(root)).canonicalFilePath();
        m_prefix = QDir(top).relativeFilePath(m_folder);
        if (m_prefix == u".")
            m_prefix.clear();
        return {};
    }

    static QString textOf(const git_oid& id)
    {
        char text[GIT_OID_HEXSZ + 1] = {};
        git_oid_tostr(text, sizeof text, &id);
        return QString::fromLatin1(text);
    }

    [[nodiscard]] bool isShallow() const { return git_repository_is_shallow(m_repository.get()) == 1; }

    Result<git_oid> commitOf(const QString& revision) const
    {
        git_object* object = nullptr;
        if (git_revparse_single(&object, m_repository.get(), revision.toUtf8().constData()) != 0)
            return fail(ErrorCode::InvalidConfig, {});
        const Object held(object);
        git_object* peeled = nullptr;
        if (git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) != 0)
            return fail(ErrorCode::InvalidConfig, {});
        const Object commit(peeled);
        return *git_object_id(peeled);
    }

    Result<git_oid> mergeBase() const
    {
        const auto head = commitOf(u"HEAD"_s);
        if (!head)
            return fail(ErrorCode::InvalidConfig, u"--base: this repository has no commit yet; commit first"_s);
        const auto other = commitOf(m_revision);
        if (!other)
            return fail(
                ErrorCode::InvalidConfig,
                isShallow()
                    ? u"--base: this clone is shallow and does not know the revision %1; fetch it with its history: git fetch --unshallow origin (GitHub Actions: fetch-depth: 0)"_s
                          .arg(shown(m_revision))
                    : u"--base: %1 is no revision of this repository; fetch it, or name a branch, tag or commit"_s.arg(
                          shown(m_revision)));
        git_oid base;
        const int code = git_merge_base(&base, m_repository.get(), &*head, &*other);
        if (code == 0)
            return base;
        if (isShallow())
            return fail(
                ErrorCode::InvalidConfig,
                u"--base: this clone is shallow and ends before HEAD and %1 meet; fetch more history: git fetch --unshallow (GitHub Actions: fetch-depth: 0)"_s
                    .arg(shown(m_revision)));
        if (code == GIT_ENOTFOUND)
            return fail(
                ErrorCode::InvalidConfig,
                u"--base: HEAD and %1 have no commit in common; name the branch that this one goes back to"_s.arg(
                    shown(m_revision)));
        return fail(ErrorCode::Unreachable, u"the Git repository cannot be read: %1"_s.arg(reason()));
    }

    Result<Tree> treeOf(const git_oid& id) const
    {
        git_commit* commit = nullptr;
        if (git_commit_lookup(&commit, m_repository.get(), &id) != 0)
            return fail(ErrorCode::Unreachable, u"the Git repository cannot be read: %1"_s.arg(reason()));
        const Commit held(commit);
        git_tree* tree = nullptr;
        if (git_commit_tree(&tree, commit) != 0)
            return fail(ErrorCode::Unreachable, u"the Git repository cannot be read: %1"_s.arg(reason()));
        return Tree(tree);
    }

    /// `path` relative to the folder; nullopt: it lies elsewhere.
    [[nodiscard]] std::optional<QString> within(const char* path) const
    {
        if (!path)
            return std::nullopt;
        const QString whole = QString::fromUtf8(path);
        if (m_prefix.isEmpty())
            return whole;
        return whole.startsWith(m_prefix + u'/') ? std::optional(whole.sliced(m_prefix.size() + 1)) : std::nullopt;
    }

    Status readFiles(git_tree* root, FolderBase& found)
    {
        Tree below;
        git_tree* tree = root;
        if (!m_prefix.isEmpty()) {
            git_tree_entry* entry = nullptr;
            if (git_tree_entry_bypath(&entry, root, m_prefix.toUtf8().constData()) != 0)
                return {}; // the folder is new
            const TreeEntry held(entry);
            git_object* object = nullptr;
            if (git_tree_entry_to_object(&object, m_repository.get(), entry) != 0 ||
                git_object_type(object) != GIT_OBJECT_TREE) {
                git_object_free(object);
                return {};
            }
            below.reset(reinterpret_cast<git_tree*>(object)); // a git_object of type TREE is a git_tree
            tree = below.get();
        }
        struct Walk
        {
            git_repository* repository;
            FolderBase& found;
        } walk{m_repository.get(), found};
        const auto visit = [](const char* in, const git_tree_entry* entry, void* payload) -> int {
            auto& self = *static_cast<Walk*>(payload);
            const QString path = QString::fromUtf8(in) + QString::fromUtf8(git_tree_entry_name(entry));
            const git_filemode_t mode = git_tree_entry_filemode(entry);
            if ((mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE) || !isSchema(path) ||
                self.found.files.size() >= mostFiles)
                return 0;
            git_blob* blob = nullptr;
            if (git_blob_lookup(&blob, self.repository, git_tree_entry_id(entry)) != 0)
                return -1;
            const Blob held(blob);
            const git_object_size_t size = git_blob_rawsize(blob);
            if (size <= largestFile)
                self.found.files.emplace(
                    path, withoutByteOrderMark(QByteArray(static_cast<const char*>(git_blob_rawcontent(blob)),
                                                          static_cast<qsizetype>(size))));
            return 0;
        };
        if (git_tree_walk(tree, GIT_TREEWALK_PRE, visit, &walk) != 0)
            return fail(ErrorCode::Unreachable,
                        u"files of the commit %1 cannot be read: %2"_s.arg(found.commit, reason()));
        return {};
    }

    /// A pathspec of the folder alone, and what keeps it alive.
    struct Pathspec
    {
        explicit Pathspec(const QString& prefix)
            : text(prefix.toUtf8())
            , first(text.data())
        {
        }
        [[nodiscard]] git_strarray array()
        {
            return text.isEmpty() ? git_strarray{nullptr, 0} : git_strarray{&first, 1};
        }
        QByteArray text;
        char* first;
    };

    Status findMoved(git_tree* tree, FolderBase& found)
    {
        Pathspec spec(m_prefix);
        git_diff_options options = GIT_DIFF_OPTIONS_INIT;
        options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS | GIT_DIFF_SHOW_UNTRACKED_CONTENT |
                        GIT_DIFF_DISABLE_PATHSPEC_MATCH | GIT_DIFF_IGNORE_SUBMODULES;
        options.pathspec = spec.array();
        git_diff* diff = nullptr;
        if (git_diff_tree_to_workdir_with_index(&diff, m_repository.get(), tree, &options) != 0)
            return fail(ErrorCode::Unreachable, u"the working tree cannot be compared: %1"_s.arg(reason()));
        const Diff held(diff);
        git_diff_find_options similar = GIT_DIFF_FIND_OPTIONS_INIT;
        similar.flags = GIT_DIFF_FIND_RENAMES | GIT_DIFF_FIND_FOR_UNTRACKED;
        similar.rename_threshold = similarEnough;
        if (git_diff_find_similar(diff, &similar) != 0)
            return fail(ErrorCode::Unreachable, u"the working tree cannot be compared: %1"_s.arg(reason()));
        for (std::size_t i = 0; i < git_diff_num_deltas(diff); ++i) {
            const git_diff_delta* delta = git_diff_get_delta(diff, i);
            if (delta->status != GIT_DELTA_RENAMED)
                continue;
            const auto from = within(delta->old_file.path);
            const auto to = within(delta->new_file.path);
            if (from && to && isSchema(*from) && isSchema(*to))
                found.moved.push_back({.from = *from, .to = *to, .similarity = delta->similarity});
        }
        return {};
    }

    Status findUncommitted(FolderBase& found)
    {
        Pathspec spec(m_prefix);
        git_status_options options = GIT_STATUS_OPTIONS_INIT;
        options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
        options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
                        GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH | GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
        options.pathspec = spec.array();
        git_status_list* list = nullptr;
        if (git_status_list_new(&list, m_repository.get(), &options) != 0)
            return fail(ErrorCode::Unreachable, u"the working tree cannot be looked through: %1"_s.arg(reason()));
        const StatusList held(list);
        std::set<QString> paths;
        for (std::size_t i = 0; i < git_status_list_entrycount(list); ++i) {
            const git_status_entry* entry = git_status_byindex(list, i);
            const git_diff_delta* delta = entry->index_to_workdir ? entry->index_to_workdir : entry->head_to_index;
            if (const auto path = delta ? within(delta->new_file.path) : std::nullopt; path && isSchema(*path))
                paths.insert(*path);
        }
        found.uncommitted.assign(paths.begin(), paths.end());
        return {};
    }

    QString m_folder;
    QString m_revision;
    QString m_prefix; ///< the folder within the working tree; empty: the tree itself
    Repository m_repository;
};

} // namespace

GitSchemaHistory::GitSchemaHistory()
{
    git_libgit2_init();
    allowForeignOwners();
}

GitSchemaHistory::~GitSchemaHistory()
{
    git_libgit2_shutdown();
}

Result<FolderBase> GitSchemaHistory::baseOf(const QString& folder, const QString& revision) const
{
    return Asking(folder, revision).run();
}

} // namespace spillway
