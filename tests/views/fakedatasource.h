// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"

#include <atomic>
#include <mutex>

namespace spillway::test {

/// A company in memory: what the console would answer from a store. Answers are set before a screen asks; a question's
/// answer may be a failure. Intents are written down.
class FakeDataSource final : public views::DataSource
{
public:
    explicit FakeDataSource(UtcTime now);

    [[nodiscard]] const views::WorkspaceFacts& workspace() const override { return facts; }
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
    [[nodiscard]] std::shared_ptr<const DialectRegistry> dialects() const override { return known; }
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

    /// What was wanted, in order: "plan …", "run …", "resume …", "cancel …", "triage …", "act …" (JSON), "groups …"
    /// (the query).
    [[nodiscard]] QStringList intents();
    /// Every question fails with this from now on; nullopt: answers again.
    void failWith(std::optional<Error> error);
    /// Every list is empty.
    void empty();

    views::WorkspaceFacts facts;
    views::ConsoleStatus current;
    std::vector<LagGroupRow> groups;
    std::vector<SloRow> promises;
    Catalog priced; ///< what costs are reckoned from
    PricingProfile prices;
    std::vector<DeadLetterGroup> groupsOfLetters;
    GroupWhy why; ///< of every group; its id is the one asked for
    std::vector<PivotRow> pivotRows;
    std::shared_ptr<const DialectRegistry> known; ///< those that come with the program, unless a test adds others
    std::vector<DeadLetter> deadLetters;          ///< whole; a group's are those that name it
    DecisionSheet sheet;                          ///< of whatever is asked about
    UndoPlan lastDecision;
    DecodedPayload decoded; ///< of every letter
    std::vector<Concern> overview;
    ReviewSheet agenda;
    std::vector<ReplayJobRow> jobs;
    views::ReplayPreview preview;
    MappingSubject mapped;
    MappingEdit mappedEdit;
    std::atomic<bool> rereadWaits = false;  ///< until it is stopped
    RescueReport rescue;                    ///< what a rescue answers
    PurgeReport purge;                      ///< what an erasure answers, for the letter it was asked about
    std::optional<QByteArray> rescuedValue; ///< the payload of every letter that was rescued
    std::vector<DoctorFinding> setup;
    LetterLoss loss;           ///< of every letter
    std::int64_t arrivals = 0; ///< since whatever was frozen
    std::vector<SavedView> saved{{.name = QStringLiteral("Payments"), .query = QStringLiteral("team:payment-team")}};
    RegroupPreview regrouping;
    KindRulesFile kindsFile{.file = QStringLiteral("/acme/kinds.yaml"), .text = std::nullopt};
    std::vector<KindShare> kindShares; ///< by the bundled rules
    /// What a text of rules makes of them; empty: nothing changes.
    std::function<KindTrial(const KindRules& tried, std::vector<KindShare> shares)> kindTrial;
    KnownImport knownFile;
    /// Long work waits until this is set, or until it is stopped.
    std::atomic<bool> isHeld = false;
    /// A search for letters has found two so far, and goes on until this is unset, or until it is stopped.
    std::atomic<bool> isSearchHeld = false;
    std::atomic<int> collected = 0;

private:
    template<typename T>
    Result<T> answer(const T& value)
    {
        const std::lock_guard lock(m_mutex);
        if (m_failure)
            return tl::unexpected<Error>(*m_failure);
        return value;
    }
    /// @return false: it was stopped first.
    bool waitWhileHeld(views::WorkProgress* progress, const std::stop_token& stop);
    UtcTime m_now;
    std::int64_t m_words = 0; // of the review: what the next word's event is counted from
    void note(const QString& intent);
    std::mutex m_mutex; // guards: m_failure, m_intents, jobs while a screen is shown
    std::optional<Error> m_failure;
    QStringList m_intents;
};

} // namespace spillway::test
