// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/lettercompare.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/deadletter/lettermask.h"

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const DlqOrigin& command)
{
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const Masker& masker = session.context()->masker;
    if (command.raw && masker.isOn(MaskPurpose::View))
        return refuse({ErrorCode::InvalidConfig,
                       u"this workspace masks what is personal, and --raw would show it; leave it out, or look at the "
                       u"letter with: spillwayctl dlq show ID --reveal --reason TEXT"_s});
    auto found = readLetterOrigin(*session.context(), *reader, command.id, session.stop());
    if (!found)
        return refuse(found.error());
    maskLetter(found->letter, masker, MaskPurpose::View);
    if (found->origin.record)
        maskRecord(*found->origin.record, masker, MaskPurpose::View);
    const OriginRecord& origin = found->origin;
    if (command.raw) {
        if (!origin.isThere())
            say(origin.because);
        else if (!print(origin.record->value.value_or(QByteArray())))
            return OutOfReach;
    } else if (session.options().json) {
        if (!printLine(originJson(found->letter, origin)))
            return OutOfReach;
    } else if (!print(originText(found->letter, origin).toUtf8())) {
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
    const bool isPrinted =
        session.options().json ? printLine(comparisonJson(*comparison)) : print(comparisonText(*comparison).toUtf8());
    if (!isPrinted)
        return OutOfReach;
    return comparison->isThere() ? Done : Found;
}

} // namespace spillway::ctl
