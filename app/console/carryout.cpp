// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/carryout.h"

#include "app/console/alertoperations.h"
#include "app/console/holder.h"
#include "app/console/invoiceimport.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/groupoutput.h"
#include "model/deadletter/subjectid.h"
#include "model/replay/replayplanfile.h"
#include "model/replay/replaystore.h"
#include "model/review/reviewoutput.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// What failed, each once: several duties meet the same broker that is down, and some say in what it hindered them.
QStringList withoutRepetition(const std::vector<Error>& failures)
{
    QStringList sentences;
    for (const Error& failure : failures) {
        const bool isSaidShorter = std::any_of(failures.begin(), failures.end(), [&failure](const Error& other) {
            return other.detail != failure.detail && failure.detail.endsWith(u": "_s + other.detail);
        });
        if (!isSaidShorter && !sentences.contains(failure.detail))
            sentences += failure.detail;
    }
    return sentences;
}

/// What could be had is stored. 3 as soon as something could not be reached; 2 where only the configuration is at
/// fault.
Verdict reportCollected(const CollectReport& report, const AnswerSink& sink)
{
    sink.data(report.json());
    for (const QString& sentence : report.warnings)
        sink.note(sentence);
    for (const QString& sentence : withoutRepetition(report.failures))
        sink.note(sentence);
    if (report.failures.empty())
        return {};
    const bool isConfiguration = std::all_of(report.failures.begin(), report.failures.end(), [](const Error& failure) {
        return failure.code == ErrorCode::InvalidConfig;
    });
    return {isConfiguration ? 2 : 3};
}

/// One function a decision: carries it out, and says on the sink what came of it.
struct Carrier
{
    Holder& holder;
    const AnswerSink& sink;
    Asker asker;
    std::stop_token stop;

    Result<Verdict> operator()(const CollectOnceDecision&) const
    {
        return reportCollected(holder.collectOnce(stop), sink);
    }
    Result<Verdict> operator()(const TriageDecision& decision) const
    {
        const auto request =
            readTriageRequest(decision.to, decision.reason,
                              decision.assignee.isEmpty() ? std::nullopt : std::optional(decision.assignee));
        if (!request)
            return tl::unexpected(request.error());
        const auto changed = holder.letters().triage({.ids = decision.ids, .query = decision.query.value_or(QString())},
                                                     *request, sink, stop);
        if (!changed)
            return tl::unexpected(changed.error());
        JsonWriter json;
        json.beginObject().field(u"changed", *changed).endObject();
        sink.data(json.json());
        return Verdict{};
    }
    Result<Verdict> operator()(const RescueDecision& decision) const
    {
        const auto report =
            holder.rescues().rescue({.ids = decision.ids, .query = decision.query.value_or(QString())}, sink, stop);
        if (!report)
            return tl::unexpected(report.error());
        JsonWriter json;
        json.beginObject()
            .field(u"rescued", report->rescued)
            .field(u"bytes", report->bytes)
            .field(u"already", report->already)
            .field(u"lost", report->lost)
            .field(u"refused", static_cast<std::int64_t>(report->refused.size()))
            .endObject();
        sink.data(json.json());
        return Verdict{report->lost > 0 || !report->refused.empty() ? 1 : 0};
    }
    Result<Verdict> operator()(const RereadDecision& decision) const
    {
        std::int64_t told = 0;
        const auto tell = [&](const RereadReport& sofar) {
            if (sofar.letters - told < 20'000)
                return;
            told = sofar.letters;
            sink.note(u"%1 of %2 letters"_s.arg(formatCount(sofar.letters), formatCount(sofar.total)));
        };
        const auto report = holder.reading().reread(decision.connection, decision.channel, tell, stop);
        if (!report)
            return tl::unexpected(report.error());
        JsonWriter json;
        json.beginObject()
            .field(u"letters", report->letters)
            .field(u"changed", report->changed)
            .field(u"total", report->total)
            .endObject();
        sink.data(json.json());
        return Verdict{};
    }
    Result<Verdict> operator()(const MergeGroupsDecision& decision) const { return onGroups(decision); }
    Result<Verdict> operator()(const SplitGroupDecision& decision) const { return onGroups(decision); }
    Result<Verdict> operator()(const UnmergeGroupsDecision& decision) const { return onGroups(decision); }
    Result<Verdict> operator()(const RegroupDecision& decision) const
    {
        std::int64_t told = 0;
        const auto tell = [&](const RegroupProgress& progress) {
            if (progress.done - told < 20'000)
                return;
            told = progress.done;
            sink.note(u"%1 of %2 letters"_s.arg(formatCount(progress.done), formatCount(progress.total)));
        };
        const auto done = holder.reading().regroup(decision.reason, tell, stop);
        if (!done)
            return tl::unexpected(done.error());
        sink.data(regroupProgressJson(*done));
        return Verdict{};
    }
    Result<Verdict> operator()(const ActionDecision& decision) const
    {
        const auto report = holder.letters().act(decision.action, sink, stop);
        if (!report)
            return tl::unexpected(report.error());
        for (const QString& refusal : report->refused)
            sink.note(refusal);
        JsonWriter json;
        json.beginObject()
            .field(u"changed", report->changed)
            .field(u"seq", report->seq == 0 ? std::nullopt : std::optional(report->seq))
            .field(u"summary", report->summary)
            .endObject();
        sink.data(json.json());
        return Verdict{};
    }
    Result<Verdict> operator()(const PlanDecision& decision) const
    {
        const auto planned = holder.replays().plan({.query = decision.query}, decision.to, decision.headers, stop);
        if (!planned)
            return tl::unexpected(planned.error());
        if (const Status written = writePlan(planned->plan, decision.file); !written)
            return tl::unexpected(written.error());
        for (const QString& warning : planned->warnings)
            sink.note(warning);
        sink.data(writePlanSummaryJson(planned->plan, planned->headers));
        return Verdict{};
    }
    Result<Verdict> operator()(const RunDecision& decision) const { return followed(holder.replays().start(decision)); }
    Result<Verdict> operator()(const ResumeDecision& decision) const
    {
        return followed(holder.replays().resume(decision));
    }
    Result<Verdict> operator()(const CancelDecision& decision) const
    {
        const auto report = holder.replays().cancel(decision.job, stop);
        if (!report)
            return tl::unexpected(report.error());
        sink.data(writeReplayJobJson(*report));
        return Verdict{};
    }

    Result<Verdict> operator()(const RevealDecision& decision) const
    {
        return onRecord(holder.records().reveal(decision.request));
    }
    Result<Verdict> operator()(const ExportDecision& decision) const
    {
        return onRecord(holder.records().exported(decision.record));
    }
    Result<Verdict> operator()(const InvoiceDecision& decision) const
    {
        const auto isNew = holder.records().invoice(decision.invoice);
        if (!isNew)
            return tl::unexpected(isNew.error());
        const auto kept = readInvoices(holder.context().ledgerFile());
        if (!kept)
            return tl::unexpected(kept.error());
        sink.data(importedInvoiceJson(decision.invoice, *isNew, *kept));
        return Verdict{};
    }
    Result<Verdict> operator()(const InvoiceRemoveDecision& decision) const
    {
        const auto removed = holder.records().removeInvoice(decision.id, decision.profile, decision.reason);
        if (!removed)
            return tl::unexpected(removed.error());
        sink.data(removedInvoiceJson(*removed));
        return Verdict{};
    }
    Result<Verdict> operator()(const BackupDecision& decision) const
    {
        return onRecord(holder.records().backup(decision));
    }
    Result<Verdict> operator()(const PurgeDecision& decision) const
    {
        const auto report = holder.letters().purge(decision.id, decision.reason, stop);
        if (!report)
            return tl::unexpected(report.error());
        sink.data(purgeReportJson(*report));
        return Verdict{report->left.isEmpty() ? 0 : 1};
    }
    Result<Verdict> operator()(const PruneDecision& decision) const
    {
        const auto report = holder.housekeeping().prune(decision.compacts, stop);
        if (!report)
            return tl::unexpected(report.error());
        sink.data(pruneReportJson(*report));
        return Verdict{};
    }
    Result<Verdict> operator()(const SchemaAckDecision& decision) const
    {
        return onRecord(holder.records().acknowledgeSchema(decision));
    }
    static Result<Verdict> onRecord(const Status& recorded)
    {
        if (!recorded)
            return tl::unexpected(recorded.error());
        return Verdict{};
    }
    Result<Verdict> operator()(const ReviewOpenDecision& decision) const
    {
        const auto id = holder.reviews().open(decision.participants, stop);
        if (!id)
            return tl::unexpected(id.error());
        JsonWriter json;
        json.beginObject().field(u"review", *id).endObject();
        sink.data(json.json());
        return Verdict{};
    }
    Result<Verdict> operator()(const ReviewDecideDecision& decision) const
    {
        auto database = holder.reader();
        if (!database)
            return tl::unexpected(database.error());
        const auto group = wholeGroup(*database, decision.group);
        if (!group)
            return tl::unexpected(group.error());
        const auto outcome = holder.reviews().decide(*group, decision.words, sink, stop);
        if (!outcome)
            return tl::unexpected(outcome.error());
        sink.data(reviewOutcomeJson(*group, *outcome));
        return Verdict{};
    }
    Result<Verdict> operator()(const ReviewCloseDecision&) const
    {
        const auto review = holder.reviews().close(stop);
        if (!review)
            return tl::unexpected(review.error());
        JsonWriter json;
        json.beginObject()
            .field(u"review", review->id)
            .field(u"decided", static_cast<std::int64_t>(review->decisions.size()))
            .field(u"undecided", static_cast<std::int64_t>(review->undecided.size()))
            .field(u"carriedOver", static_cast<std::int64_t>(review->carriedOver().size()))
            .endObject();
        sink.data(json.json());
        return Verdict{};
    }

    Result<Verdict> operator()(const AlertAckDecision& decision) const
    {
        return decided(holder.alerts().acknowledge(decision.ack));
    }
    Result<Verdict> operator()(const AlertSilenceDecision& decision) const
    {
        return decided(holder.alerts().silence(decision.silence));
    }
    Result<Verdict> operator()(const AlertUndoDecision& decision) const
    {
        return decided(holder.alerts().undo(decision.seq, decision.reason));
    }
    [[nodiscard]] Result<Verdict> decided(const Result<AlertDecision>& standing) const
    {
        if (!standing)
            return tl::unexpected(standing.error());
        sink.data(alertDecisionJson(*standing, holder.clock().now()));
        return Verdict{};
    }
    Result<Verdict> operator()(const NotifyDecision& decision) const
    {
        return told(holder.notifications().send(decision.subject, decision.digest, stop));
    }
    Result<Verdict> operator()(const NotifyRetryDecision& decision) const
    {
        return told(holder.notifications().retry(decision.id, stop));
    }
    /// 3 as long as one of them has not arrived.
    [[nodiscard]] Result<Verdict> told(const Result<std::vector<Notification>>& notifications) const
    {
        if (!notifications)
            return tl::unexpected(notifications.error());
        sink.data(notificationsJson(*notifications));
        const bool isAll = std::all_of(notifications->begin(), notifications->end(),
                                       [](const Notification& each) { return each.state == NotifyState::Delivered; });
        return Verdict{isAll ? 0 : 3};
    }

    [[nodiscard]] Result<Verdict> onGroups(const Decision& decision) const
    {
        const auto answer = holder.letters().decideOnGroups(decision, stop);
        if (!answer)
            return tl::unexpected(answer.error());
        sink.data(*answer);
        return Verdict{};
    }
    [[nodiscard]] Result<Verdict> followed(const Result<QString>& jobId) const
    {
        if (!jobId)
            return tl::unexpected(jobId.error());
        const auto report = holder.replays().follow(
            *jobId, asker,
            [this](const ReplayReport& progress) { return sink.data(writeReplayProgressJson(progress)); }, stop);
        if (!report)
            return tl::unexpected(report.error());
        if (!report->detail.isEmpty())
            sink.note(report->detail);
        sink.data(writeReplayResultJson(*report));
        return Verdict{exitCodeOf(*report)};
    }

    /// 3 where the broker ended it and a resume may go on; 1 for every other end than done.
    static int exitCodeOf(const ReplayReport& report)
    {
        if (report.state == JobState::Done)
            return 0;
        return report.state == JobState::Interrupted && report.error && report.error->code != ErrorCode::Cancelled ? 3
                                                                                                                   : 1;
    }
};

} // namespace

Result<Verdict> carryOut(Holder& holder, const Decision& decision, const AnswerSink& sink, Asker asker,
                         std::stop_token stop)
{
    return std::visit(Carrier{holder, sink, asker, std::move(stop)}, decision);
}

} // namespace spillway
