// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/disclosure.h"

#include "model/base/jsonwriter.h"
#include "model/deadletter/deadletter.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

Status append(Ledger& ledger, const QString& actor, const QString& type, const QByteArray& body)
{
    const auto event = ledger.append(actor, type, body);
    if (!event)
        return failWithin(u"nothing is shown, since it could not be put on record"_s, event.error());
    return {};
}

} // namespace

Status checkReveal(const RevealRequest& request)
{
    if (!parseLetterId(request.letterId))
        return fail(ErrorCode::InvalidConfig, u"that is no letter's id"_s);
    if (request.reason.trimmed().isEmpty())
        return fail(ErrorCode::InvalidConfig, u"a look behind the masks needs its reason; write --reason TEXT"_s);
    if (request.reason.size() > 4000)
        return fail(ErrorCode::InvalidConfig, u"the reason is longer than 4000 characters; link to the rest"_s);
    return {};
}

Status recordReveal(Ledger& ledger, const QString& actor, const RevealRequest& request)
{
    if (const Status allowed = checkReveal(request); !allowed)
        return allowed;
    JsonWriter body;
    body.beginObject().field(u"letter", request.letterId).field(u"reason", request.reason.trimmed()).endObject();
    return append(ledger, actor, u"deadletter.revealed"_s, body.json());
}

Status recordExport(Ledger& ledger, const QString& actor, const ExportRecord& record)
{
    JsonWriter body;
    body.beginObject()
        .field(u"query", record.query)
        .field(u"file", record.file)
        .field(u"format", record.format)
        .field(u"letters", record.letters)
        .field(u"maskedLetters", record.masked)
        .field(u"isMasked", record.isMasked);
    body.key(u"reason").value(record.reason.isEmpty() ? std::nullopt : std::optional(record.reason));
    body.endObject();
    return append(ledger, actor, u"deadletter.exported"_s, body.json());
}

} // namespace spillway
