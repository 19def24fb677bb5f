// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/jsonwriter.h"
#include "model/lag/evaluatelag.h"
#include "model/lag/lagqueries.h"
#include "model/ledger/ledger.h"
#include "model/store/statedirectory.h"

#include <QFile>

#include <cstdio>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const Lag& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const auto rows = lagRows(*reader, context->catalog, LagFilter{.group = command.group});
    if (!rows)
        return refuse(rows.error());
    session.options().json ? printLine(lagJson(*rows)) : printText(lagText(*rows));
    return Done;
}

int run(Session&, const EvaluateLag&)
{
    QFile in;
    if (!in.open(stdin, QIODevice::ReadOnly))
        return refuse(Error{ErrorCode::Unreachable, u"stdin cannot be read"_s});
    constexpr qint64 most = (qint64{16} << 20) + 1;
    const auto verdict = evaluateLagJson(in.read(most));
    if (!verdict)
        return refuse(verdict.error());
    printLine(*verdict);
    return Done;
}

int run(Session& session, const AuditVerify&)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    if (const Status readable = readableState(context->stateFolder); !readable)
        return refuse(readable.error());
    // No file: an empty chain, which is whole, unless its head beside it says that there was one.
    const bool isThere = QFile::exists(context->ledgerFile());
    const bool isGone = !isThere && QFile::exists(context->stateFolder + u"/ledger.head"_s);
    const auto verification = isThere ? verifyLedger(context->ledgerFile())
                                      : Result<LedgerVerification>(LedgerVerification{
                                            .head = {},
                                            .isIntact = !isGone,
                                            .firstBreak = isGone ? std::optional<std::int64_t>(1) : std::nullopt});
    if (!verification)
        return refuse(verification.error());
    if (session.options().json) {
        JsonWriter json;
        json.beginObject()
            .field(u"entries", verification->entries)
            .field(u"head", QString::fromLatin1(verification->head.toHex()))
            .field(u"intact", verification->isIntact)
            .field(u"firstBreak", verification->firstBreak)
            .endObject();
        printLine(json.json());
    } else if (verification->isIntact) {
        printText(u"%1 entries, chain intact, head %2"_s.arg(verification->entries)
                      .arg(QString::fromLatin1(verification->head.toHex())));
    } else {
        printText(
            u"The chain of %1 entries breaks at entry %2: somebody changed, removed or cut off what stood there."_s
                .arg(verification->entries)
                .arg(verification->firstBreak.value_or(0)));
    }
    return verification->isIntact ? Done : Found;
}

} // namespace spillway::ctl
