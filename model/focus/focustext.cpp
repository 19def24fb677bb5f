// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/counted.h"
#include "model/base/jsonwriter.h"
#include "model/focus/focusjudge.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

QString focusReportText(const FocusReport& report, const QString& file)
{
    QString out;
    const QString name = visibleText(file);
    for (const FocusFinding& finding : report.findings) {
        out += u"%1:%2:"_s.arg(name).arg(finding.line);
        if (finding.column)
            out += u"%1:"_s.arg(*finding.column);
        out +=
            u" %1: %2 [%3]\n"_s.arg(findingSeverityWord(finding.severity), visibleText(finding.message), finding.rule);
    }
    // of what could not be read as CSV the columns tell nothing
    const bool isRead = report.rows > 0 || report.errors == 0;
    const QString version = !report.isVersionGuessed ? u"FOCUS "_s + focusVersionWord(report.version)
                            : isRead ? u"FOCUS %1 by its columns"_s.arg(focusVersionWord(report.version))
                                     : u"no row that could be judged"_s;
    out += u"%1: %2, %3: %4, %5, %6\n"_s.arg(name, version, counted(report.rows, u"row"_s),
                                             counted(report.errors, u"error"_s), counted(report.warnings, u"warning"_s),
                                             counted(report.notes, u"note"_s));
    return out;
}

QByteArray focusReportJson(const FocusReport& report, const QString& file)
{
    JsonWriter json;
    json.beginArray();
    for (const FocusFinding& finding : report.findings) {
        json.beginObject()
            .field(u"file", file)
            .field(u"line", finding.line)
            .field(u"column", finding.column)
            .field(u"rule", finding.rule)
            .field(u"severity", findingSeverityWord(finding.severity))
            .key(u"field");
        finding.field.isEmpty() ? json.null() : json.value(finding.field);
        json.field(u"message", finding.message).endObject();
    }
    json.endArray();
    return json.json();
}

} // namespace spillway
