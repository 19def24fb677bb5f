// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/reveals.h"

#include "app/ctl/output.h"

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int putOnRecord(Session& session, const Reveal& reveal)
{
    const RevealDecision decision{{.letterId = reveal.letterId,
                                   .reason = reveal.reason.isEmpty() ? reveal.command + u" --raw"_s : reveal.reason}};
    const int recorded =
        session.decide(u"spillwayctl "_s + reveal.command, decision, [](const QByteArray&) { return true; });
    if (recorded == Done && reveal.isRaw)
        say(u"spillwayctl: this workspace masks what is personal; that these bytes were shown, and to whom, is on record"_s +
            (reveal.reason.isEmpty() ? u"; --reason TEXT adds why"_s : QString()));
    return recorded;
}

} // namespace spillway::ctl
