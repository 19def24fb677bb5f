// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/counted.h"
#include "model/base/jsonwriter.h"
#include "model/base/wholefile.h"
#include "model/ledger/auditexport.h"
#include "model/store/statedirectory.h"

#include <QFile>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

/// No file: an empty chain, which is whole, unless its head beside it says that there was one. A folder that may not be
/// read is no empty one.
Result<LedgerVerification> verified(const Context& context)
{
    if (const Status readable = readableState(context.stateFolder); !readable)
        return tl::unexpected<Error>(readable.error());
    if (QFile::exists(context.ledgerFile()))
        return verifyLedger(context.ledgerFile());
    const bool isGone = QFile::exists(context.stateFolder + u"/ledger.head"_s);
    return LedgerVerification{
        .head = {}, .isIntact = !isGone, .firstBreak = isGone ? std::optional<std::int64_t>(1) : std::nullopt};
}

QString breakText(const LedgerVerification& verification)
{
    return u"The chain of %1 entries breaks at entry %2: somebody changed, removed or cut off what stood there."_s
        .arg(verification.entries)
        .arg(verification.firstBreak.value_or(0));
}

} // namespace

int run(Session& session, const AuditVerify&)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto verification = verified(*context);
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
        printText(breakText(*verification));
    }
    return verification->isIntact ? Done : Found;
}

int run(Session& session, const AuditExport& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto verification = verified(*context);
    if (!verification)
        return refuse(verification.error());
    WholeFile file(command.out);
    Status written = command.out.isEmpty() ? Status() : file.open();
    if (!written)
        return refuse(written.error());
    std::int64_t lines = 0;
    if (QFile::exists(context->ledgerFile())) {
        const auto put = [&](const QByteArray& line) {
            if (session.stop().stop_requested())
                return false;
            if (command.out.isEmpty())
                return printLine(line);
            written = file.write(line + '\n');
            return written.has_value();
        };
        const auto exported = exportLedger(context->ledgerFile(), context->workspace.name,
                                           {.after = command.after, .typePrefix = command.type}, put);
        if (!exported)
            return refuse(exported.error());
        lines = *exported;
    }
    if (!command.out.isEmpty()) {
        if (session.stop().stop_requested())
            return refuse(Error{ErrorCode::Cancelled, u"cancelled; %1 is as it was"_s.arg(command.out)});
        if (written)
            written = file.commit();
        if (!written)
            return refuse(written.error());
        printText(u"%1 in %2"_s.arg(counted(lines, u"line"_s), command.out));
    }
    if (verification->isIntact)
        return Done;
    say(u"spillwayctl: "_s + breakText(*verification));
    return Found;
}

} // namespace spillway::ctl
