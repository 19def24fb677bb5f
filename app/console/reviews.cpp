// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/reviews.h"

#include "connectors/pdf/pdfprinter.h"
#include "model/base/wholefile.h"
#include "model/deadletter/groupalias.h"
#include "model/deadletter/lettermask.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int sparklineParts = 14;

QStringList decidedGroups(const Review& review)
{
    QStringList groups;
    for (const auto& [group, decision] : review.decisions)
        groups += group;
    return groups;
}

report::WeeklyQuestion questionFor(const Context& context, const ReviewPeriod& period, const ReviewBook& book)
{
    return {.workspace = context.workspace.name,
            .environment = context.workspace.environment,
            .period = period,
            .pastAge = context.workspace.alerts.deadLetterP1Age,
            .carriedOver = book.carriedOver()};
}

Result<report::Document> documentOf(Database& reader, const Context& context, const report::WeeklyQuestion& question,
                                    std::stop_token stop)
{
    auto facts = report::readWeeklyFacts(reader, context.ledgerFile(), question, stop);
    if (!facts)
        return tl::unexpected(facts.error());
    for (GroupActivity& activity : facts->activity)
        maskGroup(activity.group, context.masker, MaskPurpose::Report);
    for (AgendaItem& item : facts->agenda)
        maskGroup(item.activity.group, context.masker, MaskPurpose::Report);
    if (facts->review)
        maskReview(*facts->review, context.masker);
    return report::weeklyDocument(*facts);
}

} // namespace

void maskWord(ReviewDecision& word, const Masker& masker)
{
    for (QString* text : {&word.title, &word.note, &word.action.what})
        *text = masker.text(*text, MaskPurpose::Report);
}

void maskReview(Review& review, const Masker& masker)
{
    for (auto& [group, word] : review.decisions)
        maskWord(word, masker);
    for (ReviewDecision& word : review.former)
        maskWord(word, masker);
}

Result<ReviewBook> presentBook(Database& reader, const Context& context)
{
    auto book = readReviewsFrom(context.ledgerFile());
    if (!book)
        return book;
    return reader.query<ReviewBook>([&](SQLite::Database& db) {
        return withPresentGroups(std::move(*book), [&db](const QString& id) { return effectiveGroup(db, id); });
    });
}

Result<ReviewSheet> readReviewSheet(Database& reader, const Context& context, UtcTime now, std::stop_token stop)
{
    const auto book = presentBook(reader, context);
    if (!book)
        return tl::unexpected(book.error());
    ReviewSheet sheet;
    if (const Review* open = book->open())
        sheet.open = *open;
    if (const Review* last = book->lastClosed())
        sheet.last = *last;
    sheet.period = {sheet.open ? sheet.open->since : book->since(now, reviewInterval), now};
    const QStringList decided = sheet.open ? decidedGroups(*sheet.open) : QStringList();
    auto activity = groupActivity(reader, sheet.period, sparklineParts, stop, decided);
    if (!activity)
        return tl::unexpected(activity.error());
    for (GroupActivity& of : *activity)
        maskGroup(of.group, context.masker, MaskPurpose::Report);
    sheet.agenda = makeAgenda(std::move(*activity), sheet.period, book->carriedOver(),
                              context.workspace.alerts.deadLetterP1Age, decided);
    return sheet;
}

Result<report::Document> weeklyReport(Database& reader, const Context& context, UtcTime now, std::stop_token stop)
{
    const auto book = presentBook(reader, context);
    if (!book)
        return tl::unexpected(book.error());
    return documentOf(reader, context, questionFor(context, {now - reviewInterval, now}, *book), stop);
}

Result<Review> readReview(Database& reader, const Context& context, const QString& id)
{
    const auto book = presentBook(reader, context);
    if (!book)
        return tl::unexpected(book.error());
    const Review* review = id.isEmpty() ? book->lastClosed() : book->find(id);
    if (!review)
        return fail(ErrorCode::NotFound,
                    id.isEmpty() ? u"no review was closed yet"_s : u"there is no review \"%1\""_s.arg(id));
    Review told = *review;
    maskReview(told, context.masker);
    return told;
}

Result<report::Document> reviewMinutes(Database& reader, const Context& context, const QString& id, UtcTime now,
                                       std::stop_token stop)
{
    const auto book = presentBook(reader, context);
    if (!book)
        return tl::unexpected(book.error());
    const Review* review = !id.isEmpty() ? book->find(id) : book->open() ? book->open() : book->lastClosed();
    if (!review)
        return fail(ErrorCode::NotFound, id.isEmpty()
                                             ? u"there was no review yet; begin one with: spillwayctl review open"_s
                                             : u"there is no review \"%1\""_s.arg(id));
    report::WeeklyQuestion question = questionFor(context, {review->since, review->closedAt.value_or(now)}, *book);
    question.review = *review;
    return documentOf(reader, context, question, stop);
}

Result<ReportFormat> reportFormatOf(const QString& file)
{
    if (file.endsWith(u".md"_s, Qt::CaseInsensitive))
        return ReportFormat::Markdown;
    if (file.endsWith(u".html"_s, Qt::CaseInsensitive))
        return ReportFormat::Html;
    if (file.endsWith(u".pdf"_s, Qt::CaseInsensitive))
        return ReportFormat::Pdf;
    return fail(ErrorCode::InvalidConfig, u"%1: the ending says the format; write .md, .html or .pdf"_s.arg(file));
}

Status writeReport(const report::Document& document, const QString& file)
{
    const auto format = reportFormatOf(file);
    if (!format)
        return tl::unexpected(format.error());
    if (*format == ReportFormat::Pdf)
        return printPdf(document, file);
    const QByteArray bytes =
        *format == ReportFormat::Html ? report::writeHtml(document) : report::writeMarkdown(document);
    return writeWhole(file, bytes);
}

} // namespace spillway
