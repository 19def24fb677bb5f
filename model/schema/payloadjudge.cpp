// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/payloadjudge.h"

#include "model/base/text.h"
#include "model/schema/protoschema.h"
#include "model/schema/schemacompiler.h"

#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::array<QByteArrayView, 4> versionNames{"schema_version", "schemaVersion", "schema-version",
                                                     "ce_dataschemaversion"};
constexpr std::int64_t workInPassing = 200'000; // of one letter in a stream; more is done when a person asks

/// `3`, `v3`; nullopt for anything else.
std::optional<int> versionOf(QByteArrayView text)
{
    if (text.startsWith('v') || text.startsWith('V'))
        text = text.sliced(1);
    if (text.isEmpty() || text.size() > 6)
        return std::nullopt;
    int version = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        version = version * 10 + (c - '0');
    }
    return version;
}

std::optional<int> toldVersion(const Headers& headers, const JsonTape* body)
{
    for (const QByteArrayView name : versionNames) {
        for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
            if (header->name != name || !header->value)
                continue;
            if (const auto version = versionOf(*header->value))
                return version;
        }
    }
    if (!body || (*body)[0].kind != JsonKind::Object)
        return std::nullopt;
    for (const QByteArrayView name : {versionNames[0], versionNames[1]}) {
        const auto field = body->member(0, {name.data(), static_cast<std::size_t>(name.size())});
        if (!field)
            continue;
        const std::string_view text = body->text(*field);
        if ((*body)[*field].kind == JsonKind::Number)
            return versionOf(body->token(*field));
        if ((*body)[*field].kind == JsonKind::String)
            return versionOf(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())));
    }
    return std::nullopt;
}

bool looksLikeJson(QByteArrayView bytes)
{
    for (const char c : bytes) {
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
            continue;
        return c == '{' || c == '[';
    }
    return false;
}

/// Tape of this thread; one huge payload does not keep its memory.
JsonTape& tapeOfThread()
{
    thread_local JsonTape tape;
    if (tape.size() > 200'000)
        tape = JsonTape();
    return tape;
}

} // namespace

struct PayloadJudge::Prepared
{
    SchemaFile file;
    std::shared_ptr<const SchemaProgram> json;
    std::optional<AvroSchema> avro;
    std::optional<ProtoSchema> proto;
    QString fault; ///< why it cannot be used
};

struct PayloadJudge::Choice
{
    std::shared_ptr<const Prepared> schema; ///< null: none is at hand
    bool isCertain = false;                 ///< an id or a version named it, or the event has only one
    QString fault{};                        ///< why a registry gave none; empty: it was not asked
};

/// An imported file: by the path from the schemas folder, else beside the file that imports it.
std::optional<QByteArray> PayloadJudge::imported(const SchemaFile& by, const QString& path) const
{
    if (auto text = m_folder.read(path))
        return text;
    return m_folder.read(by.path.section(u'/', 0, -2) + u'/' + path);
}

/// The body from `at` on; `message` says as which of a Protobuf file's messages. Offsets of the result count from the
/// payload's first byte.
BinaryText PayloadJudge::decode(const Prepared& schema, QByteArrayView whole, qsizetype at, QString& message)
{
    std::string name;
    if (schema.proto) {
        // Behind a schema id stand the message's places in the file; without one the event's name decides, else the
        // first.
        name = schema.proto->top.front();
        for (const std::string& candidate : schema.proto->top) {
            const QString plain = QString::fromStdString(candidate).section(u'.', -1);
            if (plain.compare(schema.file.eventType.section(u'.', -2).remove(u'.'), Qt::CaseInsensitive) == 0)
                name = candidate;
        }
        if (at > 0) {
            const auto indexes = messageIndexesAt(whole, at);
            const std::string named = indexes ? protoMessageAt(*schema.proto, indexes->path) : std::string();
            BinaryText read = named.empty() ? BinaryText{.json = "null",
                                                         .read = at,
                                                         .fault = u"no message of the schema file is named here"_s,
                                                         .faultAt = at}
                                            : decodeProtobuf(*schema.proto, named, whole.sliced(indexes->bodyAt));
            if (!read.fault || !named.empty()) {
                read.read += indexes->bodyAt;
                read.faultAt += indexes->bodyAt;
            }
            if (!read.fault) {
                message = QString::fromStdString(named);
                return read;
            }
            // Some clients leave the places out; what then reads to its end was meant so.
            BinaryText without = decodeProtobuf(*schema.proto, name, whole.sliced(at));
            if (without.fault) {
                message = QString::fromStdString(named);
                return read;
            }
            without.read += at;
            message = QString::fromStdString(name);
            return without;
        }
        message = QString::fromStdString(name);
    }
    BinaryText read = schema.avro ? decodeAvro(*schema.avro, whole.sliced(at))
                                  : decodeProtobuf(*schema.proto, name, whole.sliced(at));
    read.read += at;
    read.faultAt += at;
    return read;
}

PayloadJudge::PayloadJudge(SchemaFolder folder, std::shared_ptr<const SchemaLookup> registry)
    : m_folder(std::move(folder))
    , m_registry(std::move(registry))
{
}

PayloadJudge::~PayloadJudge() = default;

std::shared_ptr<const PayloadJudge::Prepared> PayloadJudge::prepared(const SchemaFile& file) const
{
    const std::lock_guard lock(m_guard);
    if (const auto known = m_prepared.constFind(file.path); known != m_prepared.constEnd())
        return *known;
    auto made = std::make_shared<Prepared>();
    made->file = file;
    if (const auto bytes = m_folder.read(file.path); !bytes) {
        made->fault = u"the schema file cannot be read"_s;
    } else {
        switch (file.language) {
        case SchemaLanguage::JsonSchema:
            made->json = compileSchema(m_folder.uriOf(file.path), *bytes,
                                       [this](const QString& uri) { return m_folder.load(uri); });
            if (made->json->root == noSchema)
                made->fault =
                    made->json->faults.empty() ? u"the schema file is no JSON"_s : made->json->faults.front().message;
            break;
        case SchemaLanguage::Avro:
            if (auto schema = readAvroSchema(*bytes))
                made->avro = std::move(*schema);
            else
                made->fault = schema.error().detail;
            break;
        case SchemaLanguage::Protobuf:
            if (auto schema =
                    readProtoSchema(*bytes, [this, &file](const QString& path) { return imported(file, path); }))
                made->proto = std::move(*schema);
            else
                made->fault = schema.error().detail;
            break;
        }
    }
    m_prepared.insert(file.path, made);
    return made;
}

std::shared_ptr<const PayloadJudge::Prepared> PayloadJudge::prepared(const LookedUpSchema& schema) const
{
    const std::lock_guard lock(m_guard);
    if (const auto known = m_prepared.constFind(schema.origin); known != m_prepared.constEnd())
        return *known;
    auto made = std::make_shared<Prepared>();
    made->file = {.path = schema.origin, .eventType = {}, .version = 0, .language = schema.language};
    const auto named = [&schema](const QString& name) -> std::optional<QByteArray> {
        for (const SchemaImport& import : schema.imports) {
            if (import.name == name || name.endsWith(u'/' + import.name))
                return import.text;
        }
        return std::nullopt;
    };
    switch (schema.language) {
    case SchemaLanguage::JsonSchema:
        made->json = compileSchema(u"registry:/schema.json"_s, schema.text, named);
        if (made->json->root == noSchema)
            made->fault = made->json->faults.empty() ? u"it is no JSON"_s : made->json->faults.front().message;
        break;
    case SchemaLanguage::Avro: {
        // Named types that it refers to come first; then a list of types reads them all, and the last is meant.
        QByteArray all = "[";
        for (const SchemaImport& import : schema.imports)
            all += import.text + ',';
        all += schema.text + ']';
        if (auto avro = readAvroSchema(schema.imports.empty() ? schema.text : all)) {
            if (!schema.imports.empty())
                avro->root = avro->types[avro->root].choices.back();
            made->avro = std::move(*avro);
        } else {
            made->fault = avro.error().detail;
        }
        break;
    }
    case SchemaLanguage::Protobuf:
        if (auto proto = readProtoSchema(schema.text, named))
            made->proto = std::move(*proto);
        else
            made->fault = proto.error().detail;
        break;
    }
    m_prepared.insert(schema.origin, made);
    return made;
}

PayloadJudge::Choice PayloadJudge::choose(const std::optional<QString>& eventType, const Headers& headers,
                                          const WireFormat& wire, const JsonTape* body) const
{
    if (wire.kind != WireFormat::Kind::None) {
        if (const SchemaFile* file = m_folder.findId(wire.id))
            return {prepared(*file), true};
    }
    QString fault;
    if (wire.kind != WireFormat::Kind::None && m_registry) {
        if (const auto found = m_registry->find(wire))
            return {prepared(*found), true};
        else
            fault = found.error().detail;
    }
    if (!eventType)
        return {nullptr, false, fault};
    const std::size_t versions = m_folder.versionsOf(*eventType);
    if (versions == 0)
        return {nullptr, false, fault};
    if (const auto version = toldVersion(headers, body)) {
        if (const SchemaFile* file = m_folder.find(*eventType, version))
            return {prepared(*file), true};
        return {}; // it names a version that is not at hand: another one would say nothing
    }
    return {prepared(*m_folder.find(*eventType)), versions == 1};
}

LetterVerdict PayloadJudge::verdict(const std::optional<QString>& eventType, const Headers& headers,
                                    const std::optional<QByteArray>& value) const
{
    if ((m_folder.files().empty() && !m_registry) || !value || value->isEmpty() || value->size() > largestInPassing)
        return {};
    // The usual case quickly: an event whose schema is JSON, and a payload that is.
    if (eventType && looksLikeJson(*value)) {
        const WireFormat wire = wireFormatOf({}, headers);
        if (wire.kind == WireFormat::Kind::None && m_folder.versionsOf(*eventType) == 0)
            return {};
        JsonTape& tape = tapeOfThread();
        const bool isJson = tape.parse(*value);
        const Choice choice = choose(eventType, headers, wire, isJson ? &tape : nullptr);
        if (!choice.schema)
            return {};
        if (isJson && choice.schema->json && choice.schema->fault.isEmpty()) {
            LetterVerdict told{schemaVerdict(*choice.schema->json, tape, {.work = workInPassing}), std::nullopt};
            if (told.verdict == SchemaVerdict::Invalid && !choice.isCertain && olderFit(choice.schema->file, tape))
                told.verdict = SchemaVerdict::Unknown;
            if (choice.schema->file.version > 0)
                told.version = choice.schema->file.version;
            return told;
        }
    }
    const SchemaJudgement judgement = explain(eventType, headers, value).judgement;
    return {judgement.verdict, judgement.version};
}

std::optional<int> PayloadJudge::olderFit(const SchemaFile& file, const JsonTape& body) const
{
    constexpr int mostTried = 8;
    int tried = 0;
    for (const SchemaFile* older : m_folder.olderThan(file)) {
        if (++tried > mostTried)
            break;
        const auto schema = prepared(*older);
        if (schema->json && schema->fault.isEmpty() &&
            schemaVerdict(*schema->json, body, {.work = workInPassing}) == SchemaVerdict::Valid)
            return older->version;
    }
    return std::nullopt;
}

void PayloadJudge::explainJson(DecodedPayload& payload, const Prepared& schema, QByteArrayView body)
{
    SchemaJudgement& judgement = payload.judgement;
    JsonTape& tape = tapeOfThread();
    payload.format = DecodedPayload::Format::Json;
    if (!tape.parse(body)) {
        const JsonTapeFault& fault = tape.fault();
        payload.note = u"The payload is no JSON: %1."_s.arg(fault.message);
        if (fault.isLimit || !isUtf8(body)) {
            judgement.verdict = SchemaVerdict::Unknown;
            judgement.reasons = {fault.isLimit ? u"the payload is larger than is judged: %1"_s.arg(fault.message)
                                               : u"the payload is no UTF-8 text, and the schema at hand is for JSON"_s};
            payload.format = DecodedPayload::Format::Other;
            return;
        }
        judgement.verdict = SchemaVerdict::Invalid;
        judgement.errors = {{.path = {},
                             .schemaPath = u"#"_s,
                             .keyword = u"json"_s,
                             .message = u"the payload is no JSON: %1"_s.arg(fault.message),
                             .first = fault.at,
                             .last = std::min<std::int64_t>(fault.at + 1, body.size())}};
    } else {
        SchemaJudgement judged = judge(*schema.json, tape);
        judgement.verdict = judged.verdict;
        judgement.errors = std::move(judged.errors);
        judgement.reasons = std::move(judged.reasons);
    }
    for (SchemaError& error : judgement.errors) {
        error.first += payload.bodyAt;
        error.last += payload.bodyAt;
        payload.marks.push_back({error.first, error.last, error.message});
    }
}

DecodedPayload PayloadJudge::explain(const std::optional<QString>& eventType, const Headers& headers,
                                     const std::optional<QByteArray>& value) const
{
    DecodedPayload payload;
    if (!value || value->isEmpty())
        return payload;
    const QByteArrayView whole(*value);
    const bool isText = looksLikeJson(whole);
    WireFormat wire = wireFormatOf(isText ? QByteArrayView() : whole, headers);
    QByteArrayView body = whole.sliced(wire.bodyAt);
    JsonTape& tape = tapeOfThread();
    const bool bodyIsJson = looksLikeJson(body) && tape.parse(body);
    const Choice choice = choose(eventType, headers, wire, bodyIsJson ? &tape : nullptr);
    payload.wire = wireFormatText(wire);
    if (wire.isCompressed) {
        payload.note = u"The payload is compressed and is not read."_s;
        return payload;
    }
    if (!choice.schema) {
        if (wire.kind == WireFormat::Kind::None) {
            payload.format = bodyIsJson ? DecodedPayload::Format::Json : DecodedPayload::Format::Other;
        } else if (bodyIsJson) {
            payload.format = DecodedPayload::Format::Json;
            payload.bodyAt = wire.bodyAt;
            payload.note = u"No schema of this id is at hand."_s;
        } else if (wire.isTold) {
            payload.note = u"No schema of this id is at hand, so the bytes cannot be read."_s;
        } else {
            payload.note = u"The payload begins like one with %1 %2; no schema is at hand to read the rest by."_s.arg(
                payload.wire.startsWith(u'A') ? u"an"_s : u"a"_s, payload.wire);
        }
        if (!choice.fault.isEmpty())
            payload.note += u" Asked for it: %1."_s.arg(choice.fault);
        if (!bodyIsJson && wire.kind == WireFormat::Kind::None &&
            !isUtf8(whole.first(std::min<qsizetype>(whole.size(), 4'096))))
            explainByNumbers(payload, whole);
        return payload;
    }
    const Prepared& schema = *choice.schema;
    SchemaJudgement& judgement = payload.judgement;
    judgement.schemaFile = schema.file.path;
    if (schema.file.version > 0)
        judgement.version = schema.file.version;
    if (!schema.fault.isEmpty()) {
        judgement.verdict = SchemaVerdict::Unknown;
        judgement.reasons = {u"the schema cannot be used: %1"_s.arg(schema.fault)};
        if (bodyIsJson)
            payload.format = DecodedPayload::Format::Json;
        return payload;
    }
    if (schema.json) {
        // Bytes that only look like a prefix are one where JSON follows.
        payload.bodyAt = wire.bodyAt > 0 && bodyIsJson ? wire.bodyAt : 0;
        if (payload.bodyAt == 0 && !wire.isTold)
            payload.wire.clear();
        explainJson(payload, schema, whole.sliced(payload.bodyAt));
        if (judgement.verdict != SchemaVerdict::Invalid || choice.isCertain || tape.size() == 0 ||
            !tape.fault().message.isEmpty())
            return payload;
        if (const auto older = olderFit(schema.file, tape)) {
            const SchemaError& first = judgement.errors.front();
            judgement.reasons = {
                u"it does not fit version %1, the newest (%2: %3), but version %4; which was meant is not told"_s.arg(
                    QString::number(schema.file.version),
                    first.path.isEmpty() ? u"the whole"_s : visibleText(first.path).left(120), first.message,
                    QString::number(*older))};
            judgement.verdict = SchemaVerdict::Unknown;
            judgement.errors.clear();
            payload.marks.clear();
        }
        return payload;
    }
    explainBinary(payload, choice, whole, wire);
    if (judgement.verdict != SchemaVerdict::Valid && isText && bodyIsJson)
        explainAsText(payload, schema);
    return payload;
}

/// JSON where the schema is for bytes: both Avro and Protobuf are written as JSON too, each in several ways.
void PayloadJudge::explainAsText(DecodedPayload& payload, const Prepared& schema)
{
    const QString language = schema.avro ? u"Avro"_s : u"Protobuf"_s;
    payload = {
        .format = DecodedPayload::Format::Json,
        .text = std::nullopt,
        .bodyAt = 0,
        .wire = payload.wire,
        .schema = {},
        .note = u"The payload is JSON; %1 is for %2's bytes."_s.arg(schema.file.path, language),
        .marks = {},
        .judgement = {.verdict = SchemaVerdict::Unknown,
                      .schemaFile = payload.judgement.schemaFile,
                      .version = payload.judgement.version,
                      .errors = {},
                      .reasons = {u"the payload is JSON, and the schema at hand is for %1's bytes"_s.arg(language)}}};
}

/// No schema, no text: bytes that read as Protobuf fields from end to end are shown so, and that is said.
void PayloadJudge::explainByNumbers(DecodedPayload& payload, QByteArrayView whole)
{
    if (whole.size() > largestInPassing)
        return;
    BinaryText read = decodeProtobufFields(whole);
    if (read.fault)
        return;
    payload.format = DecodedPayload::Format::Protobuf;
    payload.text = std::move(read.json);
    payload.note =
        u"It reads as Protobuf fields, shown by their numbers; without a schema their names and types are a guess."_s;
}

/// Avro and Protobuf: with the prefix where the bytes have one and the rest reads, else from the first byte.
void PayloadJudge::explainBinary(DecodedPayload& payload, const Choice& choice, QByteArrayView whole,
                                 const WireFormat& wire)
{
    const Prepared& schema = *choice.schema;
    payload.format = schema.avro ? DecodedPayload::Format::Avro : DecodedPayload::Format::Protobuf;
    payload.schema = schema.file.path;
    QString message;
    BinaryText read = decode(schema, whole, wire.bodyAt, message);
    payload.bodyAt = wire.bodyAt;
    if (read.fault && wire.bodyAt > 0) {
        QString otherMessage;
        BinaryText other = decode(schema, whole, 0, otherMessage);
        if (!other.fault) {
            read = std::move(other);
            message = otherMessage;
            payload.bodyAt = 0;
            payload.wire.clear();
        }
    }
    payload.text = read.json;
    SchemaJudgement& judgement = payload.judgement;
    const QString by = message.isEmpty() ? schema.file.path : u"%1, message %2"_s.arg(schema.file.path, message);
    if (!read.fault) {
        judgement.verdict = choice.isCertain ? SchemaVerdict::Valid : SchemaVerdict::Unknown;
        if (!choice.isCertain)
            judgement.reasons = {u"it reads by the newest version; which version it was written with is not told"_s};
        payload.note = u"Decoded by %1."_s.arg(by);
        return;
    }
    payload.note = u"Decoded by %1 up to byte %2: %3."_s.arg(by).arg(read.faultAt).arg(*read.fault);
    const std::int64_t last = std::min<std::int64_t>(read.faultAt + 1, whole.size());
    payload.marks = {{std::max<std::int64_t>(0, last - 1), last, *read.fault}};
    if (read.isLimit || !choice.isCertain) {
        judgement.verdict = SchemaVerdict::Unknown;
        judgement.reasons = {
            read.isLimit ? *read.fault
                         : u"it does not read by the newest version; which version it was written with is not told"_s};
        return;
    }
    judgement.verdict = SchemaVerdict::Invalid;
    judgement.errors = {{.path = {},
                         .schemaPath = {},
                         .keyword = schema.avro ? u"avro"_s : u"protobuf"_s,
                         .message = *read.fault,
                         .first = payload.marks.front().first,
                         .last = payload.marks.front().last}};
}

} // namespace spillway
