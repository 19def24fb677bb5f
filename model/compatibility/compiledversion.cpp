// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compiledversion.h"

#include <algorithm>

namespace spillway {

namespace {

constexpr int mostReferences = 20;           // followed in search of a default
constexpr std::int64_t workForOne = 300'000; // steps of the validator for one small document

/// `other` as it is shown, given how the schema's own file is: both lie under one root.
QString shownFile(const SchemaVersion& version, const QString& other)
{
    if (other == version.uri)
        return version.file;
    qsizetype common = 0;
    while (common < version.uri.size() && common < version.file.size() &&
           version.uri[version.uri.size() - 1 - common] == version.file[version.file.size() - 1 - common])
        ++common;
    const QString root = version.uri.chopped(common);
    return other.startsWith(root) ? version.file.chopped(common) + other.sliced(root.size()) : other;
}

SchemaVerdict verdictOf(const SchemaProgram& program, const Conjunction& schemas, const JsonTape& tape)
{
    SchemaVerdict all = SchemaVerdict::Valid;
    for (const SchemaRef ref : schemas) {
        const SchemaVerdict one = schemaVerdict(program, tape, {.work = workForOne, .from = ref});
        if (one == SchemaVerdict::Invalid)
            return one;
        if (one == SchemaVerdict::Unknown)
            all = one;
    }
    return all;
}

} // namespace

CompiledVersion::CompiledVersion(SchemaVersion version)
    : m_version(std::move(version))
    , m_plain(compileSchema(m_version.uri, m_version.text, m_version.load,
                            {.unheardKeywordsDecide = false, .openFormatsDecide = false}))
    , m_asserting(compileSchema(m_version.uri, m_version.text, m_version.load,
                                {.unheardKeywordsDecide = false, .openFormatsDecide = false, .formatsAssert = true}))
{
}

SchemaPosition CompiledVersion::positionOf(SchemaSpot spot) const
{
    const SchemaDocument& document = *m_plain->documents[spot.document];
    const auto at = static_cast<qsizetype>(document.tape[spot.node].first);
    const QByteArrayView before = QByteArrayView(document.json).first(std::min(at, document.json.size()));
    return {.file = shownFile(m_version, document.uri),
            .line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
            .column = static_cast<int>(before.size() - before.lastIndexOf('\n'))};
}

QString CompiledVersion::textOf(SchemaSpot spot) const
{
    const std::string_view text = tape(spot.document).text(spot.node);
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

std::optional<SchemaSpot> CompiledVersion::keyword(SchemaRef ref, std::string_view word) const
{
    const SchemaNode& schema = node(ref);
    const auto found = tape(schema.document).member(schema.source, word);
    return found ? std::optional(SchemaSpot{schema.document, *found}) : std::nullopt;
}

bool CompiledVersion::hasDefault(const Conjunction& schemas) const
{
    Conjunction open = schemas;
    for (std::size_t at = 0; at < open.size() && at < mostReferences; ++at) {
        if (keyword(open[at], "default"))
            return true;
        for (const SchemaCheck& check : node(open[at]).checks) {
            if (check.kind == SchemaCheck::Kind::Ref)
                open.push_back(check.schema);
        }
    }
    return false;
}

bool CompiledVersion::accepts(const Conjunction& schemas, const QByteArray& json) const
{
    JsonTape tape;
    if (!tape.parse(json) || verdictOf(*m_plain, schemas, tape) != SchemaVerdict::Valid)
        return false;
    return verdictOf(*m_asserting, schemas, tape) != SchemaVerdict::Invalid;
}

bool CompiledVersion::refuses(const Conjunction& schemas, const QByteArray& json) const
{
    JsonTape tape;
    return tape.parse(json) && verdictOf(*m_plain, schemas, tape) == SchemaVerdict::Invalid;
}

} // namespace spillway
