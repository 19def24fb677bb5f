// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/binarydifferences.h"
#include "model/schema/avrocompat.h"

#include <QRegularExpression>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

SchemaPosition positionIn(const SchemaVersion& version, std::int64_t at)
{
    const QByteArrayView before =
        QByteArrayView(version.text).first(std::clamp<std::int64_t>(at, 0, version.text.size()));
    return {.file = version.file,
            .line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
            .column = static_cast<int>(before.size() - before.lastIndexOf('\n'))};
}

/// `/fields/1` holds `/fields/1/type`.
bool holds(const QString& outer, const QString& inner)
{
    return outer == u"/" || inner == outer || (inner.startsWith(outer) && inner[outer.size()] == u'/');
}

class Joiner
{
public:
    Joiner(const SchemaVersion& older, const SchemaVersion& newer)
        : m_older(older)
        , m_newer(newer)
    {
    }

    std::vector<SchemaDifference> run(const AvroSchema& older, const AvroSchema& newer)
    {
        m_oldType = avroTypeText(older, older.root);
        m_newType = avroTypeText(newer, newer.root);
        m_changes = avroDifferences(older, newer);
        for (const AvroDifference& change : m_changes)
            m_found.push_back({.path = change.location,
                               .kind = avroDifferenceWord(change.kind),
                               .place = positionIn(m_newer, change.at),
                               .oldPlace = positionIn(m_older, change.oldAt),
                               .message = sentence(change.field, change.message),
                               .backward = DirectionVerdict::Holds,
                               .forward = DirectionVerdict::Holds,
                               .backwardExample = {},
                               .forwardExample = {},
                               .field = change.field,
                               .otherName = {}});
        for (const AvroIncompatibility& found : avroIncompatibilities(newer, older))
            join(found, true);
        for (const AvroIncompatibility& found : avroIncompatibilities(older, newer))
            join(found, false);
        return std::move(m_found);
    }

private:
    static QString sentence(const QString& field, const QString& message)
    {
        return field.isEmpty() || message.startsWith(field + u' ') ? message : field + u": "_s + message;
    }

    /// The change that makes this break: the one at its place, else the nearest around it that does not yet break.
    [[nodiscard]] SchemaDifference* changeFor(const AvroIncompatibility& found, bool isBackward)
    {
        const QString& at = found.cause.isEmpty() ? found.location : found.cause;
        std::optional<std::size_t> best;
        qsizetype bestLength = -1;
        for (std::size_t i = 0; i < m_changes.size(); ++i) {
            const QString& location = isBackward ? m_changes[i].location : m_changes[i].oldLocation;
            const DirectionVerdict verdict = isBackward ? m_found[i].backward : m_found[i].forward;
            if (!holds(location, at) || location.size() <= bestLength || verdict != DirectionVerdict::Holds ||
                !canBreak(m_changes[i].kind, isBackward))
                continue;
            best = i;
            bestLength = location.size();
        }
        return best ? &m_found[*best] : nullptr;
    }

    static bool canBreak(AvroDifference::Kind kind, bool isBackward)
    {
        switch (kind) {
        case AvroDifference::Kind::FieldAdded:
        case AvroDifference::Kind::SymbolRemoved:
            return isBackward;
        case AvroDifference::Kind::FieldRemoved:
        case AvroDifference::Kind::SymbolAdded:
            return !isBackward;
        case AvroDifference::Kind::FieldRenamed: // the old reader has no alias
            return !isBackward;
        case AvroDifference::Kind::TypeChanged:
        case AvroDifference::Kind::NameChanged:
        case AvroDifference::Kind::SizeChanged:
            return true;
        case AvroDifference::Kind::DefaultAdded:
        case AvroDifference::Kind::DefaultRemoved:
        case AvroDifference::Kind::DefaultChanged:
        case AvroDifference::Kind::LogicalTypeChanged:
            return false;
        }
        return false;
    }

    void join(const AvroIncompatibility& found, bool isBackward)
    {
        SchemaDifference* change = changeFor(found, isBackward);
        if (!change) {
            const SchemaPosition reader = positionIn(isBackward ? m_newer : m_older, found.readerAt);
            const SchemaPosition writer = positionIn(isBackward ? m_older : m_newer, found.writerAt);
            m_found.push_back({.path = found.location,
                               .kind = avroReasonWord(found.reason),
                               .place = isBackward ? reader : writer,
                               .oldPlace = isBackward ? writer : reader,
                               .message = sentence(found.field, found.message),
                               .backward = DirectionVerdict::Holds,
                               .forward = DirectionVerdict::Holds,
                               .backwardExample = {},
                               .forwardExample = {},
                               .field = found.field,
                               .otherName = {}});
            change = &m_found.back();
        } else {
            change->kind = avroReasonWord(found.reason);
            change->message += (isBackward ? u"; reading older data: "_s : u"; for readers of the older version: "_s) +
                               sentence(found.field, found.message);
        }
        (isBackward ? change->backward : change->forward) = DirectionVerdict::Breaks;
        (isBackward ? change->backwardExample : change->forwardExample) = found.counterexample;
        if (found.counterexample)
            (isBackward ? change->backwardWire : change->forwardWire) = WireExample{
                .bytes = found.datum, .type = isBackward ? m_oldType : m_newType, .readAs = {}, .why = found.fault};
    }

    const SchemaVersion& m_older;
    const SchemaVersion& m_newer;
    QString m_oldType;
    QString m_newType;
    std::vector<AvroDifference> m_changes;
    std::vector<SchemaDifference> m_found; ///< the first ones stand for m_changes, one by one
};

} // namespace

std::vector<SchemaDifference> avroVersionDifferences(const SchemaVersion& older, const SchemaVersion& newer)
{
    const auto before = readAvroSchema(older.text);
    const auto after = readAvroSchema(newer.text);
    if (!before || !after)
        return {};
    return Joiner(older, newer).run(*before, *after);
}

std::vector<FileIssue> binaryVersionIssues(const SchemaVersion& version)
{
    std::optional<QString> fault;
    if (version.language == SchemaLanguage::Avro) {
        const auto schema = readAvroSchema(version.text);
        if (!schema)
            fault = schema.error().detail;
    } else {
        const auto schema = readProtoSchema(version.text, protoLoaderOf(version));
        if (!schema)
            fault = schema.error().detail;
    }
    if (!fault)
        return {};
    // A .proto's fault begins with its line, which is better said in the place.
    int line = 1;
    static const QRegularExpression numbered(u"\\Aline ([0-9]{1,9}): (.*)\\z"_s);
    if (const auto match = numbered.match(*fault); match.hasMatch()) {
        line = match.captured(1).toInt();
        fault = match.captured(2);
    }
    return {{.severity = IssueSeverity::Error,
             .place = {.file = version.file, .line = line, .column = 1},
             .message = u"the schema does not read: %1"_s.arg(*fault),
             .remedy = u"correct it"_s}};
}

} // namespace spillway
