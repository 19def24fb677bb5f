// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterfacet.h"

#include "model/base/sha256.h"
#include "model/deadletter/sqltext.h"

#include <QHash>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Both have the same members of these names.
template<typename Facts>
std::size_t hashOf(const Facts& of)
{
    std::size_t seed = qHash(of.dialect);
    for (const auto* part : {&of.originTopic, &of.consumerGroup, &of.reportedClass, &of.rootCauseClass, &of.stage})
        seed = *part ? qHash(**part, seed + 0x9E3779B97F4A7C15ULL) : seed * 31 + 7;
    return seed;
}

template<typename A, typename B>
bool isSame(const A& a, const B& b)
{
    return a.dialect == b.dialect && a.confidence == b.confidence && a.originTopic == b.originTopic &&
           a.originIsInternal == b.originIsInternal && a.consumerGroup == b.consumerGroup &&
           a.reportedClass == b.reportedClass && a.rootCauseClass == b.rootCauseClass && a.stage == b.stage;
}

QByteArray digestOf(const LetterFacts& facts)
{
    Sha256 hash;
    const auto add = [&hash](const std::optional<QString>& part) {
        const QByteArray utf8 = part ? part->toUtf8() : QByteArray();
        hash.add(QByteArray::number(part ? utf8.size() : -1) + ':' + utf8);
    };
    add(facts.dialect);
    add(QString::number(facts.confidence, 'g', 17));
    add(facts.originTopic);
    add(facts.originIsInternal ? u"1"_s : u"0"_s);
    add(facts.consumerGroup);
    add(facts.reportedClass);
    add(facts.rootCauseClass);
    add(facts.stage);
    const auto digest = hash.result();
    return QByteArray(reinterpret_cast<const char*>(digest.data()), static_cast<qsizetype>(digest.size()));
}

} // namespace

std::size_t LetterFacetHash::operator()(const LetterFacet& facet) const
{
    return hashOf(facet);
}
std::size_t LetterFacetHash::operator()(const LetterFacts& facts) const
{
    return hashOf(facts);
}
bool LetterFacetSame::operator()(const LetterFacet& a, const LetterFacet& b) const
{
    return isSame(a, b);
}
bool LetterFacetSame::operator()(const LetterFacts& facts, const LetterFacet& facet) const
{
    return isSame(facts, facet);
}
bool LetterFacetSame::operator()(const LetterFacet& facet, const LetterFacts& facts) const
{
    return isSame(facts, facet);
}

LetterFacetWriter::LetterFacetWriter(SQLite::Database& db, LetterFacetRefs& refs)
    : m_refs(refs)
    , m_find(db, "SELECT id FROM letter_facet WHERE digest = ?")
    , m_make(db, "INSERT INTO letter_facet (digest, dialect, confidence, origin_topic, origin_is_internal,"
                 " consumer_group, reported_class, root_cause_class, stage)"
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                 " RETURNING id")
{
}

std::int64_t LetterFacetWriter::refOf(const LetterFacts& facts)
{
    if (const auto known = m_refs.find(facts); known != m_refs.end())
        return known->second;
    const QByteArray digest = digestOf(facts);
    const auto keep = [&](std::int64_t ref) {
        m_refs.emplace(LetterFacet{.dialect = facts.dialect,
                                   .confidence = facts.confidence,
                                   .originTopic = facts.originTopic,
                                   .originIsInternal = facts.originIsInternal,
                                   .consumerGroup = facts.consumerGroup,
                                   .reportedClass = facts.reportedClass,
                                   .rootCauseClass = facts.rootCauseClass,
                                   .stage = facts.stage},
                       ref);
        return ref;
    };
    m_find.reset();
    sql::bind(m_find, 1, digest);
    if (m_find.executeStep()) {
        const std::int64_t ref = m_find.getColumn(0).getInt64();
        m_find.reset();
        return keep(ref);
    }
    m_make.reset();
    sql::bind(m_make, 1, digest);
    sql::bind(m_make, 2, facts.dialect);
    m_make.bind(3, facts.confidence);
    sql::bind(m_make, 4, facts.originTopic);
    m_make.bind(5, facts.originIsInternal ? 1 : 0);
    sql::bind(m_make, 6, facts.consumerGroup);
    sql::bind(m_make, 7, facts.reportedClass);
    sql::bind(m_make, 8, facts.rootCauseClass);
    sql::bind(m_make, 9, facts.stage);
    m_make.executeStep();
    const std::int64_t ref = m_make.getColumn(0).getInt64();
    while (m_make.executeStep()) {
    }
    return keep(ref);
}

} // namespace spillway
