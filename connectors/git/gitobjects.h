// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/text.h"

#include <git2.h>

#include <memory>

/// What libgit2 hands out, freed where it is left. Only this room includes it.
namespace spillway::git {

template<typename T, void (*Free)(T*)>
struct Freed
{
    void operator()(T* object) const { Free(object); }
};
template<typename T, void (*Free)(T*)>
using Held = std::unique_ptr<T, Freed<T, Free>>;
using Repository = Held<git_repository, git_repository_free>;
using Object = Held<git_object, git_object_free>;
using Commit = Held<git_commit, git_commit_free>;
using Tree = Held<git_tree, git_tree_free>;
using TreeEntry = Held<git_tree_entry, git_tree_entry_free>;
using Blob = Held<git_blob, git_blob_free>;
using Diff = Held<git_diff, git_diff_free>;
using StatusList = Held<git_status_list, git_status_list_free>;

/// What libgit2 says, on one line.
[[nodiscard]] inline QString reason()
{
    const git_error* error = git_error_last();
    return error && error->message ? visibleText(QString::fromUtf8(error->message)).left(200)
                                   : QStringLiteral("unknown");
}

[[nodiscard]] inline QString shown(const QString& word)
{
    return visibleText(word).left(120);
}

/// Containers of build servers check out as another user. Git refuses that because a foreign repository's settings can
/// name programs to run; libgit2 runs none of them.
inline void allowForeignOwners()
{
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
}

} // namespace spillway::git
