// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/lettercompare.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "app/ctl/reveals.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/lettermask.h"

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

/// The workspace's dialects; those that come with the program where its files are faulty, which `check` and whoever
/// reads letters tell.
Result<DialectRegistry> knownDialects(const Workspace& workspace)
{
    Checked<DialectRegistry> dialects = DialectRegistry::withUsers(workspace.dialectsFolder);
    return dialects.value ? Result<DialectRegistry>(std::move(*dialects.value)) : DialectRegistry::bundled();
}

} // namespace

int run(Session& session, const DlqOrigin& command)
{
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    auto found = readLetterOrigin(*session.context(), *reader, command.id, session.stop());
    if (!found)
        return refuse(found.error());
    const Masker& masker = session.context()->masker;
    const bool isRevealed = (command.raw || command.reveal) && found->origin.isThere(); // else there is nothing to see
    if (isRevealed && masker.isOn(MaskPurpose::View)) {
        const int recorded = putOnRecord(session, {.command = u"dlq origin"_s,
                                                   .letterId = found->letter.id,
                                                   .reason = command.reason,
                                                   .isRaw = !command.reveal});
        if (recorded != Done)
            return recorded;
    }
    if (!isRevealed) {
        maskLetter(found->letter, masker, MaskPurpose::View);
        if (found->origin.record)
            maskRecord(*found->origin.record, masker, MaskPurpose::View);
    }
    const OriginRecord& origin = found->origin;
    const auto dialects = knownDialects(session.context()->workspace);
    if (!dialects)
        return refuse(dialects.error());
    if (command.raw) {
        if (!origin.isThere())
            say(origin.because);
        else if (!print(origin.record->value.value_or(QByteArray())))
            return OutOfReach;
    } else if (session.options().json) {
        if (!printLine(originJson(found->letter, origin)))
            return OutOfReach;
    } else if (!print(originText(found->letter, origin, *dialects).toUtf8())) {
        return OutOfReach;
    }
    return origin.isThere() ? Done : Found;
}

int run(Session& session, const DlqDiff& command)
{
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const CompareRequest request{.letterId = command.id,
                                 .with = command.lastGood          ? CompareWith::LastGood
                                         : command.other.isEmpty() ? CompareWith::Origin
                                                                   : CompareWith::Letter,
                                 .otherId = command.other};
    const auto comparison = compareLetter(*session.context(), *reader, request, nullptr, session.stop());
    if (!comparison)
        return refuse(comparison.error());
    const auto dialects = knownDialects(session.context()->workspace);
    if (!dialects)
        return refuse(dialects.error());
    const bool isPrinted = session.options().json ? printLine(comparisonJson(*comparison))
                                                  : print(comparisonText(*comparison, *dialects).toUtf8());
    if (!isPrinted)
        return OutOfReach;
    return comparison->isThere() ? Done : Found;
}

} // namespace spillway::ctl
