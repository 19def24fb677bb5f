// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/dialectregistry.h"

#include "model/deadletter/dialectreader.h"
#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/hopreader.h"
#include "model/deadletter/lettermapping.h"
#include "model/workspace/mappingedit.h"

#include <QDir>
#include <QFile>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

/// Outside the namespace, as the macro wants it: a static library's resources are dropped unless somebody names them.
static void initDialectResources()
{
    Q_INIT_RESOURCE(dialects);
}

namespace spillway {

namespace {

/// Where the newest failure of a dialect begins in the list of headers.
qsizetype errorPlace(const Dialect& dialect, const Headers& headers)
{
    qsizetype place = -1;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto& starts = dialect.errorStart;
        if (std::find(starts.begin(), starts.end(), headers[i].name) == starts.end())
            continue;
        place = static_cast<qsizetype>(i);
        if (dialect.newest == Dialect::End::First)
            break;
    }
    return place;
}

/// A letter that passed several frameworks carries the headers of all. What was appended last is newest. A framework
/// that writes in front may be older or newer: where both tell an offset of the same partition, the higher one decides,
/// and where one read the other's dead-letter topic, that.
bool isNewer(const DialectMatch& a, const DialectMatch& b, const Headers& headers)
{
    // A workspace knows its own frameworks: where it and a bundled dialect fit, the surer one reads.
    if (a.dialect->isOwn != b.dialect->isOwn && a.confidence != b.confidence)
        return a.confidence > b.confidence;
    if (a.dialect->newest != b.dialect->newest) {
        const Position left = newestHop(*a.dialect, headers);
        const Position right = newestHop(*b.dialect, headers);
        if (left.at.partition >= 0 && left.at == right.at && left.next != right.next)
            return left.next > right.next;
        if (left.at.partition >= 0 && right.at.partition >= 0) { // who read a letter of the other's is newer
            const bool isLeft = isDeadLetterTopicOf(left.at.topic, right.at.topic);
            if (isLeft != isDeadLetterTopicOf(right.at.topic, left.at.topic))
                return isLeft;
        }
    }
    if (a.confidence != b.confidence && std::abs(a.confidence - b.confidence) > 0.15)
        return a.confidence > b.confidence;
    return errorPlace(*a.dialect, headers) > errorPlace(*b.dialect, headers);
}

/// The newest first, the oldest last. A selection, not a sort: "newer" need not be transitive over three dialects in a
/// hostile letter.
std::vector<DialectMatch> inOrder(std::vector<DialectMatch> matches, const Headers& headers)
{
    for (std::size_t i = 1; i < matches.size(); ++i) {
        if (isNewer(matches[i], matches.front(), headers))
            std::swap(matches[i], matches.front());
    }
    for (std::size_t i = 1; i + 1 < matches.size(); ++i) {
        if (isNewer(matches.back(), matches[i], headers))
            std::swap(matches[i], matches.back());
    }
    return matches;
}

constexpr std::size_t mostKnown = 8; // lists of header names

bool haveNames(const Headers& headers, const std::vector<QByteArray>& names)
{
    return std::equal(headers.begin(), headers.end(), names.begin(), names.end(),
                      [](const Header& header, const QByteArray& name) {
                          return header.name.constData() == name.constData() || header.name == name;
                      });
}

/// A letter that passed two frameworks was first published where the older one read it; the newer one read a dead
/// letter of it, or a copy. Only what the older one tells whole.
void takeOlderOrigin(const LetterFacts& older, const QString& channel, LetterFacts& facts)
{
    if (!older.originTopic || !older.originPartition || !older.originOffset || !facts.originTopic ||
        *older.originTopic == channel)
        return;
    const bool isSamePartition =
        older.originTopic == facts.originTopic && older.originPartition == facts.originPartition;
    if (isSamePartition && facts.originOffset && *older.originOffset >= *facts.originOffset)
        return;
    facts.originTopic = older.originTopic;
    facts.originPartition = older.originPartition;
    facts.originOffset = older.originOffset;
    facts.originTimestamp = older.originTimestamp;
    facts.originIsInternal = older.originIsInternal;
}

/// @param fitting  all dialects whose headers are there.
LetterFacts readFitting(const RawRecord& record, const std::vector<DialectMatch>& fitting)
{
    if (fitting.size() > 1) {
        const std::vector<DialectMatch> matches = inOrder(fitting, record.headers);
        LetterFacts facts = readByDialect(*matches.front().dialect, record);
        facts.confidence = matches.front().confidence;
        takeOlderOrigin(originByDialect(*matches.back().dialect, record), record.at.topic, facts);
        return facts;
    }
    if (!fitting.empty()) {
        LetterFacts facts = readByDialect(*fitting.front().dialect, record);
        facts.confidence = fitting.front().confidence;
        return facts;
    }
    if (auto forwarded = readUForwarder(record))
        return std::move(*forwarded);
    if (auto guessed = readGeneric(record))
        return std::move(*guessed);
    LetterFacts facts;
    facts.deadLetteredAt = record.timestamp;
    return facts;
}

/// @param mapping  null: the topic has none.
LetterFacts readUnder(const DeadLetterMapping* mapping, const RawRecord& record,
                      const std::vector<DialectMatch>& fitting)
{
    if (!mapping)
        return readFitting(record, fitting);
    LetterFacts mapped = readMapped(record, *mapping);
    const bool isSure = std::any_of(fitting.begin(), fitting.end(),
                                    [](const DialectMatch& match) { return match.confidence >= sureOfLetter; });
    if (!isSure || takesEveryLetter(*mapping))
        return mapped;
    LetterFacts facts = readFitting(record, fitting);
    facts.mappedConsumer = std::move(mapped.mappedConsumer); // whose it is, no dialect tells
    facts.mappedEventType = std::move(mapped.mappedEventType);
    return facts;
}

} // namespace

Result<DialectRegistry> DialectRegistry::bundled()
{
    initDialectResources();
    DialectRegistry registry;
    if (const auto issues = registry.addFolder(u":/dialects"_s); !issues.empty())
        return fail(ErrorCode::Internal, issues.front().toString());
    return registry;
}

Checked<DialectRegistry> DialectRegistry::withUsers(const QString& folder)
{
    auto registry = bundled();
    if (!registry)
        return {std::nullopt, {{.message = registry.error().detail, .remedy = u"report it"_s}}};
    if (folder.isEmpty())
        return {std::move(*registry), {}};
    std::vector<FileIssue> issues = registry->addFolder(folder, true);
    if (!issues.empty())
        return {std::nullopt, std::move(issues)};
    return {std::move(*registry), {}};
}

std::vector<FileIssue> DialectRegistry::addFolder(const QString& folder, bool isOwn)
{
    std::vector<Dialect> read;
    std::vector<FileIssue> issues;
    for (const QString& name : QDir(folder).entryList({u"*.json"_s}, QDir::Files, QDir::Name)) {
        QFile file(folder + u'/' + name);
        if (!file.open(QIODevice::ReadOnly)) {
            issues.push_back({.place = {.file = file.fileName()},
                              .message = u"cannot be read: "_s + file.errorString(),
                              .remedy = u"correct its rights, or take it out of the folder"_s});
            continue;
        }
        Checked<Dialect> dialect = checkDialect(file.read((1 << 20) + 1), file.fileName());
        issues.insert(issues.end(), dialect.issues.begin(), dialect.issues.end());
        if (!dialect.value)
            continue;
        dialect.value->isOwn = isOwn;
        const auto twin =
            std::find_if(read.begin(), read.end(), [&](const Dialect& other) { return other.id == dialect.value->id; });
        if (twin != read.end())
            issues.push_back({.place = {.file = file.fileName(), .line = 1, .column = 1},
                              .message = u"\"id\" is %1, as in another file of this folder"_s.arg(twin->id),
                              .remedy = u"give each dialect an id of its own"_s});
        read.push_back(std::move(*dialect.value));
    }
    if (issues.empty()) {
        for (Dialect& dialect : read)
            add(std::move(dialect));
    }
    return issues;
}

void DialectRegistry::add(Dialect dialect)
{
    const auto known = std::find_if(m_dialects.begin(), m_dialects.end(),
                                    [&](const Dialect& other) { return other.id == dialect.id; });
    if (known != m_dialects.end())
        *known = std::move(dialect);
    else
        m_dialects.push_back(std::move(dialect));
    index();
}

void DialectRegistry::index()
{
    m_detectNames.clear();
    m_detect.clear();
    for (const Dialect& dialect : m_dialects) {
        auto& rules = m_detect.emplace_back();
        for (const DetectionRule& rule : dialect.detect) {
            auto& places = rules.emplace_back();
            for (const QByteArray& name : rule.all) {
                const auto place = m_detectNames.find(name);
                if (place != m_detectNames.end()) {
                    places.push_back(*place);
                } else {
                    places.push_back(static_cast<int>(m_detectNames.size()));
                    m_detectNames.insert(name, places.back());
                }
            }
        }
    }
}

const Dialect* DialectRegistry::dialect(QStringView id) const
{
    const auto found =
        std::find_if(m_dialects.begin(), m_dialects.end(), [id](const Dialect& d) { return d.id == id; });
    return found == m_dialects.end() ? nullptr : &*found;
}

std::vector<DialectMatch> DialectRegistry::fitting(const Headers& headers) const
{
    std::vector<char> isThere(static_cast<std::size_t>(m_detectNames.size()), 0);
    bool any = false;
    for (const Header& header : headers) {
        if (const auto place = m_detectNames.constFind(header.name); place != m_detectNames.constEnd()) {
            isThere[static_cast<std::size_t>(*place)] = 1;
            any = true;
        }
    }
    std::vector<DialectMatch> matches;
    if (!any)
        return matches;
    for (std::size_t d = 0; d < m_dialects.size(); ++d) {
        double best = 0;
        for (std::size_t r = 0; r < m_detect[d].size(); ++r) {
            const std::vector<int>& places = m_detect[d][r];
            if (std::all_of(places.begin(), places.end(),
                            [&](int p) { return isThere[static_cast<std::size_t>(p)] != 0; }))
                best = std::max(best, m_dialects[d].detect[r].confidence);
        }
        if (best > 0)
            matches.push_back({&m_dialects[d], best});
    }
    return matches;
}

std::vector<DialectMatch> DialectRegistry::newestFirst(const Headers& headers) const
{
    return inOrder(fitting(headers), headers);
}

LetterFacts DialectRegistry::read(const RawRecord& record, const DeadLetterMapping* mapping) const
{
    LetterFacts facts = readUnder(mapping, record, fitting(record.headers));
    readReplayHeaders(record.headers, facts);
    return facts;
}

LetterFacts DialectStream::read(const RawRecord& record, const DeadLetterMapping* mapping)
{
    LetterFacts facts = readUnder(mapping, record, fitting(record.headers));
    readReplayHeaders(record.headers, facts);
    return facts;
}

const std::vector<DialectMatch>& DialectStream::fitting(const Headers& headers)
{
    for (const Known& known : m_known) {
        if (haveNames(headers, known.names))
            return known.fitting;
    }
    if (m_known.size() < mostKnown)
        m_known.emplace_back();
    Known& known = m_known[m_next++ % m_known.size()];
    known.names.clear();
    for (const Header& header : headers)
        known.names.push_back(header.name);
    known.fitting = m_dialects.fitting(headers);
    return known.fitting;
}

const DeadLetterMapping* DialectRegistry::counting(const DeadLetterMapping* mapping, QStringView dialectId) const
{
    return mapping && (takesEveryLetter(*mapping) || !dialect(dialectId)) ? mapping : nullptr;
}

std::vector<QByteArray> DialectRegistry::errorHeaders(QStringView dialectId, const DeadLetterMapping* mapping) const
{
    mapping = counting(mapping, dialectId);
    if (!mapping) {
        const Dialect* known = dialect(dialectId);
        return known ? known->strip : std::vector<QByteArray>{};
    }
    std::vector<QByteArray> names;
    for (const auto& [field, source] : *mapping) {
        if (source.from == FieldSource::From::Header && isErrorField(field))
            names.push_back(source.text.toUtf8());
    }
    return names;
}

std::optional<PayloadPlace> DialectRegistry::payloadPlace(QStringView dialectId, const DeadLetterMapping* mapping) const
{
    mapping = counting(mapping, dialectId);
    if (!mapping) {
        if (dialectId == uForwarderValueDialect)
            return PayloadPlace{u"/data"_s, PayloadPlace::As::UForwarder};
        const Dialect* known = dialect(dialectId);
        return known ? known->payload : std::nullopt;
    }
    const auto source = mapping->find(payloadField);
    if (source == mapping->end())
        return std::nullopt;
    return PayloadPlace{source->second.text, payloadAsFromWord(source->second.as).value_or(PayloadPlace::As::Json)};
}

bool DialectRegistry::isErrorHeader(QStringView dialectId, QByteArrayView header,
                                    const DeadLetterMapping* mapping) const
{
    mapping = counting(mapping, dialectId);
    const std::vector<QByteArray> patterns = errorHeaders(dialectId, mapping);
    return std::any_of(patterns.begin(), patterns.end(), [&](const QByteArray& pattern) {
        return !mapping && pattern.endsWith('*') ? header.startsWith(QByteArrayView(pattern).chopped(1))
                                                 : header == pattern;
    });
}

} // namespace spillway
