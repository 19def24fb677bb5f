// SPDX-License-Identifier: GPL-3.0-or-later
// Any JSON Schema and any document: a verdict, with errors that lie within the document, the same by both ways in.
#include "model/schema/schemacompiler.h"
#include "model/schema/schemavalidator.h"
#include "schemabytes.h"

using namespace spillway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto [schema, payload] = fuzz::schemaAndPayloadOf(data, size);
    JsonTape tape;
    if (!tape.parse(payload))
        return 0;
    const auto program = compileSchema(QStringLiteral("fuzz.json"), schema);
    ValidationLimits limits;
    limits.work = 200'000; // a verdict that takes longer is told as unknown just the same
    const SchemaVerdict verdict = schemaVerdict(*program, tape, limits);
    const SchemaJudgement judgement = judge(*program, tape, limits);
    fuzz::demand(judgement.verdict.has_value());
    // Telling every error may need more work than finding one.
    fuzz::demand(*judgement.verdict == verdict || *judgement.verdict == SchemaVerdict::Unknown);
    fuzz::demand((verdict == SchemaVerdict::Invalid) || judgement.errors.empty());
    for (const SchemaError& error : judgement.errors)
        fuzz::demand(error.first >= 0 && error.first <= error.last && error.last <= payload.size());
    return 0;
}
