// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/lagsampler.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

LagSampler::LagSampler(LagSource& source, StoreWriter& writer, Catalog catalog, const Clock& clock,
                       ConnectionSettings settings, QStringList connections)
    : m_source(source)
    , m_writer(writer)
    , m_catalog(std::move(catalog))
    , m_clock(clock)
    , m_settings(std::move(settings))
    , m_connections(std::move(connections))
{
}

LagSampler::~LagSampler() = default;

LagRequest LagSampler::request() const
{
    LagRequest request;
    request.knownGroups = m_catalog.groups();
    for (const QString& group : std::as_const(request.knownGroups))
        request.topicsOfGroup.emplace(group, m_catalog.topicsOfGroup(group));
    request.include = m_settings.includeGroups;
    request.exclude = m_settings.excludeGroups;
    return request;
}

Result<LagSampleReport> LagSampler::sampleOnce(std::stop_token stop)
{
    const UtcTime askedAt = m_clock.now();
    Result<LagObservation> look = m_source.sample(request(), stop);
    if (!look)
        return failWithin(u"%1: lag sample"_s.arg(m_settings.name), look.error());

    if (m_clusterId != look->clusterId)
        m_book.reset();
    // Judged where the store is written: a slow group's place in the history of ends has to be looked up there.
    struct Outcome
    {
        std::shared_ptr<LagBook> book;
        LagBookEntry entry;
    };
    const auto outcome = std::make_shared<Outcome>(Outcome{m_book, {}});
    const auto shared = std::make_shared<const LagObservation>(std::move(*look));
    const bool listsGroups = m_source.capabilities().listsGroups;
    const qsizetype sizeBytes = static_cast<qsizetype>(shared->committed.size() * sizeof(CommittedOffset) +
                                                       shared->ends.size() * sizeof(PartitionEnds));
    const Status written = m_writer.write(
        [outcome, shared, askedAt, listsGroups, settings = m_settings,
         connections = m_connections](Database& database) -> Status {
            if (!outcome->book) {
                auto opened =
                    LagBook::open(database, shared->clusterId, settings.name, settings.sampleInterval, connections);
                if (!opened)
                    return tl::unexpected<Error>(opened.error());
                outcome->book = std::move(*opened);
            }
            const auto entry = outcome->book->enter(database, *shared, askedAt, listsGroups);
            if (!entry)
                return tl::unexpected<Error>(entry.error());
            outcome->entry = *entry;
            return {};
        },
        sizeBytes, stop);
    if (!written) {
        m_book.reset(); // it has seen what the file has not
        return failWithin(u"%1: storing the lag sample"_s.arg(m_settings.name), written.error());
    }
    m_book = outcome->book;
    m_clusterId = shared->clusterId;
    return LagSampleReport{shared->takenAt,
                           outcome->entry.rows,
                           outcome->entry.unknownRows,
                           outcome->entry.groups,
                           std::max(Millis{0}, m_clock.now() - askedAt),
                           shared->failures};
}

} // namespace spillway
