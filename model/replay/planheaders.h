// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/dialectregistry.h"
#include "model/replay/headercensus.h"
#include "model/replay/replayplan.h"
#include "model/store/database.h"

#include <QHash>

#include <functional>
#include <stop_token>
#include <vector>

namespace spillway {

/// Which headers the letters bear that are to be planned. Values are looked at only where a letter was read by shape.
class PlanHeaders
{
public:
    /// The mapping of a channel; null: it has none.
    using MappingOf = std::function<const DeadLetterMapping*(const QString& channel)>;

    /// Reads them from the store and tells each candidate which frameworks had it before (`olderDialects`). Letters
    /// that are not open, or were erased, are left alone. Cancelled when `stop` came first.
    /// @param tell  candidates gone through, of how many; now and then, from the calling thread; may be empty
    [[nodiscard]] Status read(Database& reader, std::vector<PlanCandidate>& candidates, const DialectRegistry& dialects,
                              const MappingOf& mappingOf, const std::stop_token& stop,
                              const std::function<void(std::int64_t, std::int64_t)>& tell = {});

    /// What becomes of the headers of a plan's letters. A name that stays behind in some letters and goes along in
    /// others is there twice.
    [[nodiscard]] HeaderCensus census(const ReplayPlan& plan) const;

private:
    struct Name
    {
        QByteArray text;
        bool looksLikeError = false; ///< isErrorHeaderByShape
    };
    struct NameList
    {
        std::vector<Name> names; ///< each once
        QStringList older;
    };
    [[nodiscard]] int listOf(const Headers& headers, const PlanCandidate& candidate, const DialectRegistry& dialects,
                             const DeadLetterMapping* mapping, NameList& unkept);

    std::vector<NameList> m_lists; ///< letters of one framework mostly have the same names
    QHash<QByteArray, int> m_listByNames;
    qsizetype m_keptBytes = 0;
    QHash<QString, int> m_listByLetter;
};

} // namespace spillway
