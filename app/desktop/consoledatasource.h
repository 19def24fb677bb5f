// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/holder.h"
#include "model/deadletter/grouparrivals.h"
#include "views/shell/datasource.h"

#include <QTimer>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

namespace spillway {

/// Answers the screens from the store, and has their decisions carried out by the holder. Each question reads on a
/// connection of its own, in the thread that asks.
class ConsoleDataSource final : public views::DataSource
{
    Q_OBJECT
public:
    /// @param holder  outlives this.
    ConsoleDataSource(Holder& holder, bool isDemo, QObject* parent = nullptr);
    ~ConsoleDataSource() override;

    [[nodiscard]] const views::WorkspaceFacts& workspace() const override { return m_facts; }
    [[nodiscard]] Result<views::ConsoleStatus> status(std::stop_token stop) override;
    [[nodiscard]] Status collectNow(std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<LagGroupRow>> lagGroups(std::stop_token stop) override;
    [[nodiscard]] Result<views::LagDetail> lagDetail(const QString& connection, const QString& group, UtcTime from,
                                                     UtcTime to, int maxPoints, std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<SloRow>> slos(Millis window, std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<SloDay>> sloDays(const QString& consumer, const QString& eventType, UtcTime from,
                                                      UtcTime to, std::stop_token stop) override;
    [[nodiscard]] Result<views::CostAnswer> cost(const views::CostRequest& request, std::stop_token stop) override;
    [[nodiscard]] Status exportCost(const views::CostRequest& request, const QString& file, const QString& format,
                                    std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<Concern>> concerns(std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<DeadLetterGroup>> letterGroups(const QString& query,
                                                                    std::stop_token stop) override;
    [[nodiscard]] Result<GroupArrivals> letterArrivals(int buckets, std::stop_token stop) override;
    [[nodiscard]] Result<GroupWhy> whyGrouped(const QString& groupId, std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<PivotRow>> pivot(const QString& query, const std::vector<PivotField>& fields,
                                                      std::stop_token stop) override;
    [[nodiscard]] Status mergeGroups(const QStringList& groupIds, const QString& into, const QString& reason,
                                     std::stop_token stop) override;
    [[nodiscard]] Result<views::LetterPage> letters(const QString& query, int limit, std::stop_token stop) override;
    [[nodiscard]] Result<QueryWords> queryWords(std::stop_token stop) override;
    [[nodiscard]] Result<SavedViews> savedViews(std::stop_token stop) override;
    [[nodiscard]] Result<QString> saveView(const SavedView& view, std::stop_token stop) override;
    [[nodiscard]] std::shared_ptr<const DialectRegistry> dialects() const override
    {
        return m_holder.reading().dialects();
    }
    [[nodiscard]] Result<DeadLetter> letter(const QString& id, std::stop_token stop) override;
    [[nodiscard]] Result<DecodedPayload> decodedPayload(const DeadLetter& letter, std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<TimelineEntry>> letterTimeline(const QString& id, std::stop_token stop) override;
    [[nodiscard]] Result<LetterComparison> compareLetter(const CompareRequest& request, LookupProgress* progress,
                                                         std::stop_token stop) override;
    [[nodiscard]] Result<CopiedLine> copyLetter(const QString& id, LetterCopyForm form, std::stop_token stop) override;
    [[nodiscard]] Result<DeadLetter> revealLetter(const QString& id, const QString& reason,
                                                  std::stop_token stop) override;
    [[nodiscard]] Result<ExportReport> exportLetters(const QString& query, const QString& file,
                                                     views::WorkProgress* progress, std::stop_token stop) override;
    [[nodiscard]] Result<LetterLoss> letterLoss(const QString& id, std::stop_token stop) override;
    [[nodiscard]] Result<FrozenLetters> freezeLetters(const QString& query, std::stop_token stop) override;
    [[nodiscard]] Result<std::int64_t> arrivedSince(const FrozenLetters& letters, std::stop_token stop) override;
    [[nodiscard]] Result<QString> splitLetters(const QStringList& letterIds, const QString& title,
                                               const QString& reason, std::stop_token stop) override;
    [[nodiscard]] Result<RegroupPreview> previewRegroup(views::WorkProgress* progress, std::stop_token stop) override;
    [[nodiscard]] Result<RegroupProgress> regroup(const QString& reason, views::WorkProgress* progress,
                                                  std::stop_token stop) override;
    [[nodiscard]] Result<KindRulesFile> kindRulesFile(std::stop_token stop) override;
    [[nodiscard]] Result<KindTrial> tryKindRules(const std::optional<QByteArray>& text, views::WorkProgress* progress,
                                                 std::stop_token stop) override;
    [[nodiscard]] Status saveKindRules(const KindRulesFile& before, const QByteArray& text,
                                       std::stop_token stop) override;
    [[nodiscard]] Status waitForKinds(views::WorkProgress* progress, std::stop_token stop) override;
    [[nodiscard]] Result<std::int64_t> exportKnownErrors(const QString& file, std::stop_token stop) override;
    [[nodiscard]] Result<KnownImport> planKnownImport(const QString& file, std::stop_token stop) override;
    [[nodiscard]] Result<std::int64_t> triage(const QStringList& letterIds, const QString& query,
                                              const TriageRequest& request, std::stop_token stop) override;
    [[nodiscard]] Result<ReviewSheet> reviewSheet(std::stop_token stop) override;
    [[nodiscard]] Result<QString> openReview(const QStringList& participants, std::stop_token stop) override;
    [[nodiscard]] Result<ReviewOutcome> decideReview(const QString& group, const ReviewWords& words,
                                                     std::stop_token stop) override;
    [[nodiscard]] Result<QString> closeReview(std::stop_token stop) override;
    [[nodiscard]] Status writeMinutes(const QString& review, const QString& file, std::stop_token stop) override;
    [[nodiscard]] Result<MappingSubject> mappingSubject(const QString& connection, const QString& channel,
                                                        const QString& letter, std::stop_token stop) override;
    [[nodiscard]] Result<MappingEdit> mappingEdit(const QString& connection, const QString& channel,
                                                  const DeadLetterMapping& mapping, std::stop_token stop) override;
    [[nodiscard]] Status saveMapping(const MappingEdit& edit, std::stop_token stop) override;
    [[nodiscard]] Result<RereadReport> rereadChannel(const QString& connection, const QString& channel,
                                                     views::WorkProgress* progress, std::stop_token stop) override;
    [[nodiscard]] Result<RescueReport> rescueLetters(const QStringList& letterIds, const QString& query,
                                                     views::WorkProgress* progress, std::stop_token stop) override;
    [[nodiscard]] Result<PurgeReport> purgeLetter(const QString& letterId, const QString& reason,
                                                  std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<DoctorFinding>> setupFindings(std::stop_token stop) override;
    [[nodiscard]] Result<DecisionSheet> decisions(const QString& subject, std::stop_token stop) override;
    [[nodiscard]] Result<ActionReport> act(const TriageAction& action, std::stop_token stop) override;
    [[nodiscard]] Result<UndoPlan> undoable(std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<ReplayJobRow>> replayJobs(std::stop_token stop) override;
    [[nodiscard]] Result<views::ReplayPreview> planReplay(const views::ReplayRequest& request,
                                                          views::WorkProgress* progress, std::stop_token stop) override;
    [[nodiscard]] Result<QString> runReplay(const views::ReplayRun& run, std::stop_token stop) override;
    [[nodiscard]] Status resumeReplay(const QString& job, const QString& confirmedTargets, const QString& reason,
                                      std::stop_token stop) override;
    [[nodiscard]] Status cancelReplay(const QString& job, std::stop_token stop) override;

    /// Something that a question would answer differently; any thread.
    void noteNews();

private:
    [[nodiscard]] std::shared_ptr<ArrivalBook> arrivalBook(int buckets);

    Holder& m_holder;
    std::mutex m_arrivalMutex;                              // guards: m_arrivals
    std::map<int, std::shared_ptr<ArrivalBook>> m_arrivals; // by buckets; second owners: questions under way
    views::WorkspaceFacts m_facts;
    QTimer m_news;                         // at most four times a second
    std::atomic<bool> m_isNewsDue = false; // set by the writer's thread, cleared by ours
};

} // namespace spillway
