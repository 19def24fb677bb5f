// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/focus/foundation.h"

#include "model/focus/focusrules.h"
#include "tests/support/folders.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QXmlStreamReader>

namespace spillway::test {
using namespace Qt::Literals::StringLiterals;

FoundationVerdict askFoundation(const QString& file)
{
    const QTemporaryDir folder;
    const QString report = folder.filePath(u"report.xml"_s);
    QProcess peers;
    peers.start(sourceFile(u"packaging/peers"_s), {u"focus"_s, file, report});
    if (!peers.waitForStarted() || !peers.waitForFinished(280'000) || peers.exitCode() != 0)
        return {.rules = 0,
                .failed = {},
                .failure = u"packaging/peers focus: "_s + QString::fromUtf8(peers.readAllStandardError())};
    QFile xmlFile(report);
    if (!xmlFile.open(QIODevice::ReadOnly))
        return {.rules = 0, .failed = {}, .failure = u"no report"_s};
    FoundationVerdict verdict;
    QXmlStreamReader xml(&xmlFile);
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == u"testsuites")
            verdict.rules = xml.attributes().value(u"tests"_s).toInt();
        if (xml.name() != u"failure")
            continue;
        const QString rule = xml.attributes().value(u"name"_s).toString();
        // InvoiceId-C-004 wants it always null, -005 never: one of them always fails. -000 only repeat their parts, and
        // so do the numbers that end a chain of alternatives.
        const bool isFalseAlarm = rule.startsWith(u"InvoiceId-C-00"_s);
        if (!isFalseAlarm && !rule.contains(u"-000-"_s))
            verdict.failed += rule;
    }
    if (xml.hasError())
        verdict.failure = u"its report is no XML: "_s + xml.errorString();
    return verdict;
}

QString askToolkit(const QString& question, const QString& file)
{
    QProcess peers;
    peers.start(sourceFile(u"packaging/peers"_s), {u"focus-toolkit"_s, question, file});
    if (!peers.waitForStarted() || !peers.waitForFinished(120'000))
        return {};
    const QString told = QString::fromUtf8(peers.readAllStandardOutput());
    if (told.isEmpty())
        qWarning("packaging/peers focus-toolkit: %s", peers.readAllStandardError().constData());
    return told;
}

QString columnOfRule(const QString& rule, const QByteArray& file)
{
    if (!rule.startsWith(u"CostAndUsage-D-"_s))
        return rule.section(u'-', 0, 0);
    const QList<QByteArray> header = file.split('\r')[0].split(',');
    for (const FocusRule& one : focusRules()) {
        if (one.id == rule && one.demand == FocusDemand::Present)
            return QString::fromLatin1(one.column);
    }
    // The rule that stands for all columns: whichever mandatory one is missing.
    for (const FocusRule& one : focusRules()) {
        if (one.demand == FocusDemand::Present && one.level == u"mandatory" && one.isIn(FocusVersion::V1_2) &&
            !header.contains(one.column))
            return QString::fromLatin1(one.column);
    }
    return rule;
}

} // namespace spillway::test
