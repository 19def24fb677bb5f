// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/binarydifferences.h"
#include "model/compatibility/impact.h"
#include "model/schema/protoreading.h"
#include "model/schema/schemacompiler.h"
#include "model/schema/schemavalidator.h"
#include "model/schema/wireformat.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype largest = 1 << 20;
constexpr qsizetype prefix = 5; // a registry's zero byte and four of its id

} // namespace

struct SamplePlayer::Versions
{
    SchemaLanguage language = SchemaLanguage::JsonSchema;
    std::shared_ptr<const SchemaProgram> oldJson, newJson;
    std::optional<AvroSchema> oldAvro, newAvro;
    std::optional<ProtoSchema> oldProto, newProto;
};

SamplePlayer::SamplePlayer(const SchemaVersion& older, const SchemaVersion& newer)
    : m_versions(std::make_unique<Versions>())
{
    if (older.language != newer.language)
        return;
    m_versions->language = newer.language;
    const auto keep = [](auto result) { return result ? std::optional(std::move(*result)) : std::nullopt; };
    switch (newer.language) {
    case SchemaLanguage::JsonSchema:
        m_versions->oldJson = compileSchema(older.uri, older.text, older.load);
        m_versions->newJson = compileSchema(newer.uri, newer.text, newer.load);
        break;
    case SchemaLanguage::Avro:
        m_versions->oldAvro = keep(readAvroSchema(older.text));
        m_versions->newAvro = keep(readAvroSchema(newer.text));
        break;
    case SchemaLanguage::Protobuf:
        m_versions->oldProto = keep(readProtoSchema(older.text, protoLoaderOf(older)));
        m_versions->newProto = keep(readProtoSchema(newer.text, protoLoaderOf(newer)));
        break;
    }
}

SamplePlayer::~SamplePlayer() = default;

void SamplePlayer::play(const QString& name, QByteArrayView payload)
{
    const auto fail = [&](const QString& path, const QString& message) {
        if (m_outcome.failing++ > 0)
            return;
        m_outcome.first = name;
        m_outcome.firstPath = path;
        m_outcome.firstMessage = message;
    };
    const Versions& versions = *m_versions;
    if (payload.size() > largest) {
        ++m_outcome.others;
        return;
    }
    if (versions.oldJson && versions.newJson) {
        JsonTape tape;
        if (!tape.parse(payload) || schemaVerdict(*versions.oldJson, tape) != SchemaVerdict::Valid) {
            ++m_outcome.others;
            return;
        }
        const SchemaJudgement judgement = judge(*versions.newJson, tape, {.errors = 1});
        if (judgement.verdict == SchemaVerdict::Unknown) {
            ++m_outcome.others;
            return;
        }
        ++m_outcome.fitting;
        if (judgement.verdict == SchemaVerdict::Invalid)
            fail(judgement.errors.empty() ? QString() : judgement.errors.front().path,
                 judgement.errors.empty() ? QString() : judgement.errors.front().message);
        return;
    }
    // A body with a registry's prefix reads behind it, and only there.
    for (const qsizetype at : {qsizetype{0}, prefix}) {
        if (at > 0 && (payload.size() < prefix || payload[0] != '\0'))
            break;
        const QByteArrayView body = payload.sliced(at);
        if (versions.oldAvro && versions.newAvro) {
            if (decodeAvro(*versions.oldAvro, body).fault)
                continue;
            ++m_outcome.fitting;
            if (const auto fault = decodeAvroAs(*versions.oldAvro, *versions.newAvro, body).fault)
                fail({}, *fault);
            return;
        }
        if (versions.oldProto && versions.newProto) {
            const qsizetype indexes = at > 0 ? 1 : 0; // the usual single message's index is one zero byte
            if (body.size() < indexes || (indexes > 0 && body[0] != '\0'))
                continue;
            const std::string older = protoMessageAt(*versions.oldProto, {0});
            const std::string newer = protoMessageAt(*versions.newProto, {0});
            if (older.empty() || newer.empty() || decodeProtobuf(*versions.oldProto, older, body.sliced(indexes)).fault)
                continue;
            ++m_outcome.fitting;
            const auto wrong =
                protoMisreadings(*versions.oldProto, older, *versions.newProto, newer, body.sliced(indexes));
            if (!wrong.empty())
                fail({}, wrong.front().what);
            return;
        }
    }
    ++m_outcome.others;
}

} // namespace spillway
