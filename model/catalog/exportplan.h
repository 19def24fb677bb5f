// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogexport.h"

#include <algorithm>

namespace spillway {

enum class ExchangeForm { AsyncApi, EventCatalog, Backstage };

/// One file of an export, and what stands in its place.
struct PlannedFile
{
    enum class Standing {
        New,     ///< nothing is there
        Same,    ///< it says the same already
        Other,   ///< it says something else
        Blocked, ///< a link, or no file, stands there or on the way to it
    };
    QString path; ///< absolute; of a blocked one: what is in the way
    Standing standing = Standing::New;
    friend bool operator==(const PlannedFile&, const PlannedFile&) = default;
};

/// An export before it is written.
struct ExportPlan
{
    QString folder;                 ///< absolute; what the files' paths start at
    ExportedCatalog exported;       ///< every file with its path
    std::vector<PlannedFile> files; ///< like `exported.files`
    [[nodiscard]] qsizetype count(PlannedFile::Standing standing) const
    {
        return std::count_if(files.begin(), files.end(),
                             [standing](const PlannedFile& file) { return file.standing == standing; });
    }
};

} // namespace spillway
