// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/metaschemacheck.h"

#include "model/base/text.h"
#include "model/schema/schemacompiler.h"
#include "model/schema/schemavalidator.h"
#include "model/workspace/issuelist.h"

#include <map>
#include <mutex>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// nullptr: no draft of ours.
std::shared_ptr<const SchemaProgram> metaSchemaOf(const QString& name)
{
    static std::map<SchemaDraft, std::shared_ptr<const SchemaProgram>> known;
    static std::mutex mutex; // guards: known
    for (const SchemaDraft draft : {SchemaDraft::Draft4, SchemaDraft::Draft6, SchemaDraft::Draft7,
                                    SchemaDraft::Draft2019, SchemaDraft::Draft2020}) {
        if (schemaDraftName(draft) != name)
            continue;
        const std::lock_guard lock(mutex);
        auto& program = known[draft];
        if (!program)
            program =
                compileSchema(metaSchemaUri(draft), bundledMetaSchema(metaSchemaUri(draft)).value_or(QByteArray()), {},
                              {.unheardKeywordsDecide = false, .openFormatsDecide = false});
        return program;
    }
    return nullptr;
}

/// The value that an error is about, as written; long ones cut.
QString wordAt(const JsonTape& schema, const SchemaError& error)
{
    constexpr qsizetype longest = 40;
    const QByteArrayView whole = schema.token(0);
    const qsizetype first = std::clamp<qsizetype>(error.first, 0, whole.size());
    const qsizetype last = std::clamp<qsizetype>(error.last, first, whole.size());
    QString word = visibleBytes(whole.sliced(first, last - first).toByteArray());
    if (word.startsWith(u'"') && word.endsWith(u'"') && word.size() > 1)
        word = word.sliced(1, word.size() - 2);
    return word.size() > longest ? word.left(longest) + u'…' : word;
}

/// The meta-schemas' own words are about alternatives of alternatives; these are what people get wrong.
QString messageOf(const JsonTape& schema, const SchemaError& error)
{
    if (error.path.isEmpty() && error.keyword == u"type")
        return u"a schema is an object, or true or false"_s;
    if (error.path.endsWith(u"/type") && (error.keyword == u"anyOf" || error.keyword == u"enum"))
        return u"%1 is no type; write string, number, integer, boolean, object, array or null, or a list of them"_s.arg(
            quoted(wordAt(schema, error)));
    return error.message;
}

} // namespace

std::vector<MetaSchemaFault> metaSchemaFaults(const QString& draft, const JsonTape& schema, std::size_t most)
{
    std::vector<MetaSchemaFault> faults;
    const auto meta = metaSchemaOf(draft);
    if (!meta)
        return faults;
    // One part of a meta-schema after the other finds the same fault; it is one to whoever has to mend it.
    std::set<std::int64_t> told;
    for (const SchemaError& error : judge(*meta, schema, {.errors = most * 10}).errors) {
        if (faults.size() < most && told.insert(error.first).second)
            faults.push_back({error.first, messageOf(schema, error)});
    }
    return faults;
}

} // namespace spillway
