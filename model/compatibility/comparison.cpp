// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compatibilitycheck.h"

#include "model/compatibility/binarydifferences.h"
#include "model/compatibility/jsoncompatibility.h"
#include "model/schema/metaschemacheck.h"

#include <algorithm>

/// One pair of versions, in whatever language they are written.
namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostOfOneFile = 20;

FileIssue issueAt(const SchemaPosition& place, QString message)
{
    return {.severity = IssueSeverity::Error,
            .place = {.file = place.file, .line = place.line, .column = place.column},
            .message = std::move(message),
            .remedy = u"correct it; until then this version cannot be compared"_s};
}

SchemaPosition positionIn(const SchemaVersion& version, qsizetype at)
{
    const QByteArrayView before = QByteArrayView(version.text).first(std::clamp<qsizetype>(at, 0, version.text.size()));
    return {.file = version.file,
            .line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
            .column = static_cast<int>(before.size() - before.lastIndexOf('\n'))};
}

/// What the draft's own schema says of this one.
void checkByMetaSchema(const SchemaVersion& version, const CompiledVersion& compiled, std::vector<FileIssue>& issues)
{
    for (const MetaSchemaFault& fault : metaSchemaFaults(compiled.program().draft, compiled.tape(0), mostOfOneFile))
        issues.push_back(issueAt(positionIn(version, fault.at),
                                 u"this is no schema of %1: %2"_s.arg(compiled.program().draft, fault.message)));
}

/// A `$ref` to nowhere. Other faults (an expression that engines read differently) leave a change undecided instead.
void checkReferences(const CompiledVersion& compiled, std::vector<FileIssue>& issues)
{
    for (const SchemaNode& schema : compiled.program().nodes) {
        for (const SchemaCheck& check : schema.checks) {
            if (check.kind != SchemaCheck::Kind::Unknowable || schema.document != 0 || check.source == 0 ||
                issues.size() >= mostOfOneFile)
                continue;
            const JsonTape& tape = compiled.tape(0);
            const std::string_view keyword = tape.text(check.source - 1);
            if (keyword == "$ref" || keyword == "$dynamicRef" || keyword == "$recursiveRef")
                issues.push_back(issueAt(compiled.positionOf({0, check.source}), check.note));
        }
    }
}

} // namespace

std::vector<FileIssue> issuesOf(const CompiledVersion& compiled)
{
    std::vector<FileIssue> issues;
    if (!compiled.isReadable()) {
        for (const SchemaFault& fault : compiled.program().faults)
            issues.push_back(
                issueAt({.file = compiled.version().file, .line = fault.line, .column = fault.column}, fault.message));
        if (issues.empty())
            issues.push_back(issueAt({.file = compiled.version().file}, u"the file is no JSON"_s));
        return issues;
    }
    checkByMetaSchema(compiled.version(), compiled, issues);
    checkReferences(compiled, issues);
    return issues;
}

std::vector<FileIssue> schemaVersionIssues(const SchemaVersion& version)
{
    if (version.language != SchemaLanguage::JsonSchema)
        return binaryVersionIssues(version);
    return issuesOf(CompiledVersion(version));
}

std::vector<SchemaDifference> compareSchemaVersions(const SchemaVersion& older, const SchemaVersion& newer,
                                                    CompatibilityPolicy policy)
{
    if (older.language == newer.language && older.language == SchemaLanguage::Avro)
        return avroVersionDifferences(older, newer);
    if (older.language == newer.language && older.language == SchemaLanguage::Protobuf)
        return protobufVersionDifferences(older, newer);
    if (older.language != newer.language)
        return {{.path = u"#"_s,
                 .kind = u"notUnderstood"_s,
                 .place = {.file = newer.file},
                 .oldPlace = {.file = older.file},
                 .message = u"versions in these languages are not compared"_s,
                 .backward = DirectionVerdict::Undecided,
                 .forward = DirectionVerdict::Undecided}};
    const CompiledVersion before(older);
    const CompiledVersion after(newer);
    if (!before.isReadable() || !after.isReadable())
        return {};
    return compareJsonSchemas(before, after, policy);
}

} // namespace spillway
