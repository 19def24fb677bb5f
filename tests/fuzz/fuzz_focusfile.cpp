// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes are a FOCUS file or a list of findings, each with a place in them, in every version; counts add up.
#include "letterbytes.h"
#include "model/focus/focusjudge.h"

#include <QBuffer>

using namespace spillway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    QByteArray text(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    // The first byte chooses the version, so that each is met.
    std::optional<FocusVersion> version;
    if (!text.isEmpty()) {
        const int choice = text.front() & 7;
        if (choice > 0 && choice <= 3)
            version = choice == 1 ? FocusVersion::V1_2 : choice == 2 ? FocusVersion::V1_3 : FocusVersion::V1_4;
        text.remove(0, 1);
    }
    QBuffer in(&text);
    in.open(QIODevice::ReadOnly);
    const auto report = judgeFocus(in, version);
    fuzz::demand(report.has_value());
    fuzz::demand(report->errors + report->warnings + report->notes >=
                 static_cast<std::int64_t>(report->findings.size()));
    fuzz::demand(report->rows <= text.count('\n') + text.count('\r') + 1);
    for (const FocusFinding& finding : report->findings) {
        fuzz::demand(finding.line >= 1 && finding.line <= text.count('\n') + text.count('\r') + 1);
        fuzz::demand(!finding.rule.isEmpty() && !finding.message.isEmpty());
    }
    return 0;
}
