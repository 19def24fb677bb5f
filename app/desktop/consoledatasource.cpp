// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/consoledatasource.h"

#include "app/console/costfiles.h"
#include "app/console/costs.h"
#include "app/console/costsimulation.h"
#include "app/console/lettercompare.h"
#include "app/console/letterhistory.h"
#include "app/console/letterselection.h"
#include "app/console/mappingoperations.h"
#include "app/console/overviewfacts.h"
#include "app/console/registries.h"
#include "app/console/reviews.h"
#include "app/desktop/costquestions.h"
#include "model/alert/alertlist.h"
#include "model/base/text.h"
#include "model/deadletter/lettermask.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/viewmask.h"
#include "model/replay/replayplanfile.h"
#include "model/schema/payloadjudge.h"
#include "model/schema/schemafolder.h"
#include "views/widgets/clipboard.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto newsInterval = std::chrono::milliseconds(250);
constexpr auto progressInterval = std::chrono::milliseconds(150);

/// Opens a reader, asks, and hands on whichever failed.
template<typename T, typename Ask>
Result<T> asked(const Holder& holder, Ask ask)
{
    auto reader = holder.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    return ask(*reader);
}

views::RunningJob runningJob(const ReplayJobRow& row, UtcTime now)
{
    const QString targets = QStringList(row.targets.begin(), row.targets.end()).join(u", "_s);
    return {.id = row.jobId,
            .title = u"Replay %1 messages to %2"_s.arg(formatCount(row.messages), targets),
            .state = row.state,
            .progress = {.done = row.sent + row.skipped,
                         .total = row.messages,
                         .startedAt = row.startedAt.value_or(row.createdAt),
                         .updatedAt = now},
            .canCancel = true};
}

views::RunningJob runningJob(const RegroupProgress& progress, UtcTime now)
{
    return {.id = u"regroup"_s,
            .title = u"Group letters anew: %1"_s.arg(progress.reason),
            .state = JobState::Running,
            .progress = {.done = progress.done, .total = progress.total, .startedAt = now, .updatedAt = now},
            .canCancel = false}; // the screen that began it can
}

/// Of long work: how far it is. @param progress  may be null.
auto showsOn(views::WorkProgress* progress)
{
    return [progress](std::int64_t done, std::int64_t total) {
        if (!progress)
            return;
        progress->total = total;
        progress->done = done;
    };
}

/// For an answer that the screen says in its own words.
AnswerSink silent()
{
    return {.data = [](const QByteArray&) { return true; }, .note = [](const QString&) {}};
}

} // namespace

ConsoleDataSource::ConsoleDataSource(Holder& holder, bool isDemo, QObject* parent)
    : views::DataSource(parent)
    , m_holder(holder)
{
    const Workspace& workspace = holder.context().workspace;
    m_facts = {.name = workspace.name,
               .file = workspace.file,
               .stateFolder = holder.context().stateFolder,
               .environment = workspace.environment,
               .isDemo = isDemo,
               .isMasking = holder.context().masker.isOn(MaskPurpose::View)};
    views::setClipboardMasker(holder.context().masker);
    m_news.setSingleShot(true);
    m_news.setInterval(newsInterval);
    connect(&m_news, &QTimer::timeout, this, [this] {
        m_isNewsDue = false;
        Q_EMIT changed();
    });
    holder.onStored([this] { noteNews(); });
}

ConsoleDataSource::~ConsoleDataSource()
{
    m_holder.onStored({});
}

void ConsoleDataSource::noteNews()
{
    if (!m_isNewsDue.exchange(true))
        QMetaObject::invokeMethod(&m_news, qOverload<>(&QTimer::start), Qt::QueuedConnection);
}

Result<views::ConsoleStatus> ConsoleDataSource::status(std::stop_token)
{
    return asked<views::ConsoleStatus>(m_holder, [this](Database& reader) -> Result<views::ConsoleStatus> {
        const Context& context = m_holder.context();
        const auto lastSampleAt = lastLagSampleAt(reader);
        if (!lastSampleAt)
            return tl::unexpected(lastSampleAt.error());
        const auto jobs = spillway::replayJobs(reader, StateHolder::Alive);
        if (!jobs)
            return tl::unexpected(jobs.error());
        views::ConsoleStatus status{.lastSampleAt = *lastSampleAt, .connections = m_holder.collector().health()};
        status.sampleInterval = Millis{0};
        for (const ConnectionSettings& connection : context.workspace.connections)
            status.sampleInterval = std::max(status.sampleInterval, connection.sampleInterval);
        // What was written last lies in the write-ahead logs until the next checkpoint.
        std::int64_t storeBytes = 0;
        for (const QString& file : {context.samplesFile(), context.ledgerFile()})
            storeBytes += QFileInfo(file).size() + QFileInfo(file + u"-wal"_s).size();
        status.storeBytes = storeBytes;
        for (const ReplayJobRow& job : *jobs) {
            if (isActive(job.state))
                status.jobs.insert(status.jobs.begin(), runningJob(job, m_holder.clock().now()));
        }
        if (const auto regrouping = regroupProgress(reader); regrouping && *regrouping)
            status.jobs.insert(status.jobs.begin(), runningJob(**regrouping, m_holder.clock().now()));
        return status;
    });
}

Status ConsoleDataSource::collectNow(std::stop_token stop)
{
    const CollectReport report = m_holder.collectOnce(stop);
    if (!report.failures.empty())
        return tl::unexpected(report.failures.front());
    return {};
}

Result<std::vector<LagGroupRow>> ConsoleDataSource::lagGroups(std::stop_token)
{
    return asked<std::vector<LagGroupRow>>(
        m_holder, [this](Database& reader) { return spillway::lagGroups(reader, m_holder.contextNow()->catalog); });
}

Result<views::LagDetail> ConsoleDataSource::lagDetail(const QString& connection, const QString& group, UtcTime from,
                                                      UtcTime to, int maxPoints, std::stop_token)
{
    return asked<views::LagDetail>(m_holder, [&](Database& reader) -> Result<views::LagDetail> {
        const LagFilter filter{.connection = connection, .group = group};
        auto series = lagSeries(reader, filter, from, to, maxPoints);
        if (!series)
            return tl::unexpected(series.error());
        auto partitions = lagRows(reader, m_holder.contextNow()->catalog, filter);
        if (!partitions)
            return tl::unexpected(partitions.error());
        return views::LagDetail{
            .from = from, .to = to, .series = std::move(*series), .partitions = std::move(*partitions)};
    });
}

Result<std::vector<SloRow>> ConsoleDataSource::slos(Millis window, std::stop_token)
{
    return asked<std::vector<SloRow>>(m_holder, [&](Database& reader) {
        return sloRows(reader, m_holder.contextNow()->catalog, window, m_holder.clock().now());
    });
}

Result<std::vector<SloDay>> ConsoleDataSource::sloDays(const QString& consumer, const QString& eventType, UtcTime from,
                                                       UtcTime to, std::stop_token)
{
    return asked<std::vector<SloDay>>(m_holder, [&](Database& reader) {
        return spillway::sloDays(reader, m_holder.contextNow()->catalog, consumer, eventType, from, to);
    });
}

Result<views::CostAnswer> ConsoleDataSource::cost(const views::CostRequest& request, std::stop_token)
{
    const auto live = m_holder.contextNow();
    const Context& context = *live;
    CostQuestion question = questionOf(request, m_holder.clock().now());
    auto bill = withoutIssues(workspaceBill(context, question));
    if (!bill)
        return tl::unexpected(bill.error());
    views::CostAnswer made{.bill = std::move(*bill),
                           .previous = std::nullopt,
                           .simulation = std::nullopt,
                           .profiles = costProfiles(context)};
    if (!request.whatIf.isNothing()) {
        auto simulation = withoutIssues(workspaceSimulation(context, question, request.whatIf));
        if (!simulation)
            return tl::unexpected(simulation.error());
        made.simulation = *simulation;
    }
    if (question.range) {
        question.range = previousDays(*question.range);
        if (auto before = withoutIssues(workspaceBill(context, question)))
            made.previous = std::move(*before);
    }
    return made;
}

Status ConsoleDataSource::exportCost(const views::CostRequest& request, const QString& file, const QString& format,
                                     std::stop_token stop)
{
    const auto live = m_holder.contextNow();
    const Context& context = *live;
    const UtcTime now = m_holder.clock().now();
    const auto bill = withoutIssues(workspaceBill(context, questionOf(request, now)));
    if (!bill)
        return tl::unexpected(bill.error());
    const auto form = format.isEmpty() ? costFormatOfFile(file) : costFormatOf(format);
    if (!form)
        return fail(ErrorCode::InvalidConfig,
                    u"%1: the ending says the format; write .xlsx, .pdf, .html, .csv or .json"_s.arg(file));
    return writeCostFile(context, *bill, *form, file, now, std::move(stop));
}

Result<std::vector<Concern>> ConsoleDataSource::concerns(std::stop_token)
{
    return asked<std::vector<Concern>>(m_holder, [this](Database& reader) -> Result<std::vector<Concern>> {
        const auto live = m_holder.contextNow();
        const Context& context = *live;
        const UtcTime now = m_holder.clock().now();
        const auto facts = readOverviewFacts(reader, context, m_holder.collector().health(), StateHolder::Alive, now);
        if (!facts)
            return tl::unexpected(facts.error());
        auto concerns = rankConcerns(*facts, context.catalog, context.workspace.alerts, now);
        auto alerts = readAlerts(reader, now, 0);
        if (!alerts)
            return tl::unexpected(alerts.error());
        maskAlerts(alerts->open, context.masker, MaskPurpose::View);
        noteDecisions(concerns, alerts->open);
        return concerns;
    });
}

Result<std::vector<DeadLetterGroup>> ConsoleDataSource::letterGroups(const QString& query, std::stop_token stop)
{
    const auto read = parseQuery(query);
    if (!read)
        return tl::unexpected(read.error());
    return asked<std::vector<DeadLetterGroup>>(m_holder, [&](Database& reader) -> Result<std::vector<DeadLetterGroup>> {
        auto groups = deadLetterGroups(reader, *read, m_holder.clock().now(), stop);
        if (groups)
            maskGroups(*groups, m_holder.context().masker, MaskPurpose::View);
        return groups;
    });
}

std::shared_ptr<ArrivalBook> ConsoleDataSource::arrivalBook(int buckets)
{
    const std::lock_guard lock(m_arrivalMutex);
    std::shared_ptr<ArrivalBook>& book = m_arrivals[buckets];
    if (!book)
        book = std::make_shared<ArrivalBook>(Millis{14LL * 24 * 3'600'000}, buckets);
    return book;
}

Result<GroupArrivals> ConsoleDataSource::letterArrivals(int buckets, std::stop_token)
{
    const std::shared_ptr<ArrivalBook> book = arrivalBook(buckets);
    return asked<GroupArrivals>(m_holder, [&](Database& reader) { return book->read(reader, m_holder.clock().now()); });
}

Result<GroupWhy> ConsoleDataSource::whyGrouped(const QString& groupId, std::stop_token)
{
    const auto knowledge = loadGroupingKnowledge(m_holder.context().workspace);
    if (!knowledge)
        return tl::unexpected(knowledge.error());
    return asked<GroupWhy>(m_holder, [&](Database& reader) {
        auto why = spillway::whyGrouped(reader, groupId, *knowledge);
        if (why)
            maskWhy(*why, m_holder.context().masker, MaskPurpose::View);
        return why;
    });
}

Result<std::vector<PivotRow>> ConsoleDataSource::pivot(const QString& query, const std::vector<PivotField>& fields,
                                                       std::stop_token stop)
{
    const auto read = parseQuery(query);
    if (!read)
        return tl::unexpected(read.error());
    return asked<std::vector<PivotRow>>(m_holder, [&](Database& reader) {
        auto rows = pivotLetters(reader, *read, fields, m_holder.clock().now(), stop);
        if (rows)
            maskPivot(*rows, m_holder.context().masker, MaskPurpose::View);
        return rows;
    });
}

Status ConsoleDataSource::mergeGroups(const QStringList& groupIds, const QString& into, const QString& reason,
                                      std::stop_token stop)
{
    const Decision decision = into.isEmpty()
                                  ? Decision(UnmergeGroupsDecision{.groups = groupIds, .reason = reason})
                                  : Decision(MergeGroupsDecision{.groups = groupIds, .into = into, .reason = reason});
    const auto answer = m_holder.letters().decideOnGroups(decision, stop);
    return answer ? Status() : tl::unexpected(answer.error());
}

Result<views::LetterPage> ConsoleDataSource::letters(const QString& query, int limit, std::stop_token stop)
{
    const auto read = parseQuery(query);
    if (!read)
        return tl::unexpected(read.error());
    return asked<views::LetterPage>(m_holder, [&](Database& reader) -> Result<views::LetterPage> {
        views::LetterPage page;
        std::size_t toldLetters = 0;
        auto toldAt = std::chrono::steady_clock::now();
        QueryOptions options{.now = m_holder.clock().now(), .limit = limit};
        options.progress = [&](const QueryOutcome& sofar) {
            if (std::chrono::steady_clock::now() - toldAt < progressInterval)
                return;
            toldAt = std::chrono::steady_clock::now();
            Q_EMIT searchAdvanced(query, sofar.scanned, sofar.total, sofar.found);
            if (page.letters.size() > toldLetters) {
                toldLetters = page.letters.size();
                Q_EMIT lettersFound(query, page.letters);
            }
        };
        const auto outcome = runQuery(
            reader, *read, options,
            [&](const DeadLetter& found) {
                page.letters.push_back(found);
                maskLetter(page.letters.back(), m_holder.context().masker, MaskPurpose::View);
                return true;
            },
            stop);
        if (!outcome)
            return tl::unexpected(outcome.error());
        page.outcome = *outcome;
        return page;
    });
}

Result<QueryWords> ConsoleDataSource::queryWords(std::stop_token)
{
    return asked<QueryWords>(m_holder, [this](Database& reader) {
        auto words = spillway::queryWords(reader);
        if (words)
            maskWords(*words, m_holder.context().masker, MaskPurpose::SearchResult);
        return words;
    });
}

Result<SavedViews> ConsoleDataSource::savedViews(std::stop_token)
{
    return readSavedViews(m_holder.context().workspace.queriesFolder);
}

Result<QString> ConsoleDataSource::saveView(const SavedView& view, std::stop_token)
{
    return spillway::saveView(m_holder.context().workspace.queriesFolder, view);
}

Result<DeadLetter> ConsoleDataSource::letter(const QString& id, std::stop_token)
{
    return asked<DeadLetter>(m_holder, [&](Database& reader) -> Result<DeadLetter> {
        auto letter = letterWithPayload(reader, id);
        if (letter)
            maskLetter(*letter, m_holder.context().masker, MaskPurpose::View);
        return letter;
    });
}

Result<DeadLetter> ConsoleDataSource::revealLetter(const QString& id, const QString& reason, std::stop_token)
{
    if (const Status recorded = m_holder.records().reveal({.letterId = id, .reason = reason}); !recorded)
        return tl::unexpected(recorded.error());
    return asked<DeadLetter>(m_holder, [&](Database& reader) { return letterWithPayload(reader, id); });
}

Result<std::vector<TimelineEntry>> ConsoleDataSource::letterTimeline(const QString& id, std::stop_token stop)
{
    return asked<std::vector<TimelineEntry>>(m_holder, [&](Database& reader) -> Result<std::vector<TimelineEntry>> {
        const auto letter = deadLetter(reader, id);
        if (!letter)
            return tl::unexpected(letter.error());
        return readTimeline(m_holder.context(), reader, *letter, stop);
    });
}

Result<LetterComparison> ConsoleDataSource::compareLetter(const CompareRequest& request, LookupProgress* progress,
                                                          std::stop_token stop)
{
    return asked<LetterComparison>(m_holder, [&](Database& reader) {
        return spillway::compareLetter(m_holder.context(), reader, request, progress, stop);
    });
}

Result<CopiedLine> ConsoleDataSource::copyLetter(const QString& id, LetterCopyForm form, std::stop_token stop)
{
    return asked<CopiedLine>(
        m_holder, [&](Database& reader) { return copiedLetter(m_holder.context(), reader, id, form, stop); });
}

Result<ExportReport> ConsoleDataSource::exportLetters(const QString& query, const QString& file,
                                                      views::WorkProgress* progress, std::stop_token stop)
{
    const auto read = parseQuery(query);
    if (!read)
        return tl::unexpected(read.error());
    const auto tell = [progress](std::int64_t written) {
        if (progress)
            progress->done = written;
    };
    return asked<ExportReport>(m_holder, [&](Database& reader) {
        const Checked<DialectRegistry> dialects =
            DialectRegistry::withUsers(m_holder.context().workspace.dialectsFolder);
        return spillway::exportLetters(
            reader,
            {.file = QFileInfo(file).absoluteFilePath(),
             .queryText = query,
             .query = *read,
             .now = m_holder.clock().now(),
             .masker = m_holder.context().masker,
             .revealReason = {},
             .explain = letterExplainer(m_holder.context().workspace, stop),
             .dialects = dialects.value ? &*dialects.value : nullptr},
            [this](const ExportRecord& record) { return m_holder.records().exported(record); }, tell, stop);
    });
}

Result<LetterLoss> ConsoleDataSource::letterLoss(const QString& id, std::stop_token)
{
    return asked<LetterLoss>(m_holder, [&](Database& reader) -> Result<LetterLoss> {
        const auto letter = deadLetter(reader, id);
        if (!letter)
            return tl::unexpected(letter.error());
        const auto topics = topicBook(reader);
        if (!topics)
            return tl::unexpected(topics.error());
        return spillway::letterLoss(*letter, *topics);
    });
}

Result<FrozenLetters> ConsoleDataSource::freezeLetters(const QString& query, std::stop_token stop)
{
    return asked<FrozenLetters>(
        m_holder, [&](Database& reader) { return frozenLetters(reader, query, m_holder.clock().now(), stop); });
}

Result<std::int64_t> ConsoleDataSource::arrivedSince(const FrozenLetters& letters, std::stop_token stop)
{
    return asked<std::int64_t>(m_holder, [&](Database& reader) {
        return spillway::arrivedSince(reader, letters, m_holder.clock().now(), stop);
    });
}

Result<QString> ConsoleDataSource::splitLetters(const QStringList& letterIds, const QString& title,
                                                const QString& reason, std::stop_token stop)
{
    const auto answer = m_holder.letters().decideOnGroups(
        SplitGroupDecision{.ids = letterIds, .query = std::nullopt, .title = title, .reason = reason}, stop);
    if (!answer)
        return tl::unexpected(answer.error());
    return QJsonDocument::fromJson(*answer).object()[u"group"_s].toString();
}

Result<RegroupPreview> ConsoleDataSource::previewRegroup(views::WorkProgress* progress, std::stop_token stop)
{
    const auto knowledge = loadGroupingKnowledge(m_holder.context().workspace);
    if (!knowledge)
        return tl::unexpected(knowledge.error());
    return asked<RegroupPreview>(m_holder, [&](Database& reader) {
        auto preview = spillway::previewRegroup(reader, *knowledge, stop, showsOn(progress));
        if (preview)
            maskPreview(*preview, m_holder.context().masker, MaskPurpose::View);
        return preview;
    });
}

Result<RegroupProgress> ConsoleDataSource::regroup(const QString& reason, views::WorkProgress* progress,
                                                   std::stop_token stop)
{
    const auto tell = [show = showsOn(progress)](const RegroupProgress& sofar) { show(sofar.done, sofar.total); };
    return m_holder.reading().regroup(reason, tell, stop);
}

Result<KindRulesFile> ConsoleDataSource::kindRulesFile(std::stop_token)
{
    return m_holder.reading().kindRulesFile();
}

Result<KindTrial> ConsoleDataSource::tryKindRules(const std::optional<QByteArray>& text, views::WorkProgress* progress,
                                                  std::stop_token stop)
{
    const auto inUse = m_holder.reading().kindRules();
    Checked<KindRules> tried;
    if (text) {
        tried = KindRules::withUsersText(*text, kindsFileOf(m_holder.context().workspace));
        if (!tried.value)
            return fail(ErrorCode::InvalidConfig,
                        tried.issues.empty() ? u"the rules do not read"_s : tried.issues.front().toString());
    }
    return asked<KindTrial>(m_holder, [&](Database& reader) {
        auto trial = tryKinds(reader, m_holder.clock().now(), *inUse, tried.value ? &*tried.value : nullptr, stop,
                              showsOn(progress));
        if (trial)
            maskKindTrial(*trial, m_holder.context().masker, MaskPurpose::View);
        return trial;
    });
}

Status ConsoleDataSource::saveKindRules(const KindRulesFile& before, const QByteArray& text, std::stop_token stop)
{
    return m_holder.reading().saveKindRules(before, text, std::move(stop));
}

Status ConsoleDataSource::waitForKinds(views::WorkProgress* progress, std::stop_token stop)
{
    const auto tell = [show = showsOn(progress)](const KindSorting& sorting) { show(sorting.done, sorting.total); };
    return m_holder.reading().waitForKinds(tell, std::move(stop));
}

Result<std::int64_t> ConsoleDataSource::exportKnownErrors(const QString& file, std::stop_token)
{
    auto entries = asked<std::vector<KnownErrorEntry>>(m_holder, [](Database& reader) {
        return reader.query<std::vector<KnownErrorEntry>>([](SQLite::Database& db) { return knownMarks(db); });
    });
    if (!entries)
        return tl::unexpected(entries.error());
    maskKnown(*entries, m_holder.context().masker, MaskPurpose::Export);
    if (const Status written = writeKnownErrors(*entries, file); !written)
        return tl::unexpected(written.error());
    return std::ssize(*entries);
}

Result<KnownImport> ConsoleDataSource::planKnownImport(const QString& file, std::stop_token)
{
    const Checked<std::vector<KnownErrorEntry>> entries = readKnownErrors(file);
    if (!entries.value) {
        QStringList faults;
        for (const FileIssue& issue : entries.issues)
            faults += issue.toString();
        return fail(ErrorCode::InvalidConfig, faults.join(u'\n'));
    }
    return asked<KnownImport>(m_holder, [&](Database& reader) {
        return spillway::planKnownImport(reader, *entries.value, {}, false, m_holder.clock().now());
    });
}

Result<DecodedPayload> ConsoleDataSource::decodedPayload(const DeadLetter& letter, std::stop_token stop)
{
    if ((letter.facts.isPointer && !letter.record.value) || letter.erased)
        return DecodedPayload{};
    // Read anew each time: somebody may be writing the schema that the letter needs.
    return letterJudge(m_holder.context().workspace, letter.connection, stop)
        .explain(letter.eventType, letter.record.headers, letter.record.value);
}

Result<std::int64_t> ConsoleDataSource::triage(const QStringList& letterIds, const QString& query,
                                               const TriageRequest& request, std::stop_token stop)
{
    return m_holder.letters().triage({.ids = letterIds, .query = query}, request, silent(), stop);
}

Result<ReviewSheet> ConsoleDataSource::reviewSheet(std::stop_token stop)
{
    return asked<ReviewSheet>(m_holder, [&](Database& reader) {
        return readReviewSheet(reader, m_holder.context(), m_holder.clock().now(), stop);
    });
}

Result<QString> ConsoleDataSource::openReview(const QStringList& participants, std::stop_token stop)
{
    return m_holder.reviews().open(participants, stop);
}

Result<ReviewOutcome> ConsoleDataSource::decideReview(const QString& group, const ReviewWords& words,
                                                      std::stop_token stop)
{
    return m_holder.reviews().decide(group, words, silent(), stop);
}

Result<QString> ConsoleDataSource::closeReview(std::stop_token stop)
{
    const auto closed = m_holder.reviews().close(stop);
    if (!closed)
        return tl::unexpected(closed.error());
    return closed->id;
}

Status ConsoleDataSource::writeMinutes(const QString& review, const QString& file, std::stop_token stop)
{
    const auto document = asked<report::Document>(m_holder, [&](Database& reader) {
        return reviewMinutes(reader, m_holder.context(), review, m_holder.clock().now(), stop);
    });
    if (!document)
        return tl::unexpected(document.error());
    return writeReport(*document, file);
}

Result<MappingSubject> ConsoleDataSource::mappingSubject(const QString& connection, const QString& channel,
                                                         const QString& letter, std::stop_token stop)
{
    return asked<MappingSubject>(m_holder, [&](Database& reader) {
        return spillway::mappingSubject(reader, m_holder.context(), connection, channel, letter, stop);
    });
}

Result<MappingEdit> ConsoleDataSource::mappingEdit(const QString& connection, const QString& channel,
                                                   const DeadLetterMapping& mapping, std::stop_token)
{
    return mappingEditOf(m_holder.context(), connection, channel, mapping);
}

Status ConsoleDataSource::saveMapping(const MappingEdit& edit, std::stop_token stop)
{
    return m_holder.reading().saveMapping(edit, std::move(stop));
}

Result<RereadReport> ConsoleDataSource::rereadChannel(const QString& connection, const QString& channel,
                                                      views::WorkProgress* progress, std::stop_token stop)
{
    const auto tell = [show = showsOn(progress)](const RereadReport& sofar) { show(sofar.letters, sofar.total); };
    return m_holder.reading().reread(connection, channel, tell, stop);
}

Result<RescueReport> ConsoleDataSource::rescueLetters(const QStringList& letterIds, const QString& query,
                                                      views::WorkProgress* progress, std::stop_token stop)
{
    return m_holder.rescues().rescue({.ids = letterIds, .query = query}, silent(), stop, showsOn(progress));
}

Result<PurgeReport> ConsoleDataSource::purgeLetter(const QString& letterId, const QString& reason, std::stop_token stop)
{
    return m_holder.letters().purge(letterId, reason, stop);
}

Result<std::vector<DoctorFinding>> ConsoleDataSource::setupFindings(std::stop_token stop)
{
    return asked<std::vector<DoctorFinding>>(m_holder, [&](Database& reader) {
        const Context& context = m_holder.context();
        return doctorFindings(reader, context.workspace, context.catalog, m_holder.clock().now(), stop);
    });
}

Result<DecisionSheet> ConsoleDataSource::decisions(const QString& subject, std::stop_token)
{
    auto sheet = m_holder.letters().decisionSheet(subject);
    if (sheet)
        maskSheet(*sheet, m_holder.context().masker, MaskPurpose::View, KnownWords::ForEditing);
    return sheet;
}

Result<ActionReport> ConsoleDataSource::act(const TriageAction& action, std::stop_token stop)
{
    return m_holder.letters().act(action, silent(), stop);
}

Result<UndoPlan> ConsoleDataSource::undoable(std::stop_token)
{
    return asked<UndoPlan>(m_holder, [this](Database& reader) {
        auto plan = planUndo(reader, std::nullopt);
        if (plan)
            maskUndo(*plan, m_holder.context().masker, MaskPurpose::View);
        return plan;
    });
}

Result<std::vector<ReplayJobRow>> ConsoleDataSource::replayJobs(std::stop_token)
{
    return asked<std::vector<ReplayJobRow>>(
        m_holder, [](Database& reader) { return spillway::replayJobs(reader, StateHolder::Alive); });
}

Result<views::ReplayPreview> ConsoleDataSource::planReplay(const views::ReplayRequest& request,
                                                           views::WorkProgress* progress, std::stop_token stop)
{
    const auto planned = m_holder.replays().plan({.ids = request.letterIds, .query = request.query}, request.to,
                                                 request.headers, stop, showsOn(progress));
    if (!planned)
        return tl::unexpected(planned.error());
    const ReplayPlan* plan = &planned->plan;
    const QDir folder(m_holder.context().stateFolder + u"/plans"_s);
    const QString file = folder.filePath(plan->planId + u".plan"_s);
    if (!folder.mkpath(u"."_s))
        return fail(ErrorCode::Unreachable,
                    u"the folder %1 cannot be made; check its rights and the disk"_s.arg(folder.path()));
    if (const Status written = writePlan(*plan, file); !written)
        return tl::unexpected(written.error());
    return views::ReplayPreview{.planId = plan->planId,
                                .planFile = file,
                                .connection = plan->connection,
                                .messages = static_cast<std::int64_t>(plan->letters.size()),
                                .bytes = plan->bytes,
                                .targets = plan->targets,
                                .blocked = plan->blocked,
                                .warnings = planned->warnings,
                                .guarantee = plan->guarantee,
                                .digest = planDigest(*plan),
                                .headers = planned->headers,
                                .hasUnknownDialects = planned->hasUnknownDialects};
}

Result<QString> ConsoleDataSource::runReplay(const views::ReplayRun& run, std::stop_token)
{
    return m_holder.replays().start(
        {.planFile = run.planFile,
         .rate = run.rate,
         .canary = run.canary,
         .stopIf = run.stopIf,
         .settle = run.settle,
         .permission = {.write = true, .confirm = run.confirmedTargets, .reason = run.reason}});
}

Status ConsoleDataSource::resumeReplay(const QString& job, const QString& confirmedTargets, const QString& reason,
                                       std::stop_token)
{
    const auto resumed = m_holder.replays().resume(
        {.job = job, .permission = {.write = true, .confirm = confirmedTargets, .reason = reason}});
    if (!resumed)
        return tl::unexpected(resumed.error());
    return {};
}

Status ConsoleDataSource::cancelReplay(const QString& job, std::stop_token stop)
{
    const auto cancelled = m_holder.replays().cancel(job, stop);
    if (!cancelled)
        return tl::unexpected(cancelled.error());
    return {};
}

} // namespace spillway
