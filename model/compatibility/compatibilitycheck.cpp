// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compatibilitycheck.h"

#include "model/compatibility/impact.h"
#include "model/compatibility/jsoncompatibility.h"
#include "model/workspace/issuelist.h"

#include <QFileInfo>

#include <algorithm>
#include <set>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Versions of one event, in one folder and language, belong together.
auto seriesOf(const SchemaVersion& version)
{
    return std::tuple(version.eventType, QFileInfo(version.file).path(), version.language);
}

QString domainOf(const SchemaVersion& version)
{
    const QString folder = QFileInfo(version.file).path().section(u'/', -1);
    return folder.isEmpty() || folder == u"." ? version.eventType.section(u'.', 0, 0) : folder;
}

bool asksBackward(CompatibilityLevel level)
{
    return level != CompatibilityLevel::Forward && level != CompatibilityLevel::ForwardTransitive &&
           level != CompatibilityLevel::None;
}
bool asksForward(CompatibilityLevel level)
{
    return level != CompatibilityLevel::Backward && level != CompatibilityLevel::BackwardTransitive &&
           level != CompatibilityLevel::None;
}
bool isTransitive(CompatibilityLevel level)
{
    return level == CompatibilityLevel::BackwardTransitive || level == CompatibilityLevel::ForwardTransitive ||
           level == CompatibilityLevel::FullTransitive;
}

/// What a level makes of a difference.
DirectionVerdict verdictAt(CompatibilityLevel level, const SchemaDifference& difference, bool isNeighbour)
{
    if (!isNeighbour && !isTransitive(level))
        return DirectionVerdict::Holds;
    const auto worst = [](DirectionVerdict a, DirectionVerdict b) {
        return a == DirectionVerdict::Breaks || b == DirectionVerdict::Holds ? a : b;
    };
    return worst(asksBackward(level) ? difference.backward : DirectionVerdict::Holds,
                 asksForward(level) ? difference.forward : DirectionVerdict::Holds);
}

bool covers(const CompatibilityWaiver& waiver, const SchemaChange& change)
{
    return waiver.eventType == change.eventType && (!waiver.from || *waiver.from == change.from) &&
           (!waiver.to || *waiver.to == change.to) &&
           (waiver.kind.isEmpty() || waiver.kind == change.difference.kind) &&
           (waiver.path.isEmpty() || change.difference.path == waiver.path ||
            change.difference.path.startsWith(waiver.path + u'/'));
}

class Check
{
public:
    Check(const std::vector<SchemaVersion>& versions, const CompatibilityOptions& options, CompatibilityReport& report)
        : m_versions(versions)
        , m_options(options)
        , m_report(report)
        , m_compiled(versions.size())
    {
    }

    void read(std::size_t version)
    {
        if (!m_read.insert(version).second)
            return;
        std::vector<FileIssue> issues;
        if (m_versions[version].language == SchemaLanguage::JsonSchema) {
            m_compiled[version] = std::make_unique<CompiledVersion>(m_versions[version]);
            issues = issuesOf(*m_compiled[version]);
        } else {
            issues = schemaVersionIssues(m_versions[version]);
        }
        if (hasErrors(issues))
            m_faulty.insert(version);
        m_report.issues.insert(m_report.issues.end(), issues.begin(), issues.end());
    }

    /// Tells nothing of a version that does not read; its issues do.
    void compare(const VersionPair& pair)
    {
        if (m_faulty.contains(pair.older) || m_faulty.contains(pair.newer))
            return;
        const SchemaVersion& older = m_versions[pair.older];
        const SchemaVersion& newer = m_versions[pair.newer];
        const CompatibilityRule rule =
            m_options.rules ? m_options.rules->ruleFor(newer.eventType, domainOf(newer)) : CompatibilityRule{};
        const CompatibilityLevel level = levelFor(newer, m_options);
        const bool isHouse =
            !m_options.policy ? m_options.rules.has_value() : *m_options.policy == CompatibilityPolicy::House;
        const CompatibilityPolicy policy = isHouse ? rule.policy.value_or(CompatibilityPolicy::ConfluentLenient)
                                                   : m_options.policy.value_or(CompatibilityPolicy::ConfluentLenient);
        const bool areCompiled = m_compiled[pair.older] && m_compiled[pair.newer];
        for (SchemaDifference& difference :
             areCompiled ? compareJsonSchemas(*m_compiled[pair.older], *m_compiled[pair.newer], policy)
                         : compareSchemaVersions(older, newer, policy)) {
            if (isHouse)
                applyHouse(difference);
            if (!pair.isNeighbour && (isTold(older, newer, difference) || !breaksAny(difference)))
                continue;
            tell(pair, std::move(difference), level, isHouse);
        }
    }

private:
    static bool breaksAny(const SchemaDifference& difference)
    {
        return difference.backward != DirectionVerdict::Holds || difference.forward != DirectionVerdict::Holds;
    }

    void applyHouse(SchemaDifference& difference) const
    {
        if (!m_options.rules)
            return;
        const auto own = m_options.rules->kinds.find(difference.kind);
        if (own == m_options.rules->kinds.end())
            return;
        difference.backward = difference.forward = own->second;
        if (own->second == DirectionVerdict::Holds) {
            difference.backwardExample.reset();
            difference.forwardExample.reset();
            difference.backwardWire.reset();
            difference.forwardWire.reset();
        }
    }

    /// A break over several versions is told once, where it happened: between neighbours.
    bool isTold(const SchemaVersion& older, const SchemaVersion& newer, const SchemaDifference& difference) const
    {
        return std::any_of(m_report.changes.begin(), m_report.changes.end(), [&](const SchemaChange& change) {
            const SchemaDifference& other = change.difference;
            return change.eventType == newer.eventType && change.from >= older.version && change.to <= newer.version &&
                   (other.path == difference.path || other.kind == u"documentsRefused" ||
                    difference.kind == u"documentsRefused") &&
                   (difference.backward == DirectionVerdict::Holds || other.backward != DirectionVerdict::Holds) &&
                   (difference.forward == DirectionVerdict::Holds || other.forward != DirectionVerdict::Holds);
        });
    }

    void tell(const VersionPair& pair, SchemaDifference difference, CompatibilityLevel level, bool isHouse)
    {
        const SchemaVersion& newer = m_versions[pair.newer];
        SchemaChange change{.eventType = newer.eventType,
                            .from = m_versions[pair.older].version,
                            .to = newer.version,
                            .difference = std::move(difference)};
        for (const CompatibilityLevel one : allCompatibilityLevels) {
            if (verdictAt(one, change.difference, pair.isNeighbour) != DirectionVerdict::Holds)
                change.levels.push_back(one);
        }
        switch (verdictAt(level, change.difference, pair.isNeighbour)) {
        case DirectionVerdict::Holds:
            break;
        case DirectionVerdict::Breaks:
            change.verdict = ChangeVerdict::Breaking;
            break;
        case DirectionVerdict::Undecided:
            change.verdict = ChangeVerdict::Undecided;
            break;
        }
        if (change.verdict != ChangeVerdict::Compatible) {
            if (asksBackward(level) && change.difference.backwardExample) {
                change.counterexample = change.difference.backwardExample;
                change.counterexampleOf = CompatibilityLevel::Backward;
                change.counterexampleWire = change.difference.backwardWire;
            } else if (asksForward(level) && change.difference.forwardExample) {
                change.counterexample = change.difference.forwardExample;
                change.counterexampleOf = CompatibilityLevel::Forward;
                change.counterexampleWire = change.difference.forwardWire;
            }
            if (isHouse)
                waiveChange(change, m_options);
        }
        addConsumers(change, m_options);
        m_report.changes.push_back(std::move(change));
    }

    const std::vector<SchemaVersion>& m_versions;
    const CompatibilityOptions& m_options;
    CompatibilityReport& m_report;
    std::vector<std::unique_ptr<CompiledVersion>> m_compiled;
    std::set<std::size_t> m_read;
    std::set<std::size_t> m_faulty;
};

} // namespace

CompatibilityLevel levelFor(const SchemaVersion& version, const CompatibilityOptions& options)
{
    const CompatibilityRule rule =
        options.rules ? options.rules->ruleFor(version.eventType, domainOf(version)) : CompatibilityRule{};
    return options.level ? *options.level : rule.level.value_or(CompatibilityLevel::Backward);
}

void waiveChange(SchemaChange& change, const CompatibilityOptions& options)
{
    if (!options.rules)
        return;
    for (const CompatibilityWaiver& waiver : options.rules->waivers) {
        if (!covers(waiver, change))
            continue;
        const QString day = waiver.expires.toString(Qt::ISODate);
        if (waiver.expires >= options.today) {
            change.verdict = ChangeVerdict::Waived;
            change.waiver = u"waived until %1 by %2: %3"_s.arg(day, waiver.author, waiver.reason);
            return;
        }
        change.waiver = u"the waiver of %1 expired on %2"_s.arg(waiver.author, day);
    }
}

void addConsumers(SchemaChange& change, const CompatibilityOptions& options)
{
    const OwnedEvent* owned = options.catalog ? options.catalog->ownedEvent(change.eventType) : nullptr;
    if (!owned)
        return;
    // Who declares what it reads is not alarmed by a break of something else.
    const bool isHarmless = change.verdict == ChangeVerdict::Compatible;
    for (const ConsumerEntry& consumer : owned->consumers) {
        const Reach reach = isHarmless ? Reach::Now : reachOf(change, consumer);
        if (reach == Reach::Now)
            change.consumers += consumer.service;
        else if (reach == Reach::NotYet)
            change.consumersNotYet += consumer.service;
    }
}

std::vector<VersionPair> versionPairs(const std::vector<SchemaVersion>& versions)
{
    std::map<decltype(seriesOf(versions.front())), std::vector<std::size_t>> series;
    for (std::size_t i = 0; i < versions.size(); ++i)
        series[seriesOf(versions[i])].push_back(i);
    std::vector<VersionPair> pairs;
    for (auto& [name, places] : series) {
        std::sort(places.begin(), places.end(),
                  [&](std::size_t a, std::size_t b) { return versions[a].version < versions[b].version; });
        // Neighbours first: what lies further apart is told only where they do not explain it.
        for (std::size_t newer = 1; newer < places.size(); ++newer)
            pairs.push_back({places[newer - 1], places[newer], true});
        for (std::size_t newer = 2; newer < places.size(); ++newer) {
            for (std::size_t older = newer - 1; older-- > 0;)
                pairs.push_back({places[older], places[newer], false});
        }
    }
    return pairs;
}

CompatibilityReport checkCompatibility(const std::vector<SchemaVersion>& versions,
                                       const std::vector<VersionPair>& pairs, const CompatibilityOptions& options)
{
    CompatibilityReport report;
    Check check(versions, options, report);
    std::set<QString> events;
    for (const VersionPair& pair : pairs) {
        check.read(pair.older);
        check.read(pair.newer);
        events.insert(versions[pair.newer].eventType);
    }
    report.versions = versions.size();
    report.events = events.size();
    for (const VersionPair& pair : pairs)
        check.compare(pair);
    std::stable_sort(report.changes.begin(), report.changes.end(), [](const SchemaChange& a, const SchemaChange& b) {
        return std::tie(a.eventType, a.to, b.from) < std::tie(b.eventType, b.to, a.from);
    });
    report.compatible =
        !hasErrors(report.issues) &&
        std::none_of(report.changes.begin(), report.changes.end(), [](const SchemaChange& change) {
            return change.verdict == ChangeVerdict::Breaking || change.verdict == ChangeVerdict::Undecided;
        });
    return report;
}

} // namespace spillway
