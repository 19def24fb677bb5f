// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/reviews.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/review/reviewoutput.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <vector>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Writes the document and says where it lies.
int deliver(Session& session, const Result<report::Document>& document, const QString& file)
{
    if (!document)
        return refuse(document.error());
    if (const Status written = writeReport(*document, file); !written)
        return refuse(written.error());
    const QString path = QFileInfo(file).absoluteFilePath();
    if (!session.options().json)
        return printText(u"Written: "_s + path) ? Done : OutOfReach;
    JsonWriter json;
    json.beginObject().field(u"file", path).endObject();
    return printLine(json.json()) ? Done : OutOfReach;
}

} // namespace

bool printsPaper(const Command& command)
{
    const auto isPaper = [](const QString& file) {
        const auto format = reportFormatOf(file);
        return format && *format == ReportFormat::Pdf;
    };
    if (const auto* minutes = std::get_if<ReviewMinutes>(&command))
        return isPaper(minutes->out);
    if (const auto* cost = std::get_if<Cost>(&command))
        return printsPaper(*cost);
    const auto* weekly = std::get_if<ReportWeekly>(&command);
    return weekly && isPaper(weekly->out);
}

int run(Session& session, const ReviewAgenda& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    auto sheet = readReviewSheet(*reader, *context, SystemClock().now(), session.stop());
    if (!sheet)
        return refuse(sheet.error());
    if (sheet->open)
        maskReview(*sheet->open, context->masker);
    const Review* open = sheet->open ? &*sheet->open : nullptr;
    if (command.team)
        std::erase_if(sheet->agenda, [&](const AgendaItem& item) {
            return item.activity.group.team.value_or(QString()) != *command.team;
        });
    if (command.byTeam)
        sheet->agenda = orderedByTeam(std::move(sheet->agenda));
    session.options().json ? printLine(agendaJson(sheet->agenda, open))
                           : print(agendaText(sheet->agenda, open, sheet->period, command.byTeam).toUtf8());
    return Done;
}

int run(Session& session, const ReviewOpen& command)
{
    return session.decide(u"spillwayctl review open"_s, ReviewOpenDecision{command.participants},
                          [&session](const QByteArray& json) {
                              if (session.options().json)
                                  return printLine(json);
                              return printText(u"Review %1 is open; see: spillwayctl review agenda"_s.arg(
                                  QJsonDocument::fromJson(json).object()[u"review"].toString()));
                          });
}

int run(Session& session, const ReviewDecide& command)
{
    const ReviewDecideDecision decision{.group = command.group,
                                        .words = {.verdict = command.verdict,
                                                  .note = command.note,
                                                  .action = command.action,
                                                  .who = command.who,
                                                  .due = command.due,
                                                  .seen = command.seen}};
    return session.decide(u"spillwayctl review decide"_s, decision, [&session](const QByteArray& json) {
        if (session.options().json)
            return printLine(json);
        const QString more = visibleText(reviewOutcomeText(reviewOutcomeFromJson(json)));
        return printText(more.isEmpty() ? u"Noted"_s : u"Noted; "_s + more);
    });
}

int run(Session& session, const ReviewClose&)
{
    return session.decide(u"spillwayctl review close"_s, ReviewCloseDecision{}, [&session](const QByteArray& json) {
        if (session.options().json)
            return printLine(json);
        const QJsonObject closed = QJsonDocument::fromJson(json).object();
        return printText(u"Review %1 is closed: %2 decided, %3 carried over; see: spillwayctl review minutes"_s
                             .arg(closed[u"review"].toString())
                             .arg(closed[u"decided"].toInteger())
                             .arg(closed[u"carriedOver"].toInteger()));
    });
}

int run(Session& session, const ReviewMinutes& command)
{
    if (!command.out.isEmpty()) {
        if (const auto format = reportFormatOf(command.out); !format)
            return refuse(format.error());
    }
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const auto document = reviewMinutes(*reader, *context, command.review, SystemClock().now(), session.stop());
    if (!command.out.isEmpty())
        return deliver(session, document, command.out);
    if (!document)
        return refuse(document.error());
    return print(report::writeMarkdown(*document)) ? Done : OutOfReach;
}

int run(Session& session, const ReportWeekly& command)
{
    if (const auto format = reportFormatOf(command.out); !format)
        return refuse(format.error());
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    return deliver(session, weeklyReport(*reader, *context, SystemClock().now(), session.stop()), command.out);
}

} // namespace spillway::ctl
