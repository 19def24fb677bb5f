// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/report/weekly.h"
#include "model/review/agenda.h"
#include "model/store/database.h"

/// Reads for the review and its report, for both programs. Blocking; on a reader's thread.
namespace spillway {

/// Of what people wrote, since they quote payloads. Names of people stay: somebody must know who does what.
void maskWord(ReviewDecision& word, const Masker& masker);
/// All of its words, also those that count no longer.
void maskReview(Review& review, const Masker& masker);

/// The ledger's reviews, with the groups under the names they bear now.
[[nodiscard]] Result<ReviewBook> presentBook(Database& reader, const Context& context);

/// The agenda as it stands: of the open review, else of the one that would be opened now. The words of the reviews are
/// as they were written, for whoever edits them.
[[nodiscard]] Result<ReviewSheet> readReviewSheet(Database& reader, const Context& context, UtcTime now,
                                                  std::stop_token stop);

/// The report of the last seven days.
[[nodiscard]] Result<report::Document> weeklyReport(Database& reader, const Context& context, UtcTime now,
                                                    std::stop_token stop);
/// A review as others are told of it: its groups under the names they bear now, masked as reports are; `id` empty: the
/// one closed last. NotFound when there is none.
[[nodiscard]] Result<Review> readReview(Database& reader, const Context& context, const QString& id);
/// Minutes of a review; `id` empty: of the open one, else of the last. NotFound when there is none.
[[nodiscard]] Result<report::Document> reviewMinutes(Database& reader, const Context& context, const QString& id,
                                                     UtcTime now, std::stop_token stop);

enum class ReportFormat { Markdown, Html, Pdf };
/// By the file's ending; InvalidConfig for another one, with those there are.
[[nodiscard]] Result<ReportFormat> reportFormatOf(const QString& file);
/// Writes it whole or not at all. PDF needs a QGuiApplication. Unreachable when it cannot be written.
[[nodiscard]] Status writeReport(const report::Document& document, const QString& file);

} // namespace spillway
